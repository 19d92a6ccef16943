// Every connectivity, matrix type and operation: what arrives and when, gradients of weights and of
// delays, and feedback, on every backend.
#include <gtest/gtest.h>

#include <cmath>

#include <saltus/compilers/surrogate_compiler.hpp>

#include "backend/connectivity_examples.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kSteps = 24;
constexpr std::size_t kExamples = 6;

class EveryConnectivity : public testing::TestWithParam<ConnectivityExample> {
  protected:
    static std::unique_ptr<Connectivity> connectivity() {
        Numbers numbers(5);
        return GetParam().make(numbers);
    }

    static void connect(Network& network, Population& source, Population& target,
                        const Synapse& synapse) {
        network.connect(source, target, *connectivity(), synapse, "tested",
                        GetParam().max_delay_steps > 0
                            ? std::optional<std::size_t>(GetParam().max_delay_steps)
                            : std::nullopt);
    }

    static SpikeData data(std::size_t classes) {
        Numbers numbers(11);
        return random_spikes(numbers, kExamples, GetParam().source.size(), kSteps, 0.15, classes);
    }

    template <typename Options = EventPropOptions>
    static Options training(const BackendOptions& backend, MatrixType type) {
        Options options;
        options.example_timesteps = kSteps;
        options.batch_size = kExamples;
        options.backend = backend;
        options.fold_readouts = false;
        options.matrix_types = {type, MatrixType::kDense};
        return options;
    }

    /// The tested connection into the output, whose loss is a smooth function of its weights.
    static Network into_output() {
        Network network(EventPropCompiler::default_params());
        Population& input = network.population(SpikeInput(), GetParam().source, "input");
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), GetParam().target, "output");
        connect(network, input, output, Exponential(5.0));
        return network;
    }

    /// The tested connection between two layers of spiking neurons.
    static Network between_layers() {
        Network network(EventPropCompiler::default_params());
        Numbers numbers(3);
        const std::size_t size = GetParam().source.size();
        Population& input = network.population(SpikeInput(), Shape{size}, "input");
        Population& first = network.population(LeakyIntegrateFire(), GetParam().source, "first");
        Population& second = network.population(LeakyIntegrateFire(), GetParam().target, "second");
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{3}, "output");
        const double mean = 3.0 / static_cast<double>(size);
        network.connect(input, first, Dense(numbers.dyadic(size, size, mean, mean)),
                        Exponential(5.0));
        connect(network, first, second, Exponential(5.0));
        // Keeps the second layer above threshold, whatever the tested connection adds.
        network.connect(input, second,
                        Dense(numbers.dyadic(size, GetParam().target.size(), mean, mean)),
                        Exponential(5.0));
        network.connect(second, output,
                        Dense(numbers.dyadic(GetParam().target.size(), 3, 0.0, 0.5)),
                        Exponential(5.0));
        return network;
    }
};

/// Compares what arrives in every step with what the synapses say, one spike and synapse at a time.
void expect_arrivals(const Network& network, MatrixType type, const BackendCase& backend,
                     const SpikeData& spikes) {
    SCOPED_TRACE(backend.label + " " + to_string(type));
    InferenceOptions options;
    options.evaluate_timesteps = kSteps;
    options.backend = backend.options;
    options.matrix_types = {type};
    CompiledNetwork compiled = InferenceCompiler(options).compile(network);
    EXPECT_EQ(compiled.plan().connections[0].matrix_type, type);
    const SynapseList synapses = compiled.synapses("tested");
    const Trace trace = compiled.trace(spikes.inputs(), 1);
    const std::size_t size = compiled.plan().populations[1].size;
    std::vector<double> expected(kSteps * size, 0.0);
    for (const auto& [step, neuron] : spike_pairs(trace.spikes.at("input"))) {
        for (std::size_t k = 0; k < synapses.pre.size(); ++k) {
            if (synapses.pre[k] != neuron) continue;
            for (std::size_t t = step + 1 + synapses.delay[k]; t < kSteps; ++t)
                expected[t * size + synapses.post[k]] += synapses.weight[k];
        }
    }
    EXPECT_LT(absolute_error(trace.states.at("target.v").values, expected), 1e-5);
    EXPECT_GT(largest(expected), 0.0);
}

/// Into neurons that add up what arrives and never spike.
Network into_integrators(const ConnectivityExample& example) {
    Network network;
    Numbers numbers(5);
    Population& input = network.population(SpikeInput(), example.source, "input");
    Population& target = network.population(
        IntegrateFire(IntegrateFireOptions{1e6, {}, {}, std::make_shared<Var>()}), example.target,
        "target");
    network.connect(input, target, *example.make(numbers), Delta(), "tested",
                    example.max_delay_steps > 0
                        ? std::optional<std::size_t>(example.max_delay_steps)
                        : std::nullopt);
    return network;
}

