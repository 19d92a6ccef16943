// Exact spike times: spikes against a simulation from event to event, gradients against finite
// differences of the loss that is reported.
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/losses/relative_mean_square_error.hpp>
#include <saltus/neurons/adaptive_exponential.hpp>
#include <saltus/neurons/resonate_fire.hpp>
#include <saltus/neurons/user_neuron.hpp>

#include "support/event_driven.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kInputs = 5;
constexpr std::size_t kHidden = 8;
constexpr std::size_t kOutputs = 3;

struct ExactCase {
    std::string label;
    std::string neuron = "lif";
    bool relative = false;
    bool recurrent = false;
    bool first_spikes = false;    ///< outputs spike and are read by when they do
    bool relative_times = false;  ///< whether the loss compares them
    double dt = 1.0;
    bool exact = true;
    double scale = 1.0;       ///< of the weights into hidden neurons
    double refractory = 0.0;  ///< ms
    /// Whether the voltage goes on meanwhile.
    bool integrates = false;
    /// Whether parameters are trained, and whether neurons have their own.
    bool trains = false;
    bool per_neuron = false;

    InitValue value(double number) const {
        return trains ? trainable(number, {.per_neuron = per_neuron}) : InitValue(number);
    }
};

void PrintTo(const ExactCase& c, std::ostream* stream) {
    *stream << c.label;
}

std::unique_ptr<Neuron> neuron_of(const ExactCase& c, std::shared_ptr<const Readout> readout) {
    if (c.neuron == "alif") {
        AdaptiveLeakyIntegrateFireOptions options;
        options.relative_reset = c.relative;
        options.v_thresh = c.value(1.0);
        options.tau_mem = c.value(20.0);
        options.beta = c.value(0.2);
        options.tau_adapt = c.value(15.0);
        options.scale_i = true;
        options.v_reset = c.value(0.1);
        if (c.refractory > 0.0) options.tau_refrac = c.refractory;
        options.integrate_during_refrac = c.integrates;
        options.readout = std::move(readout);
        return std::make_unique<AdaptiveLeakyIntegrateFire>(options);
    }
    if (c.neuron == "user") {
        // A membrane of two compartments, coupled so that it may swing.
        NeuronDeclaration model;
        model.parameters = {{"tau", c.value(20.0), "ms", ""}, {"tau_d", c.value(8.0), "ms", ""},
                            {"g", c.value(0.7), "1", ""},     {"k", c.value(0.1), "1", ""},
                            {"theta", c.value(0.9), "1", ""}, {"r", c.value(0.2), "1", ""}};
        model.states = {{"v", 0.0, "1"}, {"d", 0.0, "1"}};
        model.equations = {"dv/dt = (i - v + g * (d - v)) / tau + 0.002",
                           "dd/dt = (i - d - g * v) / tau_d"};
        model.threshold = "v - k * d >= theta";
        model.reset = {"v = r * v - 0.3 * theta", "d = d - 0.4"};
        model.output = "v";
        if (c.refractory > 0.0)
            model.refractory = RefractoryDeclaration{c.refractory, c.integrates, {"v"}};
        auto neuron = std::make_unique<UserNeuron>(model);
        neuron->readout = std::move(readout);
        return neuron;
    }
    LeakyIntegrateFireOptions options;
    options.relative_reset = c.relative;
    options.v_thresh = c.value(1.0);
    options.v_reset = c.value(0.1);
    options.tau_mem = c.value(20.0);
    if (c.refractory > 0.0) options.tau_refrac = c.refractory;
    options.integrate_during_refrac = c.integrates;
    options.scale_i = true;
    options.readout = std::move(readout);
    return std::make_unique<LeakyIntegrateFire>(options);
}

struct Weights {
    std::vector<double> in, rec, out;
};

Weights weights_of(const ExactCase& c) {
    Numbers numbers(21);
    const auto random = [&](std::size_t count, double low, double high) {
        std::vector<double> weights(count);
        for (double& weight : weights)
            weight = numbers.uniform(low, high);
        return weights;
    };
    return {random(kInputs * kHidden, 0.3 * c.scale, 2.6 * c.scale),
            random(kHidden * kHidden, -0.8, 1.0),
            random(kHidden * kOutputs, c.first_spikes ? 0.2 : -0.6, c.first_spikes ? 2.2 : 1.0)};
}

