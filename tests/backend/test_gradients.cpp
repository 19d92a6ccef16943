// Gradients against finite differences, in float64.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include <gtest/gtest.h>
#include <saltus/losses/relative_mean_square_error.hpp>

#include "support/event_driven.hpp"
#include "support/moved_spikes.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

/// Of alpha / (1.01 T - t), which draws the first spike of the label's neuron to early times.
constexpr double kAlpha = 3.0;
/// By how much others are to spike later than the label's neuron (ms).
constexpr double kDelta = 4.0;

std::shared_ptr<const Readout> readout_of(MovedReadout readout) {
    if (readout == MovedReadout::kSum) return std::make_shared<SumVar>();
    if (readout == MovedReadout::kFinal) return std::make_shared<Var>();
    if (readout == MovedReadout::kGreatest) return std::make_shared<MaxVar>();
    if (readout == MovedReadout::kFirstSpike) return std::make_shared<FirstSpikeTime>();
    return std::make_shared<AvgVar>();
}

/// The library's network for a model of the simulation; connection k has the name "k".
/// @param trains whether parameters of neurons and synapses are trained.
Network network_of(const MovedModel& model, std::size_t num_inputs, bool trains) {
    const auto value = [trains](double number) {
        return trains ? trainable(number) : InitValue(number);
    };
    Network network;
    Population& input = network.population(SpikeInput(), Shape{num_inputs}, "input");
    std::vector<Population*> populations;
    for (const MovedPopulation& p : model.populations) {
        const bool last = &p == &model.populations.back();
        const std::string name = last ? "output" : "hidden" + std::to_string(populations.size());
        if (p.spiking && p.beta > 0.0) {
            AdaptiveLeakyIntegrateFireOptions options;
            options.v_thresh = value(p.v_thresh);
            options.v_reset = value(p.v_reset);
            options.beta = value(p.beta);
            options.tau_mem = value(p.tau_mem);
            options.tau_adapt = value(p.tau_adapt);
            options.relative_reset = p.relative_reset;
            options.scale_i = p.scale_i;
            if (last) options.readout = readout_of(model.readout);
            if (p.tau_refrac > 0.0) options.tau_refrac = p.tau_refrac;
            options.integrate_during_refrac = !p.holds;
            populations.push_back(
                &network.population(AdaptiveLeakyIntegrateFire(options), Shape{p.size}, name));
        } else if (p.spiking) {
            LeakyIntegrateFireOptions options;
            options.v_thresh = value(p.v_thresh);
            options.v_reset = value(p.v_reset);
            options.tau_mem = value(p.tau_mem);
            options.relative_reset = p.relative_reset;
            options.scale_i = p.scale_i;
            if (last) options.readout = readout_of(model.readout);
            if (p.tau_refrac > 0.0) options.tau_refrac = p.tau_refrac;
            options.integrate_during_refrac = !p.holds;
            populations.push_back(
                &network.population(LeakyIntegrateFire(options), Shape{p.size}, name));
        } else {
            LeakyIntegrateOptions options;
            options.tau_mem = value(p.tau_mem);
            options.scale_i = p.scale_i;
            options.readout = readout_of(model.readout);
            populations.push_back(
                &network.population(LeakyIntegrate(options), Shape{p.size}, name));
        }
    }
    for (std::size_t index = 0; index < model.connections.size(); ++index) {
        const MovedConnection& c = model.connections[index];
        Population& source = c.from < 0 ? input : *populations[static_cast<std::size_t>(c.from)];
        Population& target = *populations[static_cast<std::size_t>(c.to)];
        const Array weights(Shape{source.size(), target.size()}, c.weights);
        network.connect(source, target, Dense(weights, static_cast<double>(c.delay)),
                        Exponential(ExponentialOptions{value(c.tau), c.scale_i}),
                        std::to_string(index));
    }
    return network;
}

