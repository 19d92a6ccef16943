// Connections that are rewired while they are trained (Deep-R), on every backend.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include <saltus/compilers/e_prop_compiler.hpp>
#include <saltus/compilers/surrogate_compiler.hpp>
#include <saltus/connectivity/fixed_probability.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/runtime/conn_var_recorder.hpp>
#include <saltus/runtime/rewiring_record.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kSteps = 20;
const char* const kHidden = "input->hidden";
const char* const kRecurrent = "hidden->hidden";
const char* const kOutput = "hidden->output";

/// Synapses by source and target, and their weights.
using Synapses = std::map<std::pair<std::size_t, std::size_t>, double>;

/// Checks that they are in order, each once.
Synapses synapses_of(const CompiledNetwork& network, const std::string& connection) {
    const SynapseList list = network.synapses(connection);
    const std::vector<double> weights = network.weights(connection).values;
    EXPECT_EQ(weights.size(), list.pre.size());
    Synapses synapses;
    std::pair<std::size_t, std::size_t> before;
    for (std::size_t k = 0; k < list.pre.size(); ++k) {
        const std::pair<std::size_t, std::size_t> now(list.pre[k], list.post[k]);
        if (k > 0) {
            EXPECT_LT(before, now);
        }
        EXPECT_EQ(list.weight[k], weights[k]);
        synapses[now] = weights[k];
        before = now;
    }
    return synapses;
}

SynapsePairs pairs_of(const CompiledNetwork& network, const std::string& connection) {
    SynapseList list = network.synapses(connection);
    return {std::move(list.pre), std::move(list.post)};
}

/// 32 inputs, 20 hidden and 3 output neurons, sparse throughout.
Network sparse_network(double density, bool recurrent = false) {
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{32}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{20}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{3}, "output");
    network.connect(input, hidden, FixedProbability(density, Normal(0.3 / density, 0.3 / density)),
                    Exponential());
    if (recurrent) {
        network.connect(hidden, hidden, FixedProbability(0.4, Normal(0.0, 0.4), 0.0, false),
                        Exponential());
    }
    network.connect(hidden, output, FixedProbability(0.5, Normal(0.0, 0.5)), Exponential());
    return network;
}

template <typename Options>
Options options_of(const BackendOptions& backend, const Optimiser& optimiser, const DeepR& deep_r) {
    Options options;
    options.example_timesteps = kSteps;
    options.batch_size = 12;
    options.optimiser = optimiser;
    options.deep_r = deep_r;
    options.backend = backend;
    return options;
}

EventPropCompiler event_prop(const BackendOptions& backend, const Optimiser& optimiser,
                             const DeepR& deep_r) {
    return EventPropCompiler(options_of<EventPropOptions>(backend, optimiser, deep_r));
}

enum class Way { kEventProp, kExactTimes, kSurrogate, kEProp };

CompiledTrainingNetwork compile(Way way, const Network& network, const BackendOptions& backend,
                                const Optimiser& optimiser, const DeepR& deep_r) {
    if (way == Way::kSurrogate)
        return SurrogateCompiler(options_of<SurrogateOptions>(backend, optimiser, deep_r))
            .compile(network);
    if (way == Way::kEProp)
        return EPropCompiler(options_of<EPropOptions>(backend, optimiser, deep_r)).compile(network);
    auto options = options_of<EventPropOptions>(backend, optimiser, deep_r);
    options.exact_spike_times = way == Way::kExactTimes;
    return EventPropCompiler(options).compile(network);
}

SpikeData data_of(std::size_t examples = 12) {
    Numbers numbers(5);
    return separable_spikes(numbers, examples, 32, kSteps, 3);
}

/// What is common to all tests: on which backend.
class Rewired : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "there is no compiler";
    }
    const BackendOptions& backend() const { return GetParam().options; }
};