/// Delays in timesteps of the connections in, rec and out.
struct Delays {
    double in = 0.37, rec = 1.61, out = 0.0;
};

CompiledTrainingNetwork compile(const ExactCase& c, const BackendOptions& backend,
                                const Delays& delays = {}) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{kInputs}, "input");
    Population& hidden = network.population(*neuron_of(c, nullptr), Shape{kHidden}, "hidden");
    LeakyIntegrateOptions leaky;
    leaky.tau_mem = c.value(20.0);
    leaky.bias = c.value(0.01);
    leaky.scale_i = true;
    leaky.readout = std::make_shared<AvgVar>();
    ExactCase plain = c;
    plain.neuron = "lif";
    Population& output =
        c.first_spikes ? network.population(*neuron_of(plain, std::make_shared<FirstSpikeTime>()),
                                            Shape{kOutputs}, "output")
                       : network.population(LeakyIntegrate(leaky), Shape{kOutputs}, "output");
    const Weights weights = weights_of(c);
    network.connect(input, hidden, Dense(Array(Shape{kInputs, kHidden}, weights.in), delays.in),
                    Exponential(c.value(5.0)), "in");
    if (c.recurrent) {
        network.connect(hidden, hidden,
                        Dense(Array(Shape{kHidden, kHidden}, weights.rec), delays.rec),
                        Exponential(c.value(3.0)), "rec");
    }
    network.connect(hidden, output, Dense(Array(Shape{kHidden, kOutputs}, weights.out), delays.out),
                    Exponential(5.0), "out");
    EventPropOptions options;
    options.example_timesteps = static_cast<std::size_t>(std::lround(40.0 / c.dt));
    options.dt = c.dt;
    options.exact_spike_times = c.exact;
    options.min_slope = 1e-6;
    options.loss = std::make_shared<SparseCategoricalCrossentropy>(c.first_spikes ? 2.0 : 0.2);
    if (c.relative_times) options.loss = std::make_shared<RelativeMeanSquareError>(3.0);
    options.backend = backend;
    return EventPropCompiler(options).compile(network);
}

Inputs inputs_of(double later = 0.0) {
    Numbers numbers(8);
    auto trains = std::make_shared<SpikeTrains>(kInputs);
    for (int example = 0; example < 2; ++example) {
        std::vector<Spike> spikes;
        for (std::uint32_t k = 0; k < kInputs; ++k) {
            for (int n = 0; n < 4; ++n)
                spikes.push_back({k, numbers.uniform(0.1, 25.0) + later});
        }
        trains->append(spikes);
    }
    return {{"input", std::shared_ptr<const SpikeTrains>(trains)}};
}

const Labels kLabels = {{"output", {1, 2}}};

/// The fourth-order central difference of a function.
template <class Function>
double slope_of(const Function& function, double step) {
    return (8.0 * (function(step) - function(-step)) - (function(2 * step) - function(-2 * step))) /
           (12.0 * step);
}

class ExactTimes : public testing::TestWithParam<ExactCase> {};

TEST_P(ExactTimes, GradientsOfWeightsEqualFiniteDifferences) {
    CompiledTrainingNetwork network = compile(GetParam(), backend_case("reference64").options);
    const Inputs inputs = inputs_of();
    const auto gradients = network.gradients(inputs, kLabels);
    EXPECT_EQ(gradients.size(), GetParam().recurrent ? 3U : 2U);
    for (const auto& [name, gradient] : gradients) {
        const Array weights = network.weights(name);
        std::vector<double> expected;
        for (std::size_t k = 0; k < weights.size(); ++k) {
            expected.push_back(slope_of(
                [&](double change) {
                    Array changed = weights;
                    changed.values[k] += change;
                    network.set_weights(name, changed);
                    return network.loss(inputs, kLabels);
                },
                1e-4));
        }
        network.set_weights(name, weights);
        EXPECT_GT(largest(expected), 1e-3) << name;
        EXPECT_LT(relative_error(gradient.values, expected), 1e-6) << name;
    }
}

