// Examples that go on where others ended: streams, and batches that are not reset.
#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/runtime/recorders.hpp>
#include <saltus/runtime/stream.hpp>

#include "backend/connectivity_examples.hpp"
#include "backend/random_network.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kSteps = 24;

InferenceOptions options_of(const BackendCase& backend, std::size_t steps, double dt = 1.0) {
    InferenceOptions options;
    options.evaluate_timesteps = steps;
    options.dt = dt;
    options.batch_size = 2;
    options.backend = backend.options;
    return options;
}

/// Steps [first, first + count) of all examples.
SpikeData steps_of(const SpikeData& data, std::size_t first, std::size_t count) {
    SpikeData part{
        std::make_shared<GridSpikes>(data.spikes->num_neurons(), count, data.spikes->dt()),
        data.labels};
    for (std::size_t example = 0; example < data.spikes->num_examples(); ++example) {
        SpikeList list;
        data.spikes->unpack(example, list);
        SpikeList some;
        some.step_begin.push_back(0);
        for (std::size_t step = first; step < first + count; ++step) {
            some.neurons.insert(some.neurons.end(), list.neurons.begin() + list.step_begin[step],
                                list.neurons.begin() + list.step_begin[step + 1]);
            some.step_begin.push_back(static_cast<std::uint32_t>(some.neurons.size()));
        }
        part.spikes->append(some);
    }
    return part;
}

std::vector<std::uint32_t> neurons_in(const SpikeList& list, std::size_t step) {
    return {list.neurons.begin() + list.step_begin[step],
            list.neurons.begin() + list.step_begin[step + 1]};
}

using Neurons = std::vector<std::vector<std::uint32_t>>;

/// Runs all examples side by side, one step at a time, and compares every step with the traces.
void expect_stream_is_trace(CompiledNetwork& compiled, const SpikeData& data) {
    const std::size_t examples = data.spikes->num_examples();
    std::vector<Trace> traces;
    for (std::size_t example = 0; example < examples; ++example)
        traces.push_back(compiled.trace(data.inputs(), example));
    Stream stream = compiled.stream(examples);
    for (const bool again : {false, true}) {
        SCOPED_TRACE(again);
        for (std::size_t step = 0; step < compiled.plan().num_steps; ++step) {
            Neurons arriving;
            for (const Trace& trace : traces)
                arriving.push_back(neurons_in(trace.spikes.at("input"), step));
            stream.step({{"input", arriving}});
            for (const PopulationPlan& population : compiled.plan().populations) {
                for (std::size_t example = 0; example < examples; ++example) {
                    EXPECT_EQ(stream.spikes(population.name, example),
                              neurons_in(traces[example].spikes.at(population.name), step));
                }
                for (const std::string& name : population.kernel.states) {
                    const Array now = stream.state(population.name, name);
                    for (std::size_t k = 0; k < now.size(); ++k) {
                        const Array& states =
                            traces[k / population.size].states.at(population.name + "." + name);
                        EXPECT_EQ(now.values[k],
                                  states.values[step * population.size + k % population.size]);
                    }
                }
            }
        }
        for (const std::size_t output : compiled.plan().outputs()) {
            const PopulationPlan& population = compiled.plan().populations[output];
            const Array readout = stream.readout(population.name);
            for (std::size_t k = 0; k < readout.size(); ++k) {
                EXPECT_NEAR(readout.values[k],
                            traces[k / population.size]
                                .readouts.at(population.name)
                                .values[k % population.size],
                            1e-6);
            }
        }
        stream.reset();
    }
}

/// The spikes of a population in all examples, step by step, over several runs.
struct Recorded {
    std::vector<std::vector<std::pair<double, std::uint32_t>>> spikes;

    void add(CompiledNetwork& compiled, const SpikeData& data, double offset) {
        const auto recorder = std::make_shared<SpikeRecorder>("hidden0");
        compiled.predict(data.inputs(), {recorder});
        spikes.resize(data.spikes->num_examples());
        for (const SpikeRecorder::Record& record : recorder->data()) {
            const std::vector<double> times = record.times();
            const std::vector<std::uint32_t> neurons = record.spikes().neurons;
            for (std::size_t k = 0; k < times.size(); ++k)
                spikes[record.example].emplace_back(offset + times[k], neurons[k]);
        }
    }
};

class Carry : public testing::TestWithParam<RandomNetwork> {};

TEST_P(Carry, AStreamDoesWhatATraceDoes) {
    const RandomNetwork& d = GetParam();
    const Network network = build(d);
    for (const BackendCase& backend : all_backends()) {
        if (!can_run(backend)) continue;
        SCOPED_TRACE(backend.label);
        CompiledNetwork compiled =
            InferenceCompiler(options_of(backend, d.steps, d.dt)).compile(network);
        expect_stream_is_trace(compiled, data_for(d));
    }
}