// One update is one of Sgd with the pull to zero; those that cross zero go, as many come.
TEST_P(Rewired, IsWhatCrossesZero) {
    const SpikeData data = data_of();
    const double alpha = 40.0;
    const double l1 = 2e-4;
    const DeepR deep_r{{kHidden, kRecurrent, kOutput}, l1};
    CompiledTrainingNetwork network =
        event_prop(backend(), Sgd{.alpha = alpha}, deep_r).compile(sparse_network(0.2, true));
    const double tolerance = GetParam().single_precision ? 1e-5 : 1e-12;
    std::size_t grown[2] = {0, 0};
    std::size_t gone = 0;
    for (std::size_t epoch = 0; epoch < 40; ++epoch) {
        std::map<std::string, Synapses> before;
        std::vector<std::shared_ptr<Callback>> callbacks;
        std::vector<std::shared_ptr<RewiringRecord>> records;
        const auto gradients = network.gradients(data.inputs(), data.targets());
        for (const std::string& name : deep_r.connections) {
            before[name] = synapses_of(network, name);
            records.push_back(std::make_shared<RewiringRecord>(name));
            callbacks.push_back(records.back());
        }
        network.train(data.inputs(), data.targets(),
                      {.start_epoch = epoch, .shuffle = false, .callbacks = callbacks});
        for (std::size_t n = 0; n < records.size(); ++n) {
            const std::string& name = deep_r.connections[n];
            const std::vector<double>& gradient = gradients.at(name).values;
            const Synapses after = synapses_of(network, name);
            ASSERT_EQ(after.size(), before[name].size()) << name;
            std::size_t crossed = 0;
            std::size_t k = 0;
            for (const auto& [pair, weight] : before[name]) {
                const double expected =
                    weight - alpha * (gradient[k++] + std::copysign(l1, weight));
                const auto found = after.find(pair);
                const bool stays = found != after.end();
                if (std::abs(expected) < tolerance) continue;
                if (std::signbit(expected) != std::signbit(weight)) {
                    ++crossed;
                    EXPECT_TRUE(!stays || found->second == 0.0);
                    continue;
                }
                ASSERT_TRUE(stays) << name << " " << pair.first << " " << pair.second;
                EXPECT_NEAR(found->second, expected, tolerance);
                if (weight == 0.0) ++grown[std::signbit(weight) ? 1 : 0];
            }
            ASSERT_EQ(records[n]->data().size(), 1U);
            EXPECT_EQ(records[n]->data()[0].rewirings, crossed);
            std::size_t fresh = 0;
            for (const auto& [pair, weight] : after)
                fresh += before[name].contains(pair) ? 0 : 1;
            EXPECT_EQ(fresh, crossed - records[n]->data()[0].failed);
            gone += crossed;
        }
    }
    EXPECT_GT(gone, 100U);
    EXPECT_GT(grown[0], 10U) << "no positive synapse outlives its birth";
    EXPECT_GT(grown[1], 10U) << "no negative synapse outlives its birth";
    for (const auto& [pair, weight] : synapses_of(network, kRecurrent))
        EXPECT_NE(pair.first, pair.second);
}

TEST_P(Rewired, BeginsAnewForTheOptimiser) {
    const SpikeData data = data_of();
    CompiledTrainingNetwork network =
        event_prop(backend(), Adam{.alpha = 0.3}, {{kHidden}, 1e-3}).compile(sparse_network(0.1));
    std::size_t births = 0;
    for (std::size_t epoch = 0; epoch < 10; ++epoch) {
        const Synapses before = synapses_of(network, kHidden);
        network.train(data.inputs(), data.targets(), {.start_epoch = epoch});
        const TrainingState state = network.training_state();
        std::size_t k = 0;
        for (const auto& [pair, weight] : synapses_of(network, kHidden)) {
            const double m = state.mean_gradients.at(kHidden).values[k];
            const double v = state.mean_squares.at(kHidden).values[k];
            ++k;
            if (before.contains(pair)) continue;
            ++births;
            EXPECT_EQ(weight, 0.0);
            EXPECT_EQ(m, 0.0);
            EXPECT_EQ(v, 0.0);
        }
    }
    EXPECT_GT(births, 20U);
}