// A neuron that nothing takes far has tiny derivatives; the greatest of a parameter is the measure.
TEST_P(ExactTimes, GradientsOfParametersEqualFiniteDifferences) {
    for (const bool per_neuron : {false, true}) {
        ExactCase c = GetParam();
        c.trains = true;
        c.per_neuron = per_neuron;
        CompiledTrainingNetwork network = compile(c, backend_case("reference64").options);
        const Inputs inputs = inputs_of();
        const auto gradients = network.gradients(inputs, kLabels);
        for (const std::string& name : network.parameters()) {
            const Array values = network.parameter(name);
            std::vector<double> expected;
            for (std::size_t k = 0; k < values.size(); ++k) {
                expected.push_back(slope_of(
                    [&](double change) {
                        Array changed = values;
                        changed.values[k] += change;
                        network.set_parameter(name, changed);
                        return network.loss(inputs, kLabels);
                    },
                    // Some of these spikes all but graze the threshold.
                    2e-6 * std::max(1.0, std::abs(values.values[k]))));
            }
            network.set_parameter(name, values);
            // The same bias of all outputs moves no difference between them, and nothing minds
            // what an output does after its first spike.
            const bool cancels = (name == "output.bias" && !per_neuron) ||
                                 (name == "output.v_reset" && c.first_spikes);
            if (cancels) continue;
            EXPECT_GT(largest(expected), 1e-5) << name;
            EXPECT_LT(relative_error(gradients.at(name).values, expected), 1e-6) << name;
        }
    }
}

TEST_P(ExactTimes, GradientsOfDelaysEqualFiniteDifferences) {
    const BackendOptions backend = backend_case("reference64").options;
    const Inputs inputs = inputs_of();
    const auto gradients = compile(GetParam(), backend).delay_gradients(inputs, kLabels);
    for (const auto& [name, gradient] : gradients) {
        const auto loss = [&, &name = name](double change) {
            Delays delays;
            (name == "in" ? delays.in : name == "rec" ? delays.rec : delays.out) += change;
            return compile(GetParam(), backend, delays).loss(inputs, kLabels);
        };
        // A delay of 0 can only grow.
        const double expected = name == "out"
                                    ? (-3.0 * loss(0.0) + 4.0 * loss(1e-5) - loss(2e-5)) / 2e-5
                                    : slope_of(loss, 1e-5);
        // A softmax of first spikes does not change when all of them move.
        if (!GetParam().first_spikes) {
            EXPECT_GT(std::abs(expected), 1e-4) << name;
        }
        EXPECT_NEAR(gradient.values[0], expected, 2e-6 * std::max(1.0, std::abs(expected))) << name;
    }
}

TEST_P(ExactTimes, TheLengthOfAStepMakesNoDifference) {
    if (!GetParam().first_spikes) GTEST_SKIP() << "averages are taken over steps";
    const Inputs inputs = inputs_of();
    ExactCase finer = GetParam();
    finer.dt = GetParam().dt / 4.0;
    Delays longer;
    longer.in *= 4.0;
    longer.rec *= 4.0;
    const BackendOptions backend = backend_case("reference64").options;
    EXPECT_NEAR(compile(GetParam(), backend).loss(inputs, kLabels),
                compile(finer, backend, longer).loss(inputs, kLabels), 1e-11);
}

TEST_P(ExactTimes, AreTheSameOnEveryBackendAndForAnyNumberOfThreads) {
    const Inputs inputs = inputs_of();
    const auto expected = compile(GetParam(), backend_case("reference64").options)
                              .gradients(inputs, kLabels)
                              .at("in")
                              .values;
    for (const char* name : {"cpu", "reference"}) {
        for (const int threads : {1, 2}) {
            const auto gradients =
                compile(GetParam(), {.name = name, .threads = threads}).gradients(inputs, kLabels);
            EXPECT_EQ(gradients.at("in").values, expected);
        }
    }
}

