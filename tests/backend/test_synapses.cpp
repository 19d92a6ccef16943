// Synapses of several states: their currents against closed forms, gradients with exact spike times
// against differences of the loss, and those on the grid against these.
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>
#include <saltus/compilers/surrogate_compiler.hpp>
#include <saltus/synapses/alpha.hpp>
#include <saltus/synapses/dual_exponential.hpp>
#include <saltus/synapses/user_synapse.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

constexpr double kTau = 4.0;

/// Three states that feed each other, of which the second jumps and the first is the current.
SynapseDeclaration ring(bool trains) {
    const auto value = [trains](double number) {
        return trains ? trainable(number) : InitValue(number);
    };
    SynapseDeclaration model;
    model.parameters = {{"tau", value(kTau), "ms", ""}, {"c", value(0.4), "1", ""}};
    model.derived = {{"rate", "c / tau"}};
    model.equations = {"dg/dt = (1.5 * x - g) / tau + 0.05 * y", "dx/dt = -x / 3 + rate * y",
                       "dy/dt = (0.3 * g - y) / 7"};
    model.arrival = "x";
    model.current = "g";
    return model;
}

std::unique_ptr<Synapse> synapse_of(const std::string& name, bool trains = false,
                                    bool averages = false) {
    const auto value = [trains](double number) {
        return trains ? trainable(number) : InitValue(number);
    };
    if (name == "alpha") return std::make_unique<Alpha>(AlphaOptions{value(kTau), averages});
    if (name == "dual")
        return std::make_unique<DualExponential>(
            DualExponentialOptions{value(1.5), value(6.0), averages});
    SynapseDeclaration model = ring(trains);
    model.averages = averages;
    return std::make_unique<UserSynapse>(model);
}

/// The voltage of an integrator without a leak, which sums up its current: per step of 1 ms.
std::vector<double> currents_of(const Synapse& synapse, double dt, std::size_t steps,
                                const BackendOptions& backend) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{1}, "input");
    Population& output = network.population(
        IntegrateFire({.v_thresh = 1e9, .readout = std::make_shared<Var>()}), Shape{1}, "output");
    network.connect(input, output, Dense(2.0), synapse, "in");
    InferenceOptions options;
    options.evaluate_timesteps = steps;
    options.dt = dt;
    options.backend = backend;
    CompiledNetwork compiled = InferenceCompiler(options).compile(network);
    const Inputs inputs{{"input", std::shared_ptr<const GridSpikes>(spikes_at({{0}}, steps, dt))}};
    const std::vector<double> v = compiled.trace(inputs, 0).states.at("output.v").values;
    std::vector<double> currents;
    for (std::size_t step = 1; step < steps; ++step)
        currents.push_back(v[step] - v[step - 1]);
    return currents;
}

/// exp(-t / tau_decay) - exp(-t / tau_rise), relative to its greatest value.
double dual_exponential(double t, double rise, double decay) {
    const double peak = rise * decay / (decay - rise) * std::log(decay / rise);
    const auto shape = [&](double at) { return std::exp(-at / decay) - std::exp(-at / rise); };
    return shape(t) / shape(peak);
}

class Synapses : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP();
    }
    double tolerance() const { return GetParam().single_precision ? 1e-5 : 1e-12; }
};

TEST_P(Synapses, HaveTheirCurrents) {
    for (const double dt : {1.0, 0.25}) {
        const auto alpha = currents_of(Alpha(kTau), dt, 40, GetParam().options);
        const auto dual = currents_of(DualExponential({.tau_rise = 1.5, .tau_decay = 6.0}), dt, 40,
                                      GetParam().options);
        const auto equal = currents_of(DualExponential({.tau_rise = kTau, .tau_decay = kTau}), dt,
                                       40, GetParam().options);
        const auto close =
            currents_of(DualExponential({.tau_rise = kTau, .tau_decay = kTau * (1.0 + 2e-4)}), dt,
                        40, GetParam().options);
        for (std::size_t step = 0; step < alpha.size(); ++step) {
            const double t = dt * static_cast<double>(step);
            const double expected = 2.0 * t / kTau * std::exp(1.0 - t / kTau);
            EXPECT_NEAR(alpha[step], expected, tolerance()) << t;
            EXPECT_NEAR(equal[step], expected, tolerance()) << t;
            EXPECT_NEAR(close[step], expected, 2e-3) << t;
            EXPECT_NEAR(dual[step], 2.0 * dual_exponential(t, 1.5, 6.0), tolerance()) << t;
        }
    }
}