TEST_P(Rewired, TrainingGoesOnToTheSameBits) {
    const SpikeData data = data_of(30);
    for (const Optimiser& optimiser :
         {Optimiser(Adam{.alpha = 0.05}), Optimiser(Sgd{.alpha = 1.0, .momentum = 0.8})}) {
        const EventPropCompiler compiler =
            event_prop(backend(), optimiser, {{kHidden, kRecurrent}, 0.01});
        const Network description = sparse_network(0.1, true);
        CompiledTrainingNetwork whole = compiler.compile(description);
        const SynapsePairs first = pairs_of(whole, kHidden);
        whole.train(data.inputs(), data.targets(), {.num_epochs = 8});
        CompiledTrainingNetwork half = compiler.compile(description);
        half.train(data.inputs(), data.targets(), {.num_epochs = 4});
        CompiledTrainingNetwork rest = compiler.compile(description);
        rest.restore(half.training_state());
        EXPECT_EQ(pairs_of(rest, kHidden), pairs_of(half, kHidden));
        rest.train(data.inputs(), data.targets(), {.num_epochs = 4, .start_epoch = 4});
        const TrainingState expected = whole.training_state();
        const TrainingState found = rest.training_state();
        EXPECT_NE(expected.synapses.at(kHidden), first) << "nothing was rewired";
        EXPECT_EQ(found.synapses, expected.synapses);
        for (const auto& [name, weights] : expected.weights) {
            EXPECT_EQ(found.weights.at(name).values, weights.values) << name;
            EXPECT_EQ(found.mean_gradients.at(name).values,
                      expected.mean_gradients.at(name).values);
        }
    }
}

TEST_P(Rewired, FullMatrixStaysFull) {
    const SpikeData data = data_of();
    CompiledTrainingNetwork network =
        event_prop(backend(), Adam{.alpha = 0.1}, {{kHidden}, 0.1}).compile(sparse_network(1.0));
    const SynapsePairs first = pairs_of(network, kHidden);
    ASSERT_EQ(first.pre.size(), 32U * 20U);
    const auto record = std::make_shared<RewiringRecord>(kHidden);
    network.train(data.inputs(), data.targets(), {.num_epochs = 20, .callbacks = {record}});
    EXPECT_EQ(pairs_of(network, kHidden), first);
    std::size_t rewirings = 0;
    for (const RewiringCount& count : record->data()) {
        EXPECT_EQ(count.failed, count.rewirings);
        rewirings += count.rewirings;
    }
    EXPECT_GT(rewirings, 100U);
}

TEST_P(Rewired, GradientsAreThoseOfTheReference) {
    const SpikeData data = data_of();
    for (const Way way : {Way::kEventProp, Way::kExactTimes, Way::kSurrogate, Way::kEProp}) {
        const bool recurrent = way != Way::kExactTimes;
        const Network description = sparse_network(0.1, recurrent);
        const DeepR deep_r{{kHidden, kOutput}, 0.01};
        CompiledTrainingNetwork network =
            compile(way, description, backend(), Adam{.alpha = 0.05}, deep_r);
        CompiledTrainingNetwork reference = compile(
            way, description, backend_case("reference64").options, Adam{.alpha = 0.05}, deep_r);
        const SynapsePairs first = pairs_of(network, kHidden);
        network.train(data.inputs(), data.targets(), {.num_epochs = 12});
        EXPECT_NE(pairs_of(network, kHidden), first) << "nothing was rewired";
        reference.restore(network.training_state());
        const auto expected = reference.gradients(data.inputs(), data.targets());
        const auto found = network.gradients(data.inputs(), data.targets());
        for (const auto& [name, gradient] : expected) {
            EXPECT_GT(largest(gradient.values), 0.0);
            EXPECT_LT(relative_error(found.at(name).values, gradient.values),
                      GetParam().single_precision ? 2e-3 : 1e-9)
                << name << static_cast<int>(way);
        }
        if (way != Way::kEventProp) continue;
        EXPECT_LT(relative_error(
                      network.delay_gradients(data.inputs(), data.targets()).at(kHidden).values,
                      reference.delay_gradients(data.inputs(), data.targets()).at(kHidden).values),
                  2e-3);
    }
}