// Steps of the grid are so short there that both agree to a part of them.
TEST(ExactTimes, RefractoryTimesAreThoseOfAFineGrid) {
    for (const bool integrates : {false, true}) {
        ExactCase c;
        c.recurrent = c.first_spikes = true;
        c.scale = 3.0;
        c.refractory = 1.7;
        c.integrates = integrates;
        const BackendOptions backend = backend_case("reference64").options;
        const Inputs inputs = inputs_of();
        const double expected = compile(c, backend, {.in = 0.5, .rec = 1.5}).loss(inputs, kLabels);
        c.dt = 0.005;
        c.exact = false;
        const double on_grid =
            compile(c, backend, {.in = 100.0, .rec = 300.0}).loss(inputs, kLabels);
        EXPECT_NEAR(on_grid, expected, 2e-3);
        c.refractory = 0.0;
        const double without =
            compile(c, backend, {.in = 100.0, .rec = 300.0}).loss(inputs, kLabels);
        EXPECT_GT(std::abs(without - expected), 8e-3);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, ExactTimes,
    testing::Values(
        ExactCase{.label = "lif"}, ExactCase{.label = "lif_relative", .relative = true},
        ExactCase{.label = "lif_recurrent", .recurrent = true},
        ExactCase{.label = "lif_first_spikes", .first_spikes = true},
        ExactCase{.label = "lif_recurrent_first_spikes", .recurrent = true, .first_spikes = true},
        ExactCase{.label = "lif_relative_times", .first_spikes = true, .relative_times = true},
        ExactCase{.label = "alif", .neuron = "alif"},
        ExactCase{.label = "alif_relative_recurrent",
                  .neuron = "alif",
                  .relative = true,
                  .recurrent = true},
        ExactCase{.label = "alif_first_spikes", .neuron = "alif", .first_spikes = true},
        ExactCase{.label = "user", .neuron = "user", .scale = 1.5},
        ExactCase{.label = "user_recurrent_first_spikes",
                  .neuron = "user",
                  .recurrent = true,
                  .first_spikes = true,
                  .scale = 1.5},
        ExactCase{.label = "coarse", .recurrent = true, .dt = 4.0},
        ExactCase{.label = "refractory", .scale = 2.0, .refractory = 2.3},
        ExactCase{.label = "refractory_relative_recurrent",
                  .relative = true,
                  .recurrent = true,
                  .scale = 2.0,
                  .refractory = 3.7},
        // Some stand above the threshold where their refractory time ends.
        ExactCase{.label = "refractory_integrates_recurrent",
                  .recurrent = true,
                  .scale = 3.0,
                  .refractory = 4.1,
                  .integrates = true},
        ExactCase{.label = "refractory_first_spikes_recurrent",
                  .recurrent = true,
                  .first_spikes = true,
                  .refractory = 1.7},
        ExactCase{.label = "refractory_alif",
                  .neuron = "alif",
                  .recurrent = true,
                  .scale = 2.0,
                  .refractory = 2.3},
        ExactCase{.label = "refractory_user",
                  .neuron = "user",
                  .recurrent = true,
                  .scale = 2.0,
                  .refractory = 2.9},
        ExactCase{.label = "refractory_coarse",
                  .recurrent = true,
                  .dt = 4.0,
                  .scale = 2.0,
                  .refractory = 5.5}),
    BackendLabel());

TEST(ExactSpikes, ANeuronAboveItsThresholdSpikesAsSoonAsItMay) {
    for (const bool integrates : {false, true}) {
        Network network(EventPropCompiler::default_params());
        Population& input = network.population(SpikeInput(), Shape{1}, "input");
        LeakyIntegrateFireOptions neuron;
        neuron.tau_refrac = 3.0;
        neuron.integrate_during_refrac = integrates;
        neuron.readout = std::make_shared<FirstSpikeTime>();
        Population& hidden = network.population(LeakyIntegrateFire(neuron), Shape{1}, "hidden");
        network.connect(input, hidden, Dense(1000.0), Exponential(50.0));
        InferenceOptions options;
        options.evaluate_timesteps = 20;
        options.exact_spike_times = true;
        CompiledNetwork compiled = InferenceCompiler(options).compile(network);
        auto trains = std::make_shared<SpikeTrains>(1);
        trains->append(std::vector<Spike>{{0, 1.5}});
        const Trace trace =
            compiled.trace({{"input", std::shared_ptr<const SpikeTrains>(trains)}}, 0);
        const SpikeList& spikes = trace.spikes.at("hidden");
        std::vector<std::size_t> steps;
        for (std::size_t step = 0; step + 1 < spikes.step_begin.size(); ++step)
            steps.insert(steps.end(), spikes.step_begin[step + 1] - spikes.step_begin[step], step);
        // The first a moment after 1.5 ms. Whoever is held has to reach the threshold anew, which
        // takes a moment, too.
        EXPECT_EQ(steps, (std::vector<std::size_t>{1, 4, 7, 10, 13, 16, 19}));
    }
}

// ---- against another simulation ----

/// Hidden neurons that are read by their first spikes.
CompiledNetwork first_spikes(const std::vector<double>& weights, double tau_mem, double tau_syn) {
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{3}, "input");
    LeakyIntegrateFireOptions neuron;
    neuron.tau_mem = tau_mem;
    neuron.readout = std::make_shared<FirstSpikeTime>();
    Population& hidden = network.population(LeakyIntegrateFire(neuron), Shape{2}, "hidden");
    network.connect(input, hidden, Dense(Array(Shape{3, 2}, weights)), Exponential(tau_syn));
    InferenceOptions options;
    options.evaluate_timesteps = 20;
    options.exact_spike_times = true;
    return InferenceCompiler(options).compile(network);
}