TEST_P(Synapses, ScaledAreMeansOverSteps) {
    const auto scaled = currents_of(Alpha(AlphaOptions{kTau, true}), 1.0, 30, GetParam().options);
    for (std::size_t step = 0; step < scaled.size(); ++step) {
        const auto integral = [](double t) {
            return -2.0 * std::numbers::e * std::exp(-t / kTau) * (t + kTau);
        };
        const double t = static_cast<double>(step);
        EXPECT_NEAR(scaled[step], integral(t + 1.0) - integral(t), tolerance()) << t;
    }
}

TEST_P(Synapses, AnExponentialOneMayBeWrittenDown) {
    SynapseDeclaration model;
    model.parameters = {{"tau", kTau, "ms", ""}};
    model.equations = {"dg/dt = -g / tau"};
    EXPECT_EQ(currents_of(UserSynapse(model), 1.0, 30, GetParam().options),
              currents_of(Exponential(kTau), 1.0, 30, GetParam().options));
}

constexpr std::size_t kInputs = 6;
constexpr std::size_t kHidden = 7;
constexpr std::size_t kOutputs = 3;

/// A recurrent network with these synapses everywhere, and exponential ones beside them.
/// @param delay of all connections, in timesteps.
Network network_of(const std::string& name, bool trains, double delay = 1.0) {
    Numbers numbers(12);
    const auto weights = [&](std::size_t rows, std::size_t columns, double low, double high) {
        Array array(Shape{rows, columns});
        for (double& weight : array.values)
            weight = numbers.uniform(low, high);
        return array;
    };
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{kInputs}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{kHidden}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{kOutputs}, "output");
    const auto connect = [&](Population& from, Population& to, const Array& array,
                             const char* label) {
        network.connect(from, to, Dense(array, delay), *synapse_of(name, trains), label);
    };
    // Shorter currents bring less charge.
    const double scale = name == "alpha" ? 1.0 : (name == "dual" ? 1.8 : 5.0);
    connect(input, hidden, weights(kInputs, kHidden, 0.3 * scale, 1.4 * scale), "in");
    network.connect(input, hidden, Dense(weights(kInputs, kHidden, 0.0, 0.4), delay),
                    Exponential(3.0), "too");
    connect(hidden, hidden, weights(kHidden, kHidden, -0.3, 0.4), "rec");
    connect(hidden, output, weights(kHidden, kOutputs, -0.6, 1.0), "out");
    return network;
}

Inputs trains_of(std::size_t examples) {
    Numbers numbers(8);
    auto trains = std::make_shared<SpikeTrains>(kInputs);
    for (std::size_t example = 0; example < examples; ++example) {
        std::vector<Spike> spikes;
        for (std::uint32_t k = 0; k < kInputs; ++k) {
            for (int n = 0; n < 4; ++n)
                spikes.push_back({k, numbers.uniform(0.1, 25.0)});
        }
        trains->append(spikes);
    }
    return {{"input", std::shared_ptr<const SpikeTrains>(trains)}};
}

const Labels kLabels = {{"output", {1, 2}}};

EventPropOptions options_of(const BackendOptions& backend, double dt = 1.0, bool exact = false) {
    EventPropOptions options;
    options.example_timesteps = static_cast<std::size_t>(std::lround(40.0 / dt));
    options.dt = dt;
    options.min_slope = 1e-6;
    options.exact_spike_times = exact;
    options.loss = std::make_shared<SparseCategoricalCrossentropy>(0.2);
    options.backend = backend;
    return options;
}

class SynapseGradients : public testing::TestWithParam<std::string> {};

TEST_P(SynapseGradients, OfExactTimesEqualDifferencesOfTheLoss) {
    CompiledTrainingNetwork network =
        EventPropCompiler(options_of(backend_case("reference64").options, 1.0, true))
            .compile(network_of(GetParam(), true));
    const Inputs inputs = trains_of(2);
    EXPECT_GT(network.trace(inputs, 0).spikes.at("hidden").neurons.size(), 3U);
    const auto checked = network.check_gradients(inputs, kLabels, 100, 1e-6);
    EXPECT_GT(checked.size(), 150U);
    for (const auto& entry : checked) {
        // Every synaptic parameter counts.
        if (entry.connection.find('.') == std::string::npos) continue;
        EXPECT_NE(entry.difference, 0.0) << entry.connection;
    }
    EXPECT_LT(checked.front().error, 1e-6)
        << checked.front().connection << " " << checked.front().weight;
}