TEST_P(Carry, TwoHalvesThatAreNotResetAreTheWhole) {
    const RandomNetwork& d = GetParam();
    const Network network = build(d);
    const SpikeData data = data_for(d).select({0, 1});
    for (const BackendCase& backend : all_backends()) {
        if (!can_run(backend)) continue;
        SCOPED_TRACE(backend.label);
        Recorded whole;
        CompiledNetwork once =
            InferenceCompiler(options_of(backend, d.steps, d.dt)).compile(network);
        whole.add(once, data, 0.0);
        InferenceOptions options = options_of(backend, d.steps / 2, d.dt);
        options.reset_vars_between_batches = false;
        options.reset_in_syn_between_batches = false;
        CompiledNetwork twice = InferenceCompiler(options).compile(network);
        Recorded halves;
        const double half = static_cast<double>(d.steps / 2) * d.dt;
        halves.add(twice, steps_of(data, 0, d.steps / 2), 0.0);
        halves.add(twice, steps_of(data, d.steps / 2, d.steps / 2), half);
        EXPECT_EQ(halves.spikes, whole.spikes);
        // Once it is reset, it does the same again.
        twice.reset();
        Recorded again;
        again.add(twice, steps_of(data, 0, d.steps / 2), 0.0);
        again.add(twice, steps_of(data, d.steps / 2, d.steps / 2), half);
        EXPECT_EQ(again.spikes, whole.spikes);
    }
}

INSTANTIATE_TEST_SUITE_P(Networks, Carry,
                         testing::Values(RandomNetwork{.label = "feed_forward",
                                                       .hidden = {16, 21},
                                                       .steps = 40,
                                                       .density = 0.2},
                                         RandomNetwork{.label = "recurrent_delays",
                                                       .hidden = {20},
                                                       .steps = 40,
                                                       .density = 0.2,
                                                       .recurrent = true,
                                                       .delay = 3,
                                                       .readout = "sum_var"},
                                         RandomNetwork{.label = "refractory",
                                                       .training = false,
                                                       .hidden = {17},
                                                       .steps = 40,
                                                       .density = 0.3,
                                                       .refractory = "hold",
                                                       .arrays = true,
                                                       .readout = "max_var"},
                                         RandomNetwork{.label = "refractory_integrate",
                                                       .training = false,
                                                       .hidden = {17},
                                                       .steps = 40,
                                                       .density = 0.3,
                                                       .relative_reset = true,
                                                       .refractory = "integrate",
                                                       .readout = "avg_var_exp_weight"},
                                         RandomNetwork{.label = "delta",
                                                       .training = false,
                                                       .hidden = {15},
                                                       .steps = 30,
                                                       .density = 0.5,
                                                       .integrate_and_fire = true,
                                                       .delta = true,
                                                       .delay = 2,
                                                       .readout = "var"},
                                         RandomNetwork{.label = "two_synapses",
                                                       .training = false,
                                                       .hidden = {17, 16},
                                                       .steps = 40,
                                                       .density = 0.2,
                                                       .two_time_constants = true}),
                         BackendLabel());

class StreamedConnectivity : public testing::TestWithParam<ConnectivityExample> {};

TEST_P(StreamedConnectivity, SpikesArriveAsInATrace) {
    const ConnectivityExample& example = GetParam();
    Numbers numbers(3);
    const SpikeData data = random_spikes(numbers, 2, example.source.size(), kSteps, 0.15, 2);
    Network network;
    Population& input = network.population(SpikeInput(), example.source, "input");
    Population& target = network.population(
        IntegrateFire(IntegrateFireOptions{.readout = std::make_shared<SpikeCount>()}),
        example.target, "target");
    const std::optional<std::size_t> max_delay =
        example.max_delay_steps > 0 ? std::optional(example.max_delay_steps) : std::nullopt;
    network.connect(input, target, *example.make(numbers), Exponential(5.0), "input->target",
                    max_delay);
    for (const BackendCase& backend : all_backends()) {
        if (!can_run(backend)) continue;
        for (const MatrixType type : example.matrix_types) {
            SCOPED_TRACE(backend.label + " " + to_string(type));
            InferenceOptions options = options_of(backend, kSteps);
            options.matrix_types = {type};
            CompiledNetwork compiled = InferenceCompiler(options).compile(network);
            expect_stream_is_trace(compiled, data);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, StreamedConnectivity, testing::ValuesIn(connectivity_examples()),
                         BackendLabel());

/// One neuron that a spike in the last step of the first of two batches brings close to its
/// threshold: what crosses it in the second depends on what is reset.
class ResetFlags : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP();
    }

    /// States of the neuron at the end of the first step of the second batch.
    static std::pair<double, std::size_t> second_batch(
        bool reset_vars, bool reset_in_syn, std::vector<std::vector<std::size_t>> spikes) {
        Network network;
        Population& input = network.population(SpikeInput(), Shape{1}, "input");
        Population& target = network.population(
            LeakyIntegrateFire(LeakyIntegrateFireOptions{
                .v_thresh = 100.0, .tau_mem = 20.0, .readout = std::make_shared<SpikeCount>()}),
            Shape{1}, "target");
        network.connect(input, target, Dense(0.5), Exponential(5.0), "c");
        InferenceOptions options = options_of(GetParam(), 4);
        options.batch_size = 1;
        options.reset_vars_between_batches = reset_vars;
        options.reset_in_syn_between_batches = reset_in_syn;
        CompiledNetwork compiled = InferenceCompiler(options).compile(network);
        compiled.predict({{"input", std::shared_ptr<const GridSpikes>(spikes_at(spikes, 4, 1.0))}});
        const auto recorder = std::make_shared<VarRecorder>("target", "v");
        compiled.predict({{"input", std::shared_ptr<const GridSpikes>(spikes_at({{}}, 4, 1.0))}},
                         {recorder});
        return {recorder->data().at(0).values.values.at(0), 0};
    }
};