// Norms run over the synapses that a neuron has now.
TEST_P(Rewired, NormsStayBounded) {
    const SpikeData data = data_of();
    auto options =
        options_of<EventPropOptions>(backend(), Adam{.alpha = 0.1}, DeepR{{kHidden}, 1e-4});
    options.weight_constraints = {{kHidden, {.lower = -4.0, .upper = 4.0, .max_norm = 3.0}}};
    CompiledTrainingNetwork network = EventPropCompiler(options).compile(sparse_network(0.3));
    const SynapsePairs first = pairs_of(network, kHidden);
    for (std::size_t epoch = 0; epoch < 15; ++epoch) {
        network.train(data.inputs(), data.targets(), {.start_epoch = epoch});
        std::map<std::size_t, double> squares;
        double greatest = 0.0;
        for (const auto& [pair, weight] : synapses_of(network, kHidden)) {
            double& square = squares[pair.second];
            square += weight * weight;
            greatest = std::max(greatest, std::sqrt(square));
        }
        EXPECT_LT(greatest, 3.0 * (1.0 + 1e-6));
        EXPECT_GT(greatest, 3.0 * 0.99) << "no norm reached its bound";
    }
    EXPECT_NE(pairs_of(network, kHidden), first);
}

TEST_P(Rewired, SynapsesAreWhatOthersSee) {
    const SpikeData data = data_of();
    const Network description = sparse_network(0.1, true);
    const DeepR deep_r{{kHidden, kRecurrent, kOutput}, 0.01};
    CompiledTrainingNetwork network =
        event_prop(backend(), Adam{.alpha = 0.05}, deep_r).compile(description);
    Stream early = network.stream();
    const auto seen = std::make_shared<ConnVarRecorder>(kHidden, "weight");
    const auto delays = std::make_shared<ConnVarRecorder>(kHidden, "delay");
    network.train(data.inputs(), data.targets(), {.num_epochs = 12, .callbacks = {seen, delays}});
    const Array predicted = network.predict(data.inputs()).at("output");
    // What another network of the same description is given.
    CompiledNetwork inference =
        InferenceCompiler({.evaluate_timesteps = kSteps, .backend = backend()})
            .compile(description);
    EXPECT_TRUE(inference.rewired_connections().empty());
    EXPECT_EQ(network.rewired_connections(), deep_r.connections);
    for (const std::string& name : deep_r.connections) {
        inference.set_synapses(name, pairs_of(network, name));
        inference.set_weights(name, network.weights(name));
    }
    EXPECT_EQ(inference.rewired_connections(), deep_r.connections);
    EXPECT_EQ(inference.predict(data.inputs()).at("output").values, predicted.values);
    const Trace trace = network.trace(data.inputs(), 0);
    EXPECT_LT(absolute_error(trace.readouts.at("output").values,
                             {predicted.values.begin(), predicted.values.begin() + 3}),
              1e-5);
    // The last batch met what the update before it left; rows of the matrix are those of synapses.
    const auto before = std::make_shared<ConnVarRecorder>(kHidden, "weight");
    const auto after = std::make_shared<ConnVarRecorder>(kHidden, "delay");
    network.predict(data.inputs(), {before, after});
    std::size_t found = 0;
    const Synapses synapses = synapses_of(network, kHidden);
    for (std::size_t cell = 0; cell < 32 * 20; ++cell) {
        const auto synapse = synapses.find({cell / 20, cell % 20});
        const double weight = before->data().back().values->values[cell];
        const double delay = after->data().back().values->values[cell];
        EXPECT_EQ(std::isnan(weight), synapse == synapses.end());
        EXPECT_EQ(std::isnan(delay), synapse == synapses.end());
        if (synapse == synapses.end()) continue;
        ++found;
        EXPECT_EQ(weight, synapse->second);
    }
    EXPECT_EQ(found, synapses.size());
    const auto count = [](const Array& values) {
        return std::count_if(values.values.begin(), values.values.end(),
                             [](double value) { return !std::isnan(value); });
    };
    EXPECT_EQ(count(*seen->data().back().values), count(*seen->data().front().values));
    EXPECT_EQ(count(*delays->data().back().values), count(*delays->data().front().values));
    // A stream takes them along with the weights.
    early.take_weights(network);
    Stream late = network.stream();
    for (std::size_t step = 0; step < kSteps; ++step) {
        const StepInput input = std::vector<std::vector<std::uint32_t>>{
            {static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(step + 10)}};
        early.step({{"input", input}});
        late.step({{"input", input}});
        EXPECT_EQ(early.spikes("hidden"), late.spikes("hidden"));
    }
    EXPECT_EQ(early.readout("output").values, late.readout("output").values);
}