TEST_P(EveryConnectivity, SpikesArriveWhereAndWhenTheirSynapsesSay) {
    const Network network = into_integrators(GetParam());
    const SpikeData spikes = data(2);
    for (const BackendCase& backend : all_backends()) {
        if (!can_run(backend)) continue;
        for (const MatrixType type : GetParam().matrix_types)
            expect_arrivals(network, type, backend, spikes);
    }
}

TEST(RandomGeometry, SpikesArriveWhereTheirSynapsesSay) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const ConnectivityExample example = random_convolution(seed);
        SCOPED_TRACE(example.label);
        Numbers numbers(seed);
        const SpikeData spikes = random_spikes(numbers, 2, example.source.size(), kSteps, 0.1, 2);
        const Network network = into_integrators(example);
        for (const MatrixType type : example.matrix_types)
            expect_arrivals(network, type, backend_case("cpu_built_in"), spikes);
    }
}

TEST_P(EveryConnectivity, MatrixTypesHaveTheSameSynapses) {
    const Network network = into_output();
    std::vector<SynapseList> lists;
    for (const MatrixType type : GetParam().matrix_types) {
        InferenceOptions options;
        options.evaluate_timesteps = kSteps;
        options.matrix_types = {type};
        lists.push_back(InferenceCompiler(options).compile(network).synapses("tested"));
    }
    for (const SynapseList& list : lists) {
        EXPECT_EQ(list.pre, lists[0].pre);
        EXPECT_EQ(list.post, lists[0].post);
        EXPECT_EQ(list.weight, lists[0].weight);
        EXPECT_EQ(list.delay, lists[0].delay);
    }
}

TEST_P(EveryConnectivity, GradientsOfWeightsAreThoseOfTheLoss) {
    const Network network = into_output();
    const SpikeData spikes = data(GetParam().target.size());
    for (const MatrixType type : GetParam().matrix_types) {
        SCOPED_TRACE(to_string(type));
        CompiledTrainingNetwork exact =
            EventPropCompiler(training(backend_case("reference64").options, type)).compile(network);
        const auto gradients = exact.gradients(spikes.inputs(), spikes.targets());
        if (!exact.plan().connections[0].trainable) {
            EXPECT_TRUE(gradients.empty());
            continue;
        }
        const Array& gradient = gradients.at("tested");
        Array weights = exact.weights("tested");
        EXPECT_EQ(gradient.shape, weights.shape);
        const double step = 1e-4;
        const std::size_t stride = std::max<std::size_t>(1, weights.size() / 12);
        for (std::size_t k = 0; k < weights.size(); k += stride) {
            const double before = weights.values[k];
            double losses[2] = {};
            for (const int side : {0, 1}) {
                weights.values[k] = before + (side == 0 ? step : -step);
                exact.set_weights("tested", weights);
                losses[side] = exact.loss(spikes.inputs(), spikes.targets());
            }
            weights.values[k] = before;
            EXPECT_NEAR(gradient.values[k], (losses[0] - losses[1]) / (2.0 * step), 1e-8) << k;
        }
    }
}

TEST_P(EveryConnectivity, CpuTrainsLikeTheReference) {
    const Network network = between_layers();
    const SpikeData spikes = data(3);
    for (const MatrixType type : GetParam().matrix_types) {
        SCOPED_TRACE(to_string(type));
        CompiledTrainingNetwork reference =
            EventPropCompiler(training(backend_case("reference").options, type)).compile(network);
        const auto expected = reference.gradients(spikes.inputs(), spikes.targets());
        const auto delays = reference.delay_gradients(spikes.inputs(), spikes.targets());
        EXPECT_GT(reference.trace(spikes.inputs(), 0).spikes.at("second").neurons.size(), 0U);
        std::map<std::string, Array> one_thread;
        for (const int threads : {1, 3}) {
            SCOPED_TRACE(threads);
            BackendOptions options = backend_case("cpu_built_in").options;
            options.threads = threads;
            CompiledTrainingNetwork cpu =
                EventPropCompiler(training(options, type)).compile(network);
            const auto found = cpu.gradients(spikes.inputs(), spikes.targets());
            ASSERT_EQ(found.size(), expected.size());
            for (const auto& [name, gradient] : expected) {
                EXPECT_LT(relative_error(found.at(name).values, gradient.values), 2e-5) << name;
                if (threads == 1) continue;
                EXPECT_EQ(found.at(name).values, one_thread.at(name).values) << name;
            }
            one_thread = found;
            const auto found_delays = cpu.delay_gradients(spikes.inputs(), spikes.targets());
            for (const auto& [name, gradient] : delays) {
                // One number may be the sum of thousands of either sign in float32.
                EXPECT_LT(relative_error(found_delays.at(name).values, gradient.values), 1e-4)
                    << name;
                EXPECT_GT(largest(gradient.values), 0.0) << name;
            }
        }
    }
}