TEST(ExactSpikes, AreThoseOfASimulationFromEventToEvent) {
    Numbers numbers(3);
    std::size_t spikes = 0;
    for (int trial = 0; trial < 200; ++trial) {
        EventDriven other;
        other.tau_mem = numbers.uniform(5.0, 40.0);
        other.tau_syn = numbers.uniform(1.0, 12.0);
        auto trains = std::make_shared<SpikeTrains>(3);
        std::vector<Spike> example;
        other.arrivals.resize(3);
        for (std::uint32_t k = 0; k < 3; ++k) {
            for (int n = 0; n < 3; ++n) {
                const double time = numbers.uniform(0.0, 15.0);
                example.push_back({k, time});
                other.arrivals[k].push_back(time);
            }
            std::sort(other.arrivals[k].begin(), other.arrivals[k].end());
        }
        trains->append(example);
        for (int k = 0; k < 6; ++k)
            other.weights_in.push_back(numbers.uniform(-2.0, 8.0));
        CompiledNetwork network = first_spikes(other.weights_in, other.tau_mem, other.tau_syn);
        const Array found =
            network.predict({{"input", std::shared_ptr<const SpikeTrains>(trains)}}).at("hidden");
        for (std::size_t neuron = 0; neuron < 2; ++neuron) {
            const std::vector<double> times = other.spike_times(neuron);
            if (times.empty()) {
                EXPECT_LT(found.values[neuron], -1e30) << trial;
                continue;
            }
            ++spikes;
            EXPECT_NEAR(found.values[neuron], -times.front(), 1e-10) << trial;
        }
    }
    EXPECT_GT(spikes, 100U);
}

/// Time constants that are equal, of which a difference of exponentials knows nothing.
TEST(ExactSpikes, EqualTimeConstantsAreNoSpecialCase) {
    const std::vector<double> weights{4.0, 5.0, 0.0, 0.0, 0.0, 0.0};
    auto trains = std::make_shared<SpikeTrains>(3);
    const Spike spike[] = {{0, 1.5}};
    trains->append(spike);
    const Inputs inputs{{"input", std::shared_ptr<const SpikeTrains>(trains)}};
    const auto equal = first_spikes(weights, 10.0, 10.0).predict(inputs).at("hidden").values;
    const auto nearly =
        first_spikes(weights, 10.0, 10.0 + 1e-9).predict(inputs).at("hidden").values;
    for (std::size_t neuron = 0; neuron < 2; ++neuron) {
        EXPECT_NEAR(equal[neuron], nearly[neuron], 1e-8);
        // v = w s / tau exp(-s / tau) = 1
        const double s = -equal[neuron] - 1.5;
        EXPECT_NEAR(weights[neuron] * s / 10.0 * std::exp(-s / 10.0), 1.0, 1e-12);
    }
}

// ---- regularisation ----

Network silent_network(double weight) {
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{4}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{2}, "output");
    network.connect(input, hidden, Dense(weight), Exponential(5.0), "in");
    network.connect(hidden, output, Dense(Array(Shape{4, 2}, {1, -1, 1, -1, 1, -1, 1, -1})),
                    Exponential(5.0), "out");
    return network;
}

Inputs one_spike_each(std::size_t examples) {
    auto trains = std::make_shared<SpikeTrains>(2);
    for (std::size_t k = 0; k < examples; ++k) {
        const Spike spikes[] = {{0, 2.0}, {1, 2.0}};
        trains->append(spikes);
    }
    return {{"input", std::shared_ptr<const SpikeTrains>(trains)}};
}

EventPropOptions exact_options() {
    EventPropOptions options;
    options.example_timesteps = 40;
    options.exact_spike_times = true;
    options.batch_size = 4;
    options.optimiser = Adam{.alpha = 0.05};
    return options;
}