TEST_P(ResetFlags, SayWhatTheNextBatchBeginsWith) {
    const auto v = [](bool vars, bool in_syn, std::vector<std::vector<std::size_t>> spikes) {
        return second_batch(vars, in_syn, std::move(spikes)).first;
    };
    // A spike in step 0 has arrived and left a voltage and a current.
    EXPECT_EQ(v(true, true, {{0}}), 0.0);
    const double of_state = v(false, true, {{0}});
    const double of_current = v(true, false, {{0}});
    EXPECT_GT(of_state, 0.0);
    EXPECT_GT(of_current, 0.0);
    EXPECT_NEAR(v(false, false, {{0}}), of_state + of_current, 1e-6);
    // One in the last step is still on its way.
    EXPECT_EQ(v(false, true, {{3}}), 0.0);
    EXPECT_GT(v(true, false, {{3}}), 0.0);
}

TEST_P(ResetFlags, TheClockTellsHowStepsAreWeighed) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{1}, "input");
    Population& output =
        network.population(LeakyIntegrate(LeakyIntegrateOptions{
                               .bias = 1.0, .readout = std::make_shared<AvgVarExpWeight>()}),
                           Shape{1}, "output");
    network.connect(input, output, Dense(0.5), Exponential(5.0), "c");
    const Inputs silent = {{"input", std::shared_ptr<const GridSpikes>(spikes_at({{}}, 4, 1.0))}};
    for (const bool reset_time : {true, false}) {
        InferenceOptions options = options_of(GetParam(), 4);
        options.reset_time_between_batches = reset_time;
        CompiledNetwork compiled = InferenceCompiler(options).compile(network);
        const double first = compiled.predict(silent).at("output").values[0];
        const double second = compiled.predict(silent).at("output").values[0];
        EXPECT_GT(first, 0.0);
        EXPECT_NEAR(second, reset_time ? first : 0.0, 1e-6);
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, ResetFlags, testing::ValuesIn(all_backends()), BackendLabel());

TEST(StreamErrors, SayWhatIsWanted) {
    RandomNetwork d;
    CompiledNetwork compiled =
        InferenceCompiler(options_of(backend_case("cpu_built_in"), 20)).compile(build(d));
    Stream stream = compiled.stream();
    const auto problem = [](const auto& work) {
        try {
            work();
        } catch (const ModelError& error) {
            return std::string(error.what());
        }
        return std::string("nothing");
    };
    EXPECT_EQ(problem([&] {
                  stream.step({{"input", Neurons{{1000}}}});
              }),
              "[Input input] there is no neuron 1000, it has 17; give numbers below 17");
    EXPECT_EQ(problem([&] {
                  stream.step({{"input", Neurons{{1}, {2}}}});
              }),
              "[Input input] spikes of 2 examples were given, the stream has 1; give a list of "
              "neurons for each example");
    EXPECT_EQ(problem([&] {
                  stream.step({{"hidden0", Neurons{{1}}}});
              }),
              "[Input hidden0] it is no input; give data for input populations");
    EXPECT_EQ(
        problem([&] {
            stream.step({{"input", Array(Shape{1, 17})}});
        }),
        "[Input input] it is a spike_input and was given values; give the neurons that spike");
    EXPECT_EQ(problem([&] { compiled.stream(0); }),
              "[Stream] num_examples is 0; give how many shall run side by side");
    EXPECT_NE(problem([&] { stream.spikes("input", 1); }), "nothing");
    EXPECT_NE(problem([&] { stream.state("hidden0", "w"); }), "nothing");
    EXPECT_NE(problem([&] { stream.readout("hidden0"); }), "nothing");
    CompiledNetwork other = InferenceCompiler(options_of(backend_case("cpu_built_in"), 20))
                                .compile(build({.label = "other", .hidden = {5}}));
    EXPECT_EQ(
        problem([&] { stream.take_weights(other); }),
        "[Stream] the network has other connections; give the network whose stream() made it");
    // Nothing has happened.
    EXPECT_EQ(stream.num_steps(), 0U);
    stream.step({{"input", Neurons{{3, 1}}}});
    EXPECT_EQ(stream.spikes("input"), (std::vector<std::uint32_t>{1, 3}));
    EXPECT_EQ(stream.time(), 1.0);
    stream.reset_time();
    EXPECT_EQ(stream.num_steps(), 0U);
    EXPECT_EQ(stream.spikes("input"), (std::vector<std::uint32_t>{1, 3}));
}

}  // namespace
}  // namespace saltus::test