CompiledTrainingNetwork compile(const MovedModel& model, std::size_t num_inputs,
                                const BackendOptions& backend, bool fold, bool trains = false,
                                const Regularisation& regularisation = {},
                                const std::shared_ptr<const Loss>& loss = nullptr) {
    EventPropOptions options;
    options.example_timesteps = model.num_steps;
    options.dt = model.dt;
    options.batch_size = 4;
    options.min_slope = model.min_slope;
    options.fold_readouts = fold;
    options.regularisation = regularisation;
    if (loss) options.loss = loss;
    options.ttfs_alpha = kAlpha;
    options.backend = backend;
    return EventPropCompiler(options).compile(network_of(model, num_inputs, trains));
}

std::vector<double> random_weights(Numbers& numbers, std::size_t count, double mean,
                                   double spread) {
    std::vector<double> weights(count);
    for (double& weight : weights)
        weight = numbers.uniform(mean - spread, mean + spread);
    return weights;
}

struct GradientCase {
    std::string label;
    bool relative_reset = false;
    bool recurrent = false;
    std::size_t delay = 0;
    bool scale_i = true;
    double dt = 1.0;
    MovedReadout readout = MovedReadout::kAverage;
    bool two_layers = false;
    bool two_time_constants = false;
    double min_slope = 1e-6;
    bool bounded = false;
    double beta = 0.0;
    /// Whether the loss compares times of first spikes.
    bool relative = false;
    /// Whether the neuron of a label does not spike.
    bool silent_label = false;
    double tau_refrac = 0.0;
    bool holds = false;
    /// Whether spikes wait for the end of refractory times.
    bool waits = false;
    Regularisation regularisation = {};
    /// Of the input weights; small ones leave neurons silent.
    double drive = 1.0;
};

void PrintTo(const GradientCase& gradient_case, std::ostream* stream) {
    *stream << gradient_case.label;
}

constexpr std::size_t kInputs = 6;
constexpr std::size_t kHidden = 5;
constexpr std::size_t kOutputs = 3;

/// Cross-entropy of the times of first spikes.
MovedLoss first_spike_loss(const MovedModel& model) {
    const double end = static_cast<double>(model.num_steps) * model.dt;
    return [end](const std::vector<double>& readout, std::size_t label) {
        double sum = 0.0;
        for (const double value : readout)
            sum += std::exp(value);
        return std::log(sum) - readout[label] + kAlpha / (1.01 * end + readout[label]);
    };
}

double relative_loss(const std::vector<double>& readout, std::size_t label) {
    double sum = 0.0;
    for (std::size_t k = 0; k < readout.size(); ++k) {
        const double later = -readout[k] + readout[label];
        if (k != label) sum += 0.5 * (later - kDelta) * (later - kDelta);
    }
    return sum;
}

std::shared_ptr<const Loss> loss_of(const GradientCase& c) {
    if (c.relative) return std::make_shared<RelativeMeanSquareError>(kDelta);
    return std::make_shared<SparseCategoricalCrossentropy>();
}

