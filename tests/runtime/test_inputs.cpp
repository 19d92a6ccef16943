#include <gtest/gtest.h>

#include <cmath>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

class InputPopulations : public testing::TestWithParam<BackendCase> {
  protected:
    /// One input population in front of an integrator that sums all its spikes.
    CompiledNetwork counter(const Neuron& neuron, std::size_t size, double dt = 1.0,
                            std::size_t steps = 20, std::uint64_t seed = 0) const {
        Network network;
        Population& input = network.population(neuron, Shape{size}, "input");
        Population& output =
            network.population(IntegrateFire({.v_thresh = 1e9, .readout = std::make_shared<Var>()}),
                               Shape{size}, "output");
        Array identity(Shape{size, size});
        for (std::size_t k = 0; k < size; ++k)
            identity.values[k * size + k] = 1.0;
        network.connect(input, output, Dense(identity), Delta());
        InferenceOptions options;
        options.evaluate_timesteps = steps;
        options.dt = dt;
        options.rng_seed = seed;
        options.batch_size = 3;
        options.backend = GetParam().options;
        return InferenceCompiler(options).compile(network);
    }

    static Inputs values(const Array& array) {
        return {{"input", std::make_shared<const Array>(array)}};
    }
};

TEST_P(InputPopulations, BinaryInputsSpikeWhileTheirValueIsPositive) {
    CompiledNetwork network = counter(BinarySpikeInput(), 3);
    const Inputs inputs = values(Array(Shape{2, 3}, {0.0, 1.0, 0.001, -1.0, 0.0, 7.0}));
    // The spikes of the last step arrive after the end.
    EXPECT_EQ(network.predict(inputs).at("output").values,
              (std::vector<double>{0.0, 19.0, 19.0, 0.0, 0.0, 19.0}));
    EXPECT_EQ(network.trace(inputs, 1).spikes.at("input").neurons,
              std::vector<std::uint32_t>(20, 2));
}

TEST_P(InputPopulations, PoissonInputsHaveTheirRate) {
    for (const double dt : {1.0, 0.5}) {
        const std::size_t steps = 2001;
        CompiledNetwork network = counter(PoissonInput(), 4, dt, steps);
        const Array rates(Shape{1, 4}, {0.0, -1.0, 0.1, 2.0});
        const std::vector<double> counts = network.predict(values(rates)).at("output").values;
        EXPECT_EQ(counts[0], 0.0);
        EXPECT_EQ(counts[1], 0.0);
        for (const std::size_t k : {2, 3}) {
            const double p = 1.0 - std::exp(-rates.values[k] * dt);
            EXPECT_NEAR(counts[k], 2000.0 * p, 5.0 * std::sqrt(2000.0 * p * (1.0 - p))) << k;
        }
    }
}

TEST_P(InputPopulations, PoissonSpikesAreAFunctionOfSeedAndExample) {
    Array rates(Shape{5, 4});
    for (double& rate : rates.values)
        rate = 0.3;
    CompiledNetwork network = counter(PoissonInput(), 4);
    const std::vector<double> counts = network.predict(values(rates)).at("output").values;
    EXPECT_EQ(network.predict(values(rates)).at("output").values, counts);
    EXPECT_EQ(counter(PoissonInput(), 4).predict(values(rates)).at("output").values, counts);
    EXPECT_NE(counter(PoissonInput(), 4, 1.0, 20, 1).predict(values(rates)).at("output").values,
              counts);
    // Examples of equal rates still differ, and a trace shows the spikes that were counted.
    EXPECT_FALSE(std::equal(counts.begin(), counts.begin() + 4, counts.begin() + 4));
    const Trace trace = network.trace(values(rates), 3);
    std::vector<double> traced(4, 0.0);
    for (const auto& [step, neuron] : spike_pairs(trace.spikes.at("input"))) {
        if (step + 1 < 20) traced[neuron] += 1.0;
    }
    EXPECT_TRUE(std::equal(traced.begin(), traced.end(), counts.begin() + 12));
}

TEST_P(InputPopulations, ExactTimesAreEqualToTheirGrid) {
    Numbers numbers(3);
    auto trains = std::make_shared<SpikeTrains>(5);
    for (int example = 0; example < 4; ++example) {
        std::vector<Spike> spikes;
        for (int k = 0; k < 30; ++k) {
            spikes.push_back(
                {static_cast<std::uint32_t>(numbers.below(5)), numbers.uniform(0.0, 9.4)});
        }
        trains->append(spikes);
    }
    CompiledNetwork network = counter(SpikeInput(), 5, 0.5);
    const Inputs exact{{"input", std::shared_ptr<const SpikeTrains>(trains)}};
    const Inputs grid{
        {"input", std::make_shared<const GridSpikes>(GridSpikes::from(*trains, 0.5, 20))}};
    const std::vector<double> counts = network.predict(exact).at("output").values;
    EXPECT_EQ(network.predict(grid).at("output").values, counts);
    double sum = 0.0;
    for (const double count : counts)
        sum += count;
    EXPECT_GT(sum, 100.0);
    EXPECT_LE(sum, 120.0);
}

// A neuron may stand several times in one step; each counts.
TEST_P(InputPopulations, SpikesOfOneStepAdd) {
    auto trains = std::make_shared<SpikeTrains>(2);
    trains->append(std::vector<Spike>{{1, 2.2}, {1, 2.6}, {1, 2.9}, {0, 2.5}});
    CompiledNetwork network = counter(SpikeInput(), 2);
    EXPECT_EQ(network.predict({{"input", std::shared_ptr<const SpikeTrains>(trains)}})
                  .at("output")
                  .values,
              (std::vector<double>{1.0, 3.0}));
}

// A spike of step s acts in step s + 1 + delay.
TEST_P(InputPopulations, SpikesTakeOneStepAndTheirDelay) {
    for (const double delay : {0.0, 1.0, 4.0, 17.0, 18.0, 19.0, 100.0}) {
        Network network;
        Population& input = network.population(SpikeInput(), Shape{1}, "input");
        Population& output =
            network.population(IntegrateFire({.v_thresh = 1e9, .readout = std::make_shared<Var>()}),
                               Shape{1}, "output");
        network.connect(input, output, Dense(1.0, delay), Delta());
        InferenceOptions options;
        options.evaluate_timesteps = 20;
        options.backend = GetParam().options;
        CompiledNetwork compiled = InferenceCompiler(options).compile(network);
        const Inputs inputs{
            {"input", std::shared_ptr<const GridSpikes>(spikes_at({{0, 3}}, 20, 1.0))}};
        const std::vector<double> trace = compiled.trace(inputs, 0).states.at("output.v").values;
        for (std::size_t step = 0; step < 20; ++step) {
            const double now = static_cast<double>(step);
            const double expected =
                (now >= 1.0 + delay ? 1.0 : 0.0) + (now >= 4.0 + delay ? 1.0 : 0.0);
            EXPECT_EQ(trace[step], expected) << "delay " << delay << ", step " << step;
        }
        EXPECT_EQ(compiled.predict(inputs).at("output").values[0], trace.back());
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, InputPopulations,
                         testing::Values(backend_case("cpu_built_in"), backend_case("reference"),
                                         backend_case("reference64")),
                         BackendLabel());

}  // namespace
}  // namespace saltus::test