TEST_P(EveryConnectivity, SurrogateGradientsOfCpuAreThoseOfTheReference) {
    const Network network = between_layers();
    const SpikeData spikes = data(3);
    for (const MatrixType type : GetParam().matrix_types) {
        SCOPED_TRACE(to_string(type));
        const auto gradients = [&](const BackendOptions& backend, std::size_t interval) {
            auto surrogate = training<SurrogateOptions>(backend, type);
            surrogate.checkpoint_interval = interval;
            return SurrogateCompiler(surrogate).compile(network).gradients(spikes.inputs(),
                                                                           spikes.targets());
        };
        const auto expected = gradients(backend_case("reference").options, 0);
        BackendOptions options = backend_case("cpu_built_in").options;
        for (const std::size_t interval : {0, 1, 7}) {
            SCOPED_TRACE(interval);
            options.threads = 1;
            const auto one_thread = gradients(options, interval);
            options.threads = 3;
            const auto three_threads = gradients(options, interval);
            ASSERT_EQ(one_thread.size(), expected.size());
            for (const auto& [name, gradient] : expected) {
                EXPECT_LT(relative_error(one_thread.at(name).values, gradient.values), 2e-5)
                    << name;
                EXPECT_EQ(three_threads.at(name).values, one_thread.at(name).values) << name;
            }
        }
    }
}

TEST_P(EveryConnectivity, CpuUpdatesWeightsLikeTheReference) {
    const Network network = into_output();
    const SpikeData spikes = data(GetParam().target.size());
    for (const MatrixType type : GetParam().matrix_types) {
        SCOPED_TRACE(to_string(type));
        CompiledTrainingNetwork reference =
            EventPropCompiler(training(backend_case("reference").options, type)).compile(network);
        if (!reference.plan().connections[0].trainable) continue;
        CompiledTrainingNetwork cpu =
            EventPropCompiler(training(backend_case("cpu_built_in").options, type))
                .compile(network);
        const Array before = cpu.weights("tested");
        TrainOptions options;
        options.num_epochs = 3;
        reference.train(spikes.inputs(), spikes.targets(), options);
        cpu.train(spikes.inputs(), spikes.targets(), options);
        EXPECT_LT(absolute_error(cpu.weights("tested").values, reference.weights("tested").values),
                  1e-5);
        EXPECT_GT(absolute_error(cpu.weights("tested").values, before.values), 1e-4);
    }
}

INSTANTIATE_TEST_SUITE_P(All, EveryConnectivity, testing::ValuesIn(connectivity_examples()),
                         BackendLabel());

// A delay of one step more or less moves every arrival by a small part of the time constants.
TEST(DelayGradient, IsThatOfTheLossAsStepsShrink) {
    const double dt = 0.05;
    const std::size_t steps = 400;
    Numbers numbers(7);
    const Array weights = numbers.dyadic(6, 3, 0.2, 0.4);
    const SpikeData spikes = random_spikes(numbers, 5, 6, steps, 0.01, 3, dt);
    const auto compile = [&](double delay) {
        Network network(EventPropCompiler::default_params());
        Population& input = network.population(SpikeInput(), Shape{6}, "input");
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{3}, "output");
        network.connect(input, output, Dense(weights, delay), Exponential(5.0), "wires");
        EventPropOptions options;
        options.example_timesteps = steps;
        options.dt = dt;
        options.backend = backend_case("reference64").options;
        return EventPropCompiler(options).compile(network);
    };
    CompiledTrainingNetwork network = compile(20.0);
    const double gradient =
        network.delay_gradients(spikes.inputs(), spikes.targets()).at("wires").values[0];
    const double slope = (compile(21.0).loss(spikes.inputs(), spikes.targets()) -
                          compile(19.0).loss(spikes.inputs(), spikes.targets())) /
                         2.0;
    EXPECT_NEAR(gradient / slope, 1.0, 0.02);
}

}  // namespace
}  // namespace saltus::test