TEST_P(SynapseGradients, OfTheGridTendToThoseOfExactTimes) {
    const Inputs inputs = trains_of(2);
    std::vector<double> errors;
    for (const double dt : {0.1, 0.02}) {
        // Of 2 ms, of which the grid takes a step for the spike itself.
        const auto gradients_of = [&](bool exact) {
            const double delay = 2.0 / dt - (exact ? 0.0 : 1.0);
            return EventPropCompiler(options_of(backend_case("reference64").options, dt, exact))
                .compile(network_of(GetParam(), true, delay))
                .gradients(inputs, kLabels);
        };
        const auto exact = gradients_of(true);
        double greatest = 0.0;
        for (const auto& [name, gradient] : gradients_of(false))
            greatest = std::max(greatest, relative_error(gradient.values, exact.at(name).values));
        errors.push_back(greatest);
    }
    EXPECT_LT(errors[1], 0.05);
    EXPECT_LT(errors[1], 0.5 * errors[0]);
}

TEST_P(SynapseGradients, AreTheSameOnEveryBackend) {
    const Network network = network_of(GetParam(), true);
    const Inputs inputs = trains_of(2);
    const auto expected = EventPropCompiler(options_of(backend_case("reference64").options))
                              .compile(network)
                              .gradients(inputs, kLabels);
    SurrogateOptions surrogate;
    surrogate.example_timesteps = 40;
    surrogate.backend = backend_case("reference64").options;
    const auto expected_surrogate =
        SurrogateCompiler(surrogate).compile(network).gradients(inputs, kLabels);
    for (const BackendCase& backend : all_backends()) {
        if (!can_run(backend)) continue;
        SCOPED_TRACE(backend.label);
        const auto gradients = EventPropCompiler(options_of(backend.options))
                                   .compile(network)
                                   .gradients(inputs, kLabels);
        for (const auto& [name, gradient] : expected)
            EXPECT_LT(relative_error(gradients.at(name).values, gradient.values), 1e-4) << name;
        surrogate.backend = backend.options;
        const auto others =
            SurrogateCompiler(surrogate).compile(network).gradients(inputs, kLabels);
        for (const auto& [name, gradient] : expected_surrogate)
            EXPECT_LT(relative_error(others.at(name).values, gradient.values), 1e-4) << name;
    }
}

// Their spikes do not move with what lies behind them.
TEST_P(SynapseGradients, BehindSpikesEqualDifferencesOfTheLossOnTheGrid) {
    CompiledTrainingNetwork network =
        EventPropCompiler(options_of(backend_case("reference64").options))
            .compile(network_of(GetParam(), true));
    const Inputs inputs = trains_of(2);
    const auto gradients = network.gradients(inputs, kLabels);
    const auto check = [&](const std::string& name, const Array& before, const auto& set) {
        for (std::size_t k = 0; k < before.size(); ++k) {
            double difference = 0.0;
            for (const double sign : {1.0, -1.0}) {
                Array changed = before;
                changed.values[k] += sign * 1e-5;
                set(changed);
                difference += sign * network.loss(inputs, kLabels);
            }
            set(before);
            const double scale = largest(gradients.at(name).values);
            EXPECT_NEAR(gradients.at(name).values[k], difference / 2e-5, 1e-6 * scale) << name;
        }
    };
    check("out", network.weights("out"),
          [&](const Array& values) { network.set_weights("out", values); });
    for (const std::string& name : network.parameters()) {
        if (!name.starts_with("out.")) continue;
        check(name, network.parameter(name),
              [&](const Array& values) { network.set_parameter(name, values); });
    }
}

TEST_P(SynapseGradients, TrainANetwork) {
    Numbers numbers(2);
    const SpikeData data = separable_spikes(numbers, 24, kInputs, 40, kOutputs);
    for (const int threads : {1, 2}) {
        EventPropOptions options = options_of({});
        options.optimiser = Adam{.alpha = 0.02};
        options.batch_size = 8;
        options.backend.threads = threads;
        CompiledTrainingNetwork network =
            EventPropCompiler(options).compile(network_of(GetParam(), true));
        TrainOptions training;
        training.num_epochs = 10;
        const auto results = network.train(data.inputs(), data.targets(), training);
        EXPECT_LT(results.back().metrics.at("loss"), 0.75 * results.front().metrics.at("loss"));
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, Synapses, testing::ValuesIn(all_backends()), BackendLabel());
INSTANTIATE_TEST_SUITE_P(Kinds, SynapseGradients, testing::Values("alpha", "dual", "ring"),
                         [](const auto& label) { return label.param; });

}  // namespace
}  // namespace saltus::test