MovedModel model_of(const GradientCase& c) {
    Numbers numbers(7);
    MovedModel model;
    model.dt = c.dt;
    model.num_steps = static_cast<std::size_t>(30.0 / c.dt);
    model.min_slope = c.min_slope;
    model.readout = c.readout;
    // Unscaled currents drive 1 / (1 - alpha) times as strongly.
    const double scale = c.scale_i ? 1.0 : 0.045 * c.dt;
    MovedPopulation hidden;
    hidden.size = kHidden;
    hidden.relative_reset = c.relative_reset;
    hidden.scale_i = c.scale_i;
    hidden.v_reset = 0.1;
    hidden.tau_mem = 15.0;
    hidden.beta = c.beta;
    hidden.tau_refrac = c.tau_refrac;
    hidden.holds = c.holds;
    MovedPopulation output;
    if (c.readout == MovedReadout::kFirstSpike) output = hidden;
    output.size = kOutputs;
    output.spiking = c.readout == MovedReadout::kFirstSpike;
    output.scale_i = c.scale_i;
    model.populations = {hidden};
    if (c.two_layers) model.populations.push_back(hidden);
    model.populations.push_back(output);
    const int last = static_cast<int>(model.populations.size()) - 1;
    const auto add = [&](int from, int to, double tau, std::size_t sources, double mean,
                         double spread) {
        MovedConnection connection;
        connection.from = from;
        connection.to = to;
        connection.delay = c.delay;
        connection.scale_i = c.scale_i;
        connection.tau = tau;
        const std::size_t targets = model.populations[static_cast<std::size_t>(to)].size;
        connection.weights =
            random_weights(numbers, sources * targets, scale * mean, scale * spread);
        model.connections.push_back(connection);
    };
    add(MovedConnection::kInput, 0, 5.0, kInputs, 1.8 * c.drive, 1.2 * c.drive);
    if (c.two_time_constants) add(MovedConnection::kInput, 0, 2.5, kInputs, 0.8, 0.8);
    if (c.recurrent) add(0, 0, 4.0, kHidden, 0.3, 1.0);
    if (c.two_layers) add(0, 1, 5.0, kHidden, 2.0, 1.0);
    if (output.spiking) {
        add(last - 1, last, 5.0, kHidden, c.silent_label ? 0.3 : 2.0, 1.0);
        if (c.recurrent) add(last, last, 5.0, kOutputs, 0.1, 0.5);
        model.loss = c.relative ? relative_loss : first_spike_loss(model);
    } else {
        add(last - 1, last, 5.0, kHidden, 0.3, 1.0);
    }
    if (c.recurrent && c.two_layers) add(1, 0, 6.0, kHidden, 0.2, 0.8);
    return model;
}

InputSteps steps_of(const GridSpikes& spikes, std::size_t example) {
    SpikeList list;
    spikes.unpack(example, list);
    InputSteps steps(spikes.num_steps());
    for (const auto& [step, neuron] : spike_pairs(list))
        steps[step].push_back(neuron);
    return steps;
}

/// Lets simulations of the examples of a batch pull at spikes and silent neurons.
/// @return the number of neurons of both that are pulled at.
std::pair<int, int> regularise(const MovedModel& model, const Regularisation& wanted,
                               std::vector<MovedSpikes>& examples) {
    const auto share = static_cast<double>(examples.size());
    std::pair<int, int> pulled{0, 0};
    for (std::size_t index = 0; index + 1 < model.populations.size(); ++index) {
        const std::size_t size = model.populations[index].size;
        std::vector<double> at_spikes(size);
        std::vector<double> of_silent(size);
        for (std::size_t j = 0; j < size; ++j) {
            double mean = 0.0;
            double active = 0.0;
            for (const MovedSpikes& example : examples) {
                mean += example.counts(index)[j] / share;
                active += (example.counts(index)[j] > 0.0 ? 1.0 : 0.0) / share;
            }
            if (mean > wanted.most) at_spikes[j] = wanted.upper * (mean - wanted.most);
            if (mean < wanted.least) at_spikes[j] = wanted.lower * (mean - wanted.least);
            if (active < wanted.active) of_silent[j] = wanted.silent * (wanted.active - active);
            pulled.first += mean > 0.0 && at_spikes[j] != 0.0 ? 1 : 0;
            pulled.second += of_silent[j] > 0.0 ? 1 : 0;
        }
        for (MovedSpikes& example : examples)
            example.regularise(index, at_spikes, of_silent);
    }
    return pulled;
}

/// All that draws neurons in a case, which must do so.
void pull(const MovedModel& model, const GradientCase& c, const SpikeData& data,
          std::vector<MovedSpikes>& simulations) {
    const auto [pulled_spikes, pulled_silent] = regularise(model, c.regularisation, simulations);
    EXPECT_EQ(pulled_spikes > 0, c.regularisation.counts());
    EXPECT_EQ(pulled_silent > 0, c.regularisation.silent > 0.0);
    if (c.readout != MovedReadout::kFirstSpike) return;
    std::size_t silent_labels = 0;
    const std::size_t last = model.populations.size() - 1;
    for (std::size_t example = 0; example < simulations.size(); ++example) {
        const auto label = static_cast<std::size_t>(data.labels[example]);
        // What draws the neuron of a label by default.
        std::vector<double> of_silent(kOutputs, 0.0);
        of_silent[label] = 20.0;
        silent_labels += simulations[example].counts(last)[label] == 0.0 ? 1 : 0;
        simulations[example].regularise(last, std::vector<double>(kOutputs, 0.0), of_silent);
    }
    EXPECT_EQ(silent_labels > 0, c.silent_label);
}