class RegularisedTimes : public testing::TestWithParam<bool> {
  protected:
    static EventPropOptions options_of() {
        EventPropOptions options = exact_options();
        options.exact_spike_times = GetParam();
        return options;
    }
};

TEST_P(RegularisedTimes, SilentNeuronsAreDrawnToTheirThreshold) {
    EventPropOptions options = options_of();
    const Labels labels{{"output", {0, 1, 0, 1}}};
    const Inputs inputs = one_spike_each(4);
    const auto without =
        EventPropCompiler(options).compile(silent_network(0.5)).gradients(inputs, labels);
    EXPECT_EQ(largest(without.at("in").values), 0.0);
    options.regularisation = {.silent = 3.0, .active = 0.5};
    CompiledTrainingNetwork network = EventPropCompiler(options).compile(silent_network(0.5));
    // The voltage that a weight of 1 makes is at most (exp(-s / 20) - exp(-s / 5)) / 3 at the s
    // where that is greatest, 0.1575; silence counts where it was nearest at the end of a segment.
    const auto gradients = network.gradients(inputs, labels);
    for (const double slope : gradients.at("in").values) {
        EXPECT_LT(slope, -3.0 * 0.5 * 0.14);
        EXPECT_GT(slope, -3.0 * 0.5 * 0.1576);
    }
    TrainOptions training;
    training.num_epochs = 80;
    network.train(inputs, labels, training);
    EXPECT_GT(network.trace(inputs, 0).spikes.at("hidden").neurons.size(), 0U);
}

TEST_P(RegularisedTimes, NumbersOfSpikesAreDrawnIntoTheirRange) {
    const Labels labels{{"output", {0, 1, 0, 1}}};
    const Inputs inputs = one_spike_each(4);
    const auto spikes_after = [&](const Regularisation& regularisation) {
        EventPropOptions options = options_of();
        options.regularisations["hidden"] = regularisation;
        CompiledTrainingNetwork network = EventPropCompiler(options).compile(silent_network(12.0));
        TrainOptions training;
        training.num_epochs = 120;
        network.train(inputs, labels, training);
        return network.trace(inputs, 0).spikes.at("hidden").neurons.size() / 4;
    };
    const std::size_t unbounded = spikes_after({});
    EXPECT_LT(spikes_after({.upper = 1.0, .most = 1.0}), unbounded);
    EXPECT_GT(spikes_after({.lower = 1.0, .most = 50.0, .least = 50.0}), unbounded);
}

TEST_P(RegularisedTimes, LearnsWithTheSameBitsForAnyNumberOfThreads) {
    Numbers numbers(4);
    const SpikeData data = separable_spikes(numbers, 50, 12, 25, 3);
    std::vector<std::vector<double>> weights;
    for (const int threads : {1, 2, 3}) {
        EventPropOptions options = options_of();
        options.example_timesteps = 25;
        options.batch_size = 10;
        options.regularisation = {
            .upper = 0.1, .lower = 0.1, .most = 3.0, .least = 1.0, .silent = 0.5};
        options.backend.threads = threads;
        CompiledTrainingNetwork network = EventPropCompiler(options).compile(small_network({}));
        TrainOptions training;
        training.num_epochs = 10;
        training.input_dropout = 0.1;
        const auto results = network.train(data.inputs(), data.targets(), training);
        EXPECT_LT(results.back().metrics.at("loss"), results.front().metrics.at("loss"));
        weights.push_back(network.weights(network.plan().connections[0].name).values);
    }
    EXPECT_EQ(weights[0], weights[1]);
    EXPECT_EQ(weights[0], weights[2]);
}

INSTANTIATE_TEST_SUITE_P(SpikeTimes, RegularisedTimes, testing::Bool(),
                         [](const auto& times) { return times.param ? "exact" : "grid"; });

// ---- what cannot be done ----

std::string message_of(const Network& network, EventPropOptions options) {
    options.example_timesteps = 10;
    try {
        EventPropCompiler(options).compile(network);
    } catch (const ModelError& error) {
        return error.what();
    }
    return "nothing was thrown";
}

Network network_of(const Neuron& neuron, const Synapse& synapse, const Connectivity& connectivity,
                   bool recurrent = false) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    Population& hidden = network.population(neuron, Shape{2}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{2}, "output");
    network.connect(input, hidden, connectivity, synapse, "in");
    if (recurrent) network.connect(hidden, hidden, Dense(0.1, 0.5), Exponential(), "rec");
    network.connect(hidden, output, Dense(1.0), Exponential(), "out");
    return network;
}