INSTANTIATE_TEST_SUITE_P(Backends, Rewired, testing::ValuesIn(all_backends()), BackendLabel());

TEST(DeepR, ThreadsDoNotMatter) {
    const SpikeData data = data_of(40);
    const auto trained = [&](int threads, std::optional<double> clip_norm) {
        auto options =
            options_of<EventPropOptions>({.name = "cpu", .threads = threads}, Adam{.alpha = 0.05},
                                         DeepR{{kHidden, kRecurrent, kOutput}, 0.01});
        options.clip_norm = clip_norm;
        CompiledTrainingNetwork network =
            EventPropCompiler(options).compile(sparse_network(0.1, true));
        network.train(data.inputs(), data.targets(), {.num_epochs = 10});
        return network.training_state();
    };
    for (const std::optional<double> clip_norm : {std::optional<double>(), std::optional(0.02)}) {
        const TrainingState one = trained(1, clip_norm);
        const TrainingState two = trained(2, clip_norm);
        EXPECT_EQ(one.synapses, two.synapses);
        for (const auto& [name, weights] : one.weights)
            EXPECT_EQ(weights.values, two.weights.at(name).values);
    }
}

TEST(DeepR, BackendsRewireAlike) {
    const SpikeData data = data_of(24);
    for (const Way way : {Way::kEventProp, Way::kSurrogate, Way::kEProp}) {
        std::map<std::string, SynapsePairs> expected;
        for (const char* name : {"reference", "cpu"}) {
            CompiledTrainingNetwork network =
                compile(way, sparse_network(0.1), {.name = name}, Adam{.alpha = 0.05},
                        {{kHidden, kOutput}, 0.01});
            const SynapsePairs first = pairs_of(network, kHidden);
            network.train(data.inputs(), data.targets(), {.num_epochs = 6});
            const auto found = network.training_state().synapses;
            EXPECT_NE(found.at(kHidden), first);
            if (expected.empty()) expected = found;
            EXPECT_EQ(found, expected) << static_cast<int>(way);
        }
    }
}

// Each class has a few inputs that tell; hardly any synapse of 2 % begins at one of them.
TEST(DeepR, FindsSynapsesThatTell) {
    Numbers numbers(11);
    constexpr std::size_t kInputs = 300;
    auto spikes = std::make_shared<GridSpikes>(kInputs, kSteps, 1.0);
    std::vector<std::int32_t> labels;
    for (std::size_t example = 0; example < 60; ++example) {
        const std::size_t label = example % 3;
        SpikeList list{{0}, {}, {}};
        for (std::size_t step = 0; step < kSteps; ++step) {
            for (std::size_t neuron = 0; neuron < kInputs; ++neuron) {
                const bool tells = neuron < 24;
                const bool is_of_class = tells && neuron % 3 == label && step < 8;
                if (numbers.uniform() < (is_of_class ? 0.3 : tells ? 0.0 : 0.02))
                    list.neurons.push_back(static_cast<std::uint32_t>(neuron));
            }
            list.step_begin.push_back(static_cast<std::uint32_t>(list.neurons.size()));
        }
        spikes->append(list);
        labels.push_back(static_cast<std::int32_t>(label));
    }
    const SpikeData data{spikes, labels};
    Network description(EventPropCompiler::default_params());
    Population& input = description.population(SpikeInput(), Shape{kInputs}, "input");
    Population& hidden = description.population(LeakyIntegrateFire(), Shape{20}, "hidden");
    Population& output = description.population(
        LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{3}, "output");
    description.connect(input, hidden, FixedProbability(0.02, Normal(4.0, 2.0)), Exponential());
    description.connect(hidden, output, Dense(Normal(0.0, 0.5)), Exponential());
    const auto loss = [&](const DeepR& deep_r) {
        CompiledTrainingNetwork network =
            event_prop({.name = "cpu"}, Adam{.alpha = 0.02}, deep_r).compile(description);
        network.train(data.inputs(), data.targets(), {.num_epochs = 100});
        return network.loss(data.inputs(), data.targets());
    };
    const double fixed = loss({});
    const double rewired = loss({{kHidden}, 1e-3});
    EXPECT_LT(rewired, 0.5 * fixed) << fixed;
}

}  // namespace
}  // namespace saltus::test