class Gradients : public testing::TestWithParam<GradientCase> {};

TEST_P(Gradients, EqualFiniteDifferencesOfMovedSpikes) {
    const MovedModel model = model_of(GetParam());
    Numbers numbers(3);
    const SpikeData data =
        random_spikes(numbers, 3, kInputs, model.num_steps, 0.06 * model.dt, kOutputs, model.dt);
    std::vector<std::vector<double>> expected(model.connections.size());
    double loss = 0.0;
    double smallest_slope = 1e300;
    std::size_t spikes = 0;
    std::size_t late = 0;
    std::vector<MovedSpikes> simulations;
    for (std::size_t example = 0; example < 3; ++example) {
        simulations.emplace_back(model, steps_of(*data.spikes, example),
                                 static_cast<std::size_t>(data.labels[example]));
        loss += simulations.back().loss() / 3.0;
    }
    pull(model, GetParam(), data, simulations);
    for (const MovedSpikes& simulation : simulations) {
        spikes += simulation.num_spikes();
        late += simulation.num_late();
        smallest_slope = std::min(smallest_slope, simulation.smallest_slope());
        for (std::size_t index = 0; index < expected.size(); ++index) {
            const std::vector<double> gradient = simulation.gradient(index);
            expected[index].resize(gradient.size());
            for (std::size_t k = 0; k < gradient.size(); ++k)
                expected[index][k] += gradient[k] / 3.0;
        }
    }
    ASSERT_GT(spikes, 20U) << "the test must have spikes to move";
    EXPECT_EQ(late > 5, GetParam().waits) << late << " spikes waited for refractory times";
    EXPECT_EQ(smallest_slope < model.min_slope, GetParam().bounded) << smallest_slope;
    for (const bool fold : {true, false}) {
        CompiledTrainingNetwork network =
            compile(model, kInputs, backend_case("reference64").options, fold, false,
                    GetParam().regularisation, loss_of(GetParam()));
        EXPECT_NEAR(network.loss(data.inputs(), data.targets()), loss, 1e-12);
        const auto gradients = network.gradients(data.inputs(), data.targets());
        for (std::size_t index = 0; index < expected.size(); ++index) {
            const double error =
                relative_error(gradients.at(std::to_string(index)).values, expected[index]);
            EXPECT_LT(error, 1e-6) << "connection " << index << ", fold " << fold;
            RecordProperty("relative_error_" + std::to_string(index),
                           testing::PrintToString(error));
        }
    }
}

/// A parameter of a model of the simulation, and its name in the library.
struct ModelParameter {
    std::string name;
    double& (*of)(MovedModel& model, std::size_t index);
    std::size_t index;
};

std::vector<ModelParameter> parameters_of(const MovedModel& model) {
    std::vector<ModelParameter> all;
    for (std::size_t k = 0; k < model.populations.size(); ++k) {
        const MovedPopulation& p = model.populations[k];
        const bool is_last = k + 1 == model.populations.size();
        const std::string name = is_last ? "output" : "hidden" + std::to_string(k);
        all.push_back(
            {name + ".tau_mem",
             [](MovedModel& m, std::size_t n) -> double& { return m.populations[n].tau_mem; }, k});
        if (!p.spiking) continue;
        all.push_back(
            {name + ".v_thresh",
             [](MovedModel& m, std::size_t n) -> double& { return m.populations[n].v_thresh; }, k});
        all.push_back(
            {name + ".v_reset",
             [](MovedModel& m, std::size_t n) -> double& { return m.populations[n].v_reset; }, k});
        if (p.beta == 0.0) continue;
        all.push_back(
            {name + ".beta",
             [](MovedModel& m, std::size_t n) -> double& { return m.populations[n].beta; }, k});
        all.push_back(
            {name + ".tau_adapt",
             [](MovedModel& m, std::size_t n) -> double& { return m.populations[n].tau_adapt; },
             k});
    }
    for (std::size_t k = 0; k < model.connections.size(); ++k) {
        all.push_back({std::to_string(k) + ".tau",
                       [](MovedModel& m, std::size_t n) -> double& { return m.connections[n].tau; },
                       k});
    }
    return all;
}