TEST(ExactErrors, SayWhatDoesNotGoWithExactTimesAndWhatWould) {
    EventPropOptions exact;
    exact.exact_spike_times = true;
    using testing::StartsWith;
    EXPECT_THAT(message_of(network_of(AdaptiveExponential(), Exponential(), Dense(1.0)), exact),
                testing::AllOf(StartsWith("[Population hidden] exact spike times need linear "
                                          "equations that are solved exactly, and dv/dt = "),
                               testing::EndsWith("is not; use spike_times = \"grid\"")));
    EXPECT_THAT(message_of(network_of(LeakyIntegrateFire(), Delta(), Dense(1.0)), exact),
                StartsWith("[Connection in] EventPropCompiler does not train through impulses"));
    EXPECT_EQ(
        message_of(network_of(LeakyIntegrateFire(), Exponential(), Dense(1.0), true), exact),
        "[Connection rec] with exact spike times a spike that comes back to its population "
        "needs a delay, and its delay is 0.5 timesteps; give the recurrent connection a delay "
        "of at least 1 timestep");
    NeuronDeclaration curved;
    curved.parameters = {{"tau", 20.0, "ms", ""}};
    curved.states = {{"v", 0.0, "1"}};
    curved.equations = {"dv/dt = (i - v) / tau"};
    curved.threshold = "v * v >= 1";
    curved.reset = {"v = 0"};
    curved.output = "v";
    EXPECT_EQ(
        message_of(network_of(UserNeuron(curved), Exponential(), Dense(1.0)), exact),
        "[Population hidden] exact spike times need a threshold that is linear in the states, "
        "and v * v >= 1 is not; use spike_times = \"grid\"");
}

TEST(ExactErrors, SayWhichReadoutsTrain) {
    EventPropOptions exact;
    exact.exact_spike_times = true;
    const auto network_with = [](std::shared_ptr<const Readout> readout) {
        Network network;
        Population& input = network.population(SpikeInput(), Shape{2}, "input");
        Population& output = network.population(LeakyIntegrateFire({.readout = std::move(readout)}),
                                                Shape{2}, "output");
        network.connect(input, output, Dense(1.0), Exponential());
        return network;
    };
    EXPECT_EQ(
        message_of(network_with(std::make_shared<MaxVar>()), exact),
        "[Population output] EventPropCompiler does not train readout 'max_var' with exact "
        "spike times; use spike_times = \"grid\", or read another variable (avg_var, sum_var, "
        "var)");
    exact.loss = std::make_shared<RelativeMeanSquareError>(3.0);
    EXPECT_EQ(message_of(network_with(std::make_shared<FirstSpikeTime>()), exact),
              "nothing was thrown");
    EXPECT_EQ(message_of(network_with(std::make_shared<AvgVar>()), exact),
              "[Population output] the loss relative_mean_square_error compares times of first "
              "spikes, and its readout is 'avg_var'; read first_spike_time, with "
              "EventPropCompiler, or choose another loss");
    EXPECT_THROW(RelativeMeanSquareError(std::nan("")), ModelError);
}

TEST(ExactErrors, SayWhatNeedsExactTimes) {
    EXPECT_THAT(message_of(network_of(LeakyIntegrateFire(), Exponential(), Dense(1.0, 0.5)), {}),
                testing::HasSubstr("delay is 0.5 timesteps; give a whole number between 0 and "
                                   "1048576, or compile with exact spike times"));
    Network network;
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    LeakyIntegrateFireOptions reads;
    reads.readout = std::make_shared<FirstSpikeTime>();
    Population& output = network.population(LeakyIntegrateFire(reads), Shape{2}, "output");
    network.connect(input, output, Dense(1.0), Exponential());
    EXPECT_EQ(message_of(network, {}), "nothing was thrown");
    EventPropOptions wrong;
    wrong.exact_spike_times = true;
    wrong.regularisations["input"].silent = 1.0;
    EXPECT_THAT(message_of(network, wrong),
                testing::StartsWith("[Population input] its spikes are not trained"));
    wrong.regularisations.clear();
    wrong.regularisation.silent = -1.0;
    EXPECT_THAT(message_of(network, wrong),
                testing::StartsWith("[EventPropCompiler] silent of a regularisation is -1"));
}

}  // namespace
}  // namespace saltus::test
