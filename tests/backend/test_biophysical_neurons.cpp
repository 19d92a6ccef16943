// Neurons of neuroscience against their equations, written out step by step.
#include <cmath>
#include <complex>
#include <functional>

#include <gtest/gtest.h>
#include <saltus/neurons/adaptive_exponential.hpp>
#include <saltus/neurons/izhikevich.hpp>
#include <saltus/neurons/resonate_fire.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kSteps = 300;
constexpr double kDt = 0.5;

/// What one neuron does with a constant current from the second step on.
Trace run(const Neuron& neuron, double current, const BackendOptions& backend) {
    Network network;
    Population& input = network.population(BinarySpikeInput(), Shape{1}, "input");
    Population& cell = network.population(neuron, Shape{1}, "cell");
    network.connect(input, cell, Dense(current), Delta());
    InferenceOptions options;
    options.evaluate_timesteps = kSteps;
    options.dt = kDt;
    options.backend = backend;
    CompiledNetwork compiled = InferenceCompiler(options).compile(network);
    return compiled.trace({{"input", std::make_shared<const Array>(Shape{1, 1}, std::vector{1.0})}},
                          0);
}

using State = std::array<double, 2>;

/// The same, written down: `step` of a state with a current, then the threshold and the reset.
struct Expected {
    std::vector<double> first;
    std::vector<double> second;
    std::vector<std::size_t> spikes;
};

Expected expect(State state, double current, const std::function<State(State, double)>& step,
                const std::function<bool(State)>& spikes,
                const std::function<State(State)>& reset) {
    Expected expected;
    for (std::size_t n = 0; n < kSteps; ++n) {
        state = step(state, n == 0 ? 0.0 : current);
        if (spikes(state)) {
            expected.spikes.push_back(n);
            state = reset(state);
        }
        expected.first.push_back(state[0]);
        expected.second.push_back(state[1]);
    }
    return expected;
}

void compare(const Trace& trace, const Expected& expected, const std::string& first,
             const std::string& second, double limit) {
    std::vector<std::size_t> steps;
    for (const auto& [step, neuron] : spike_pairs(trace.spikes.at("cell")))
        steps.push_back(step);
    EXPECT_EQ(steps, expected.spikes);
    EXPECT_GT(steps.size(), 2U);
    EXPECT_LT(relative_error(trace.states.at("cell." + first).values, expected.first), limit);
    EXPECT_LT(relative_error(trace.states.at("cell." + second).values, expected.second), limit);
}

class BiophysicalNeurons : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "there is no compiler";
    }
    double limit() const { return GetParam().single_precision ? 1e-3 : 1e-12; }
    const std::shared_ptr<const Readout> count_ = std::make_shared<SpikeCount>();
};

TEST_P(BiophysicalNeurons, Izhikevich) {
    const auto flow = [](State x, double i) {
        return State{0.04 * x[0] * x[0] + 5 * x[0] + 140 - x[1] + i, 0.02 * (0.2 * x[0] - x[1])};
    };
    const auto fires = [](State x) { return x[0] >= 30; };
    const auto step = [&](State x, double i) {
        for (int k = 0; k < 2 && !(k > 0 && fires(x)); ++k) {
            const State speed = flow(x, i);
            x = {x[0] + kDt / 2 * speed[0], x[1] + kDt / 2 * speed[1]};
        }
        return x;
    };
    const auto reset = [](State x) { return State{-65, x[1] + 8}; };
    compare(run(Izhikevich({.readout = count_}), 10.0, GetParam().options),
            expect({-65, -13}, 10.0, step, fires, reset), "v", "u", limit());
}

TEST_P(BiophysicalNeurons, AdaptiveExponential) {
    const auto flow = [](State x, double i) {
        const double upstroke = 30 * 2 * std::exp((std::min(x[0], 20.0) + 50.4) / 2);
        return State{(30 * (-70.6 - x[0]) + upstroke - x[1] + i) / 281,
                     (4 * (x[0] + 70.6) - x[1]) / 144};
    };
    const auto fires = [](State x) { return x[0] >= 20; };
    const auto moved = [](State x, double time, State speed) {
        return State{x[0] + time * speed[0], x[1] + time * speed[1]};
    };
    const auto step = [&](State x, double i) {
        const double h = kDt / 2;
        for (int k = 0; k < 2 && !(k > 0 && fires(x)); ++k) {
            const State k1 = flow(x, i);
            const State k2 = flow(moved(x, h / 2, k1), i);
            const State k3 = flow(moved(x, h / 2, k2), i);
            const State k4 = flow(moved(x, h, k3), i);
            for (std::size_t a = 0; a < 2; ++a)
                x[a] += h / 6 * (k1[a] + 2 * k2[a] + 2 * k3[a] + k4[a]);
        }
        return x;
    };
    const auto reset = [](State x) { return State{-70.6, x[1] + 80.5}; };
    compare(run(AdaptiveExponential({.readout = count_}), 1800.0, GetParam().options),
            expect({-70.6, 0}, 1800.0, step, fires, reset), "v", "w", limit());
}

TEST_P(BiophysicalNeurons, ResonateFireTurns) {
    // z = x + i y turns and shrinks: z <- e^(c dt) z + (e^(c dt) - 1) / c i
    const std::complex<double> c(-1.0 / 20, 0.5);
    const std::complex<double> turn = std::exp(c * kDt);
    const auto step = [&](State x, double i) {
        const std::complex<double> z =
            turn * std::complex<double>(x[0], x[1]) + (turn - 1.0) / c * i;
        return State{z.real(), z.imag()};
    };
    const auto fires = [](State x) { return x[1] >= 1.0; };
    const auto reset = [](State) { return State{0, 0}; };
    compare(run(ResonateFire({.readout = count_}), 0.3, GetParam().options),
            expect({0, 0}, 0.3, step, fires, reset), "x", "y", limit());
}

INSTANTIATE_TEST_SUITE_P(Backends, BiophysicalNeurons, testing::ValuesIn(all_backends()),
                         BackendLabel());

}  // namespace
}  // namespace saltus::test