TEST_P(Gradients, OfParametersEqualFiniteDifferencesOfMovedSpikes) {
    const MovedModel model = model_of(GetParam());
    Numbers numbers(3);
    const SpikeData data =
        random_spikes(numbers, 3, kInputs, model.num_steps, 0.06 * model.dt, kOutputs, model.dt);
    CompiledTrainingNetwork network =
        compile(model, kInputs, backend_case("reference64").options, true, true,
                GetParam().regularisation, loss_of(GetParam()));
    const auto gradients = network.gradients(data.inputs(), data.targets());
    const bool first_spikes = model.populations.back().spiking;
    std::vector<MovedSpikes> simulations;
    for (std::size_t example = 0; example < 3; ++example) {
        simulations.emplace_back(model, steps_of(*data.spikes, example),
                                 static_cast<std::size_t>(data.labels[example]));
    }
    pull(model, GetParam(), data, simulations);
    for (const ModelParameter& parameter : parameters_of(model)) {
        double expected = 0.0;
        for (const MovedSpikes& simulation : simulations) {
            MovedModel changed = model;
            double& value = parameter.of(changed, parameter.index);
            const double width = 1e-5 * std::max(1.0, value);
            for (const auto& [steps, factor] :
                 {std::pair{1, 8.0}, {-1, -8.0}, {2, -1.0}, {-2, 1.0}}) {
                const double before = value;
                value += steps * width;
                expected += factor * simulation.loss(changed) / (36.0 * width);
                value = before;
            }
        }
        const double found = gradients.at(parameter.name).values.at(0);
        if (expected == 0.0) {
            // No later spike heeds it where all of them wait for the end of a refractory time, or
            // nothing minds later ones.
            EXPECT_TRUE(GetParam().tau_refrac > 0.0 || first_spikes) << parameter.name;
            EXPECT_LT(std::abs(found), 1e-14) << parameter.name;
            continue;
        }
        EXPECT_NEAR(found / expected, 1.0, 1e-6) << parameter.name;
    }
}

// No spike moves when the weights of an output change, so these are the library's own loss.
TEST_P(Gradients, OfOutputWeightsEqualFiniteDifferencesOfTheLoss) {
    if (GetParam().readout == MovedReadout::kFirstSpike) GTEST_SKIP() << "they move spikes";
    const MovedModel model = model_of(GetParam());
    Numbers numbers(3);
    const SpikeData data =
        random_spikes(numbers, 3, kInputs, model.num_steps, 0.06 * model.dt, kOutputs, model.dt);
    std::size_t output = 0;
    for (std::size_t index = 0; index < model.connections.size(); ++index) {
        if (model.connections[index].to + 1 == static_cast<int>(model.populations.size()))
            output = index;
    }
    const std::string name = std::to_string(output);
    CompiledTrainingNetwork network =
        compile(model, kInputs, backend_case("reference64").options, true);
    const auto gradients = network.gradients(data.inputs(), data.targets());
    Array weights = network.weights(name);
    std::vector<double> expected;
    constexpr double kStep = 1e-4;
    for (double& weight : weights.values) {
        const double before = weight;
        double difference = 0.0;
        // Four points, so that the error falls with the fourth power of the step.
        for (const auto& [steps, factor] : {std::pair{1, 8.0}, {-1, -8.0}, {2, -1.0}, {-2, 1.0}}) {
            weight = before + steps * kStep;
            network.set_weights(name, weights);
            difference += factor * network.loss(data.inputs(), data.targets());
        }
        weight = before;
        expected.push_back(difference / (12.0 * kStep));
    }
    const double error = relative_error(gradients.at(name).values, expected);
    EXPECT_LT(error, 1e-8);
    RecordProperty("relative_error", testing::PrintToString(error));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Gradients,
    testing::Values(
        GradientCase{.label = "absolute"},
        GradientCase{.label = "relative", .relative_reset = true},
        GradientCase{.label = "absolute_delayed", .delay = 3},
        GradientCase{.label = "relative_recurrent", .relative_reset = true, .recurrent = true},
        GradientCase{.label = "recurrent", .recurrent = true},
        GradientCase{.label = "recurrent_delayed", .recurrent = true, .delay = 3},
        GradientCase{.label = "unscaled", .scale_i = false},
        GradientCase{.label = "half_step", .recurrent = true, .dt = 0.5},
        GradientCase{.label = "sum", .readout = MovedReadout::kSum},
        GradientCase{.label = "final", .recurrent = true, .readout = MovedReadout::kFinal},
        GradientCase{.label = "two_layers", .two_layers = true},
        GradientCase{.label = "two_layers_loop", .recurrent = true, .delay = 1, .two_layers = true},
        GradientCase{.label = "two_time_constants", .two_time_constants = true},
        GradientCase{.label = "counts",
                     .regularisation = {.upper = 0.3, .lower = 0.2, .most = 2.0, .least = 2.0}},
        GradientCase{.label = "counts_recurrent",
                     .relative_reset = true,
                     .recurrent = true,
                     .delay = 1,
                     .regularisation = {.upper = 0.1, .most = 1.0}},
        GradientCase{
            .label = "silent", .regularisation = {.silent = 2.0, .active = 1.0}, .drive = 0.7},
        GradientCase{.label = "silent_adaptive",
                     .two_layers = true,
                     .beta = 0.3,
                     .regularisation = {.lower = 0.1, .least = 5.0, .silent = 2.0, .active = 1.0},
                     .drive = 0.8},
        GradientCase{
            .label = "integrates_while_refractory", .tau_refrac = 8.0, .waits = true, .drive = 2.5},
        GradientCase{.label = "holds_while_refractory", .tau_refrac = 2.0, .holds = true},
        GradientCase{.label = "holds_one_step",
                     .relative_reset = true,
                     .recurrent = true,
                     .tau_refrac = 1.0,
                     .holds = true},
        GradientCase{.label = "relative_refractory_recurrent",
                     .relative_reset = true,
                     .recurrent = true,
                     .delay = 2,
                     .tau_refrac = 3.5,
                     .waits = true,
                     .drive = 1.4},
        GradientCase{.label = "holds_above_threshold",
                     .relative_reset = true,
                     .recurrent = true,
                     .two_layers = true,
                     .tau_refrac = 2.5,
                     .holds = true,
                     .waits = true,
                     .drive = 4.0},
        GradientCase{.label = "adaptive_refractory",
                     .recurrent = true,
                     .two_layers = true,
                     .beta = 0.1,
                     .tau_refrac = 8.0,
                     .waits = true,
                     .drive = 3.0},
        GradientCase{.label = "adaptive_holds",
                     .recurrent = true,
                     .two_layers = true,
                     .beta = 0.1,
                     .tau_refrac = 2.0,
                     .holds = true,
                     .regularisation = {.upper = 0.2, .most = 1.0}},
        GradientCase{.label = "refractory_half_steps",
                     .dt = 0.5,
                     .two_layers = true,
                     .tau_refrac = 1.7,
                     .holds = true},
        GradientCase{.label = "greatest", .recurrent = true, .readout = MovedReadout::kGreatest},
        GradientCase{.label = "first_spike", .readout = MovedReadout::kFirstSpike},
        GradientCase{.label = "first_spike_recurrent",
                     .relative_reset = true,
                     .recurrent = true,
                     .delay = 1,
                     .readout = MovedReadout::kFirstSpike,
                     .two_layers = true},
        GradientCase{.label = "first_spike_silent_label",
                     .readout = MovedReadout::kFirstSpike,
                     .silent_label = true},
        GradientCase{.label = "first_spike_relative_error",
                     .readout = MovedReadout::kFirstSpike,
                     .relative = true,
                     .tau_refrac = 2.0,
                     .holds = true},
        GradientCase{.label = "adaptive", .beta = 0.2},
        GradientCase{.label = "adaptive_relative", .relative_reset = true, .beta = 0.2},
        GradientCase{.label = "adaptive_recurrent", .recurrent = true, .delay = 1, .beta = 0.1},
        GradientCase{
            .label = "bounded_slope", .relative_reset = true, .min_slope = 0.15, .bounded = true},
        GradientCase{.label = "bounded_slope_absolute", .min_slope = 0.15, .bounded = true}),
    BackendLabel());

/// The network of two hidden neurons and three inputs of which the exact gradient is known.
struct ShrinkingStep {
    std::vector<std::vector<double>> arrivals{{2.0, 7.0}, {3.0}, {4.0, 10.0}};
    std::vector<double> weights_in{3.0, 1.2, 2.0, 2.5, 1.0, 3.0};
    std::vector<double> weights_out{0.8, -0.5, -0.3, 0.9};

    EventDriven continuous() const {
        EventDriven exact;
        exact.arrivals = arrivals;
        exact.weights_in = weights_in;
        exact.weights_out = weights_out;
        return exact;
    }

    MovedModel on_grid(double dt) const {
        MovedModel model;
        model.dt = dt;
        model.num_steps = static_cast<std::size_t>(std::lround(20.0 / dt));
        MovedPopulation hidden;
        hidden.size = 2;
        MovedPopulation output = hidden;
        output.spiking = false;
        model.populations = {hidden, output};
        MovedConnection in;
        in.weights = weights_in;
        MovedConnection out = in;
        out.from = 0;
        out.to = 1;
        out.weights = weights_out;
        model.connections = {in, out};
        return model;
    }

    /// A spike of step n arrives at (n + 1) dt.
    Inputs inputs(double dt) const {
        std::vector<std::vector<std::size_t>> steps;
        for (const auto& times : arrivals) {
            steps.emplace_back();
            for (const double time : times) {
                steps.back().push_back(static_cast<std::size_t>(std::lround(time / dt)) - 1);
            }
        }
        const MovedModel model = on_grid(dt);
        return {
            {"input", std::shared_ptr<const GridSpikes>(spikes_at(steps, model.num_steps, dt))}};
    }
};

TEST(GradientsOfSmallSteps, TendToTheContinuousOnesAsStepsShrink) {
    const ShrinkingStep problem;
    const EventDriven exact = problem.continuous();
    ASSERT_EQ(exact.spike_times(0).size(), 1U);
    ASSERT_EQ(exact.spike_times(1).size(), 1U);
    const std::vector<double> steps{1.0, 0.5, 0.1, 0.01};
    std::vector<double> in;
    std::vector<double> out;
    for (const double dt : steps) {
        CompiledTrainingNetwork network =
            compile(problem.on_grid(dt), 3, backend_case("reference64").options, true);
        const auto gradients = network.gradients(problem.inputs(dt), {{"output", {1}}});
        in.push_back(relative_error(gradients.at("0").values, exact.gradient_in()));
        out.push_back(relative_error(gradients.at("1").values, exact.gradient_out()));
        std::printf("dt %-5g ms: error of W_in %.2e, of W_out %.2e\n", dt, in.back(), out.back());
    }
    // Spike times on the grid are up to dt late, so all errors are of the order of dt.
    for (std::size_t k = 0; k < steps.size(); ++k) {
        EXPECT_LT(in[k], 0.3 * std::max(steps[k], 0.02)) << steps[k];
        EXPECT_LT(out[k], 0.05 * std::max(steps[k], 0.02)) << steps[k];
        if (k == 0) continue;
        EXPECT_LT(in[k], in[k - 1]);
        EXPECT_LT(out[k], out[k - 1]);
    }
}

}  // namespace
}  // namespace saltus::test
