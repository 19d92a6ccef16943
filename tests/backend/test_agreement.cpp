// The cpu backend against the reference, on random networks.
#include <gtest/gtest.h>

#include "backend/random_network.hpp"

namespace saltus::test {
namespace {

class Agreement : public testing::TestWithParam<RandomNetwork> {
  protected:
    /// All that one backend computes for the case.
    struct Results {
        std::map<std::string, Array> readouts;
        std::vector<Trace> traces;
        std::map<std::string, Array> gradients;
        double loss = 0.0;
        std::string explanation;
    };

    static Results run(const BackendOptions& backend) {
        const RandomNetwork& d = GetParam();
        const Network network = build(d);
        const SpikeData data = data_for(d);
        Results results;
        const auto observe = [&](CompiledNetwork& compiled) {
            results.readouts = compiled.predict(data.inputs());
            for (const std::size_t example : {std::size_t{0}, d.examples - 1}) {
                results.traces.push_back(compiled.trace(data.inputs(), example));
            }
            results.explanation = compiled.explain();
        };
        if (!d.training) {
            InferenceOptions options;
            options.evaluate_timesteps = d.steps;
            options.dt = d.dt;
            options.batch_size = d.batch_size;
            options.fold_readouts = d.fold;
            options.backend = backend;
            CompiledNetwork compiled = InferenceCompiler(options).compile(network);
            observe(compiled);
            return results;
        }
        EventPropOptions options;
        options.example_timesteps = d.steps;
        options.dt = d.dt;
        options.batch_size = d.batch_size;
        options.fold_readouts = d.fold;
        options.regularisation = d.regularisation;
        options.backend = backend;
        CompiledTrainingNetwork compiled = EventPropCompiler(options).compile(network);
        observe(compiled);
        Labels labels = data.targets();
        for (std::size_t layer = 0; d.reads_hidden && layer < d.hidden.size(); ++layer) {
            labels["hidden" + std::to_string(layer)] = data.labels;
        }
        results.gradients = compiled.gradients(data.inputs(), labels);
        results.loss = compiled.loss(data.inputs(), labels);
        return results;
    }

    static std::size_t count_spikes(const Trace& trace) {
        std::size_t count = 0;
        for (const auto& [name, spikes] : trace.spikes) {
            if (name != "input") count += spikes.neurons.size();
        }
        return count;
    }

    static void expect_same_bits(const Results& a, const Results& b) {
        for (const auto& [name, readout] : b.readouts) {
            EXPECT_EQ(a.readouts.at(name).values, readout.values) << name;
        }
        for (const auto& [name, gradient] : b.gradients) {
            EXPECT_EQ(a.gradients.at(name).values, gradient.values) << name;
        }
        for (std::size_t k = 0; k < a.traces.size(); ++k) {
            for (const auto& [name, states] : b.traces[k].states) {
                EXPECT_EQ(a.traces[k].states.at(name).values, states.values) << name;
            }
            for (const auto& [name, spikes] : b.traces[k].spikes) {
                EXPECT_EQ(spike_pairs(a.traces[k].spikes.at(name)), spike_pairs(spikes)) << name;
            }
        }
        EXPECT_EQ(a.loss, b.loss);
    }
};

TEST_P(Agreement, CpuEqualsReference) {
    const Results cpu = run(backend_case("cpu_built_in").options);
    const Results reference = run(backend_case("reference").options);
    for (std::size_t k = 0; k < cpu.traces.size(); ++k) {
        for (const auto& [name, spikes] : reference.traces[k].spikes) {
            EXPECT_EQ(spike_pairs(cpu.traces[k].spikes.at(name)), spike_pairs(spikes)) << name;
            EXPECT_EQ(cpu.traces[k].spikes.at(name).step_begin.size(), GetParam().steps + 1)
                << name;
        }
        for (const auto& [name, states] : reference.traces[k].states) {
            EXPECT_LT(relative_error(cpu.traces[k].states.at(name).values, states.values), 1e-6)
                << name;
        }
        for (const auto& [name, readout] : reference.traces[k].readouts) {
            EXPECT_LT(relative_error(cpu.traces[k].readouts.at(name).values, readout.values), 1e-5)
                << name;
        }
    }
    EXPECT_EQ(count_spikes(reference.traces[0]) == 0, GetParam().quiet);
    for (const auto& [name, readout] : reference.readouts) {
        const double error = relative_error(cpu.readouts.at(name).values, readout.values);
        EXPECT_LT(error, 1e-5) << name;
        RecordProperty("readout_" + name, testing::PrintToString(error));
    }
    for (const auto& [name, gradient] : reference.gradients) {
        const double error = relative_error(cpu.gradients.at(name).values, gradient.values);
        EXPECT_LT(error, 2e-5) << name;
        RecordProperty("gradient_" + name, testing::PrintToString(error));
    }
    EXPECT_NEAR(cpu.loss, reference.loss, 1e-5 * std::max(1.0, reference.loss));
}

TEST_P(Agreement, AnyNumberOfThreadsGivesTheSameBits) {
    BackendOptions options = backend_case("cpu_built_in").options;
    const Results one = run(options);
    for (const int threads : {2, 3, 8}) {
        options.threads = threads;
        SCOPED_TRACE(threads);
        expect_same_bits(run(options), one);
    }
}

TEST_P(Agreement, KernelsFromEverySourceGiveTheSameBits) {
    if (GetParam().hidden[0] > 100) GTEST_SKIP() << "the size does not matter to neuron kernels";
    const Results built_in = run(backend_case("cpu_built_in").options);
    const Results interpreted = run(backend_case("cpu_interpreted").options);
    expect_same_bits(interpreted, built_in);
    EXPECT_EQ(interpreted.explanation.find("built in"), std::string::npos);
    const BackendCase compiler = backend_case("cpu_compiled");
    if (!can_run(compiler)) return;
    const Results compiled = run(compiler.options);
    expect_same_bits(compiled, built_in);
    EXPECT_EQ(compiled.explanation.find("interpreted"), std::string::npos) << compiled.explanation;
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, Agreement,
    testing::Values(
        RandomNetwork{.label = "one_neuron",
                      .hidden = {1},
                      .inputs = 17,
                      .outputs = 1,
                      .batch_size = 1,
                      .steps = 80,
                      .density = 1.0},
        RandomNetwork{
            .label = "fifteen", .hidden = {15}, .inputs = 15, .outputs = 15, .examples = 7},
        RandomNetwork{
            .label = "sixteen", .hidden = {16}, .inputs = 16, .outputs = 16, .batch_size = 32},
        RandomNetwork{.label = "seventeen",
                      .hidden = {17},
                      .inputs = 17,
                      .outputs = 17,
                      .examples = 33,
                      .batch_size = 32},
        RandomNetwork{
            .label = "sixty_four", .hidden = {64}, .inputs = 64, .outputs = 10, .density = 1.0},
        RandomNetwork{.label = "silent", .hidden = {17}, .density = 0.0, .quiet = true},
        RandomNetwork{.label = "silent_with_bias",
                      .hidden = {17},
                      .density = 0.0,
                      .arrays = true,
                      .bias = 0.25},
        RandomNetwork{
            .label = "thousand", .hidden = {1000}, .inputs = 1000, .outputs = 10, .examples = 2},
        RandomNetwork{.label = "thousand_dense",
                      .hidden = {1000},
                      .inputs = 64,
                      .examples = 1,
                      .steps = 10,
                      .density = 1.0},
        RandomNetwork{.label = "thousand_recurrent",
                      .hidden = {1000},
                      .inputs = 64,
                      .examples = 1,
                      .steps = 20,
                      .density = 0.2,
                      .recurrent = true}),
    BackendLabel());

INSTANTIATE_TEST_SUITE_P(
    Training, Agreement,
    testing::Values(
        RandomNetwork{
            .label = "recurrent", .hidden = {17}, .examples = 7, .steps = 30, .recurrent = true},
        RandomNetwork{.label = "recurrent_dense",
                      .hidden = {64},
                      .batch_size = 1,
                      .density = 1.0,
                      .recurrent = true},
        RandomNetwork{.label = "recurrent_delayed",
                      .hidden = {15},
                      .density = 0.2,
                      .recurrent = true,
                      .delay = 3},
        RandomNetwork{.label = "delayed_past_the_end",
                      .steps = 8,
                      .density = 0.5,
                      .delay = 8,
                      .fold = false,
                      .quiet = true},
        RandomNetwork{.label = "two_layers",
                      .hidden = {17, 33},
                      .steps = 40,
                      .density = 0.2,
                      .relative_reset = true},
        RandomNetwork{.label = "two_wide_layers",
                      .hidden = {130, 200},
                      .steps = 30,
                      .density = 0.2,
                      .arrays = true,
                      .two_time_constants = true,
                      .delay = 1},
        RandomNetwork{.label = "two_wide_layers_unfolded",
                      .hidden = {200, 65},
                      .outputs = 130,
                      .steps = 30,
                      .density = 0.2,
                      .relative_reset = true,
                      .fold = false},
        RandomNetwork{.label = "wide_hidden_outputs",
                      .hidden = {130, 70},
                      .density = 0.2,
                      .reads_hidden = true},
        RandomNetwork{.label = "two_layers_loop",
                      .hidden = {15, 17},
                      .steps = 40,
                      .density = 0.2,
                      .recurrent = true,
                      .delay = 1},
        RandomNetwork{.label = "unfolded", .hidden = {33}, .density = 0.2, .fold = false},
        RandomNetwork{.label = "unfolded_recurrent",
                      .hidden = {33},
                      .density = 0.2,
                      .recurrent = true,
                      .relative_reset = true,
                      .fold = false},
        RandomNetwork{.label = "arrays",
                      .hidden = {17},
                      .steps = 30,
                      .density = 0.2,
                      .arrays = true,
                      .bias = 0.125},
        RandomNetwork{.label = "arrays_recurrent",
                      .hidden = {17},
                      .steps = 30,
                      .density = 0.2,
                      .recurrent = true,
                      .relative_reset = true,
                      .arrays = true},
        RandomNetwork{.label = "two_time_constants",
                      .hidden = {17},
                      .density = 0.2,
                      .two_time_constants = true},
        RandomNetwork{.label = "two_time_constants_unfolded",
                      .hidden = {17},
                      .density = 0.2,
                      .recurrent = true,
                      .two_time_constants = true,
                      .fold = false},
        RandomNetwork{.label = "sum", .density = 0.2, .readout = "sum_var"},
        RandomNetwork{.label = "sum_unfolded",
                      .density = 0.2,
                      .bias = 0.125,
                      .readout = "sum_var",
                      .fold = false},
        RandomNetwork{.label = "final", .density = 0.2, .readout = "var"},
        RandomNetwork{.label = "final_unfolded", .density = 0.2, .readout = "var", .fold = false},
        RandomNetwork{
            .label = "half_step", .steps = 40, .density = 0.1, .dt = 0.5, .recurrent = true},
        RandomNetwork{.label = "long",
                      .hidden = {33},
                      .examples = 2,
                      .steps = 700,
                      .density = 0.05,
                      .recurrent = true},
        RandomNetwork{.label = "chunks",
                      .hidden = {33},
                      .examples = 20,
                      .batch_size = 20,
                      .steps = 600,
                      .recurrent = true},
        RandomNetwork{.label = "hidden_outputs",
                      .hidden = {17, 16},
                      .density = 0.2,
                      .recurrent = true,
                      .reads_hidden = true},
        RandomNetwork{.label = "adaptive", .hidden = {17}, .adaptive = true},
        RandomNetwork{.label = "adaptive_arrays",
                      .hidden = {17, 16},
                      .recurrent = true,
                      .relative_reset = true,
                      .adaptive = true,
                      .arrays = true,
                      .delay = 1,
                      .fold = false},
        RandomNetwork{.label = "counts",
                      .hidden = {33},
                      .examples = 9,
                      .batch_size = 5,
                      .steps = 50,
                      .delay = 1,
                      .regularisation = {.upper = 0.1, .lower = 0.1, .most = 2.0, .least = 2.0}},
        // Too many to be kept until all have been run forward.
        RandomNetwork{.label = "counts_of_many",
                      .hidden = {17},
                      .examples = 60,
                      .batch_size = 60,
                      .steps = 600,
                      .regularisation = {.upper = 0.01, .lower = 0.01, .most = 9.0, .least = 8.0}},
        RandomNetwork{.label = "silent_neurons",
                      .hidden = {130, 70},
                      .examples = 7,
                      .density = 0.02,
                      .arrays = true,
                      .regularisation = {.lower = 0.1, .least = 3.0, .silent = 2.0, .active = 1.0}},
        RandomNetwork{.label = "silent_neurons_recurrent",
                      .hidden = {17},
                      .examples = 7,
                      .density = 0.02,
                      .recurrent = true,
                      .adaptive = true,
                      .regularisation = {.upper = 0.1, .most = 1.0, .silent = 2.0, .active = 1.0}},
        RandomNetwork{.label = "refractory",
                      .hidden = {17, 16},
                      .steps = 30,
                      .density = 0.2,
                      .refractory = "integrate"},
        RandomNetwork{.label = "refractory_recurrent",
                      .hidden = {33},
                      .steps = 700,
                      .density = 0.2,
                      .recurrent = true,
                      .relative_reset = true,
                      .refractory = "hold",
                      .delay = 1},
        RandomNetwork{.label = "refractory_long",
                      .hidden = {130},
                      .steps = 400,
                      .density = 0.3,
                      .relative_reset = true,
                      .refractory = "integrate",
                      .regularisation = {.upper = 0.01, .most = 1.0}},
        RandomNetwork{.label = "refractory_arrays",
                      .hidden = {130, 17},
                      .steps = 40,
                      .density = 0.3,
                      .adaptive = true,
                      .refractory = "hold",
                      .arrays = true,
                      .fold = false},
        RandomNetwork{.label = "greatest",
                      .hidden = {17, 16},
                      .steps = 60,
                      .density = 0.2,
                      .recurrent = true,
                      .readout = "max_var"},
        RandomNetwork{.label = "first_spikes",
                      .hidden = {17},
                      .outputs = 18,
                      .examples = 9,
                      .steps = 60,
                      .density = 0.2,
                      .readout = "first_spike_time"},
        RandomNetwork{.label = "first_spikes_recurrent",
                      .hidden = {130, 17},
                      .steps = 300,
                      .density = 0.2,
                      .recurrent = true,
                      .refractory = "hold",
                      .readout = "first_spike_time"},
        RandomNetwork{.label = "one_step", .steps = 1, .density = 0.0, .quiet = true},
        RandomNetwork{.label = "integrate_and_fire",
                      .density = 0.3,
                      .integrate_and_fire = true,
                      .bias = 0.125}),
    BackendLabel());

INSTANTIATE_TEST_SUITE_P(Inference, Agreement,
                         testing::Values(RandomNetwork{.label = "delta",
                                                       .training = false,
                                                       .density = 0.2,
                                                       .delta = true,
                                                       .reads_hidden = true},
                                         RandomNetwork{.label = "delta_recurrent",
                                                       .training = false,
                                                       .hidden = {33},
                                                       .density = 0.2,
                                                       .recurrent = true,
                                                       .relative_reset = true,
                                                       .delta = true,
                                                       .reads_hidden = true},
                                         RandomNetwork{.label = "delta_integrate_and_fire",
                                                       .training = false,
                                                       .hidden = {15},
                                                       .density = 1.0,
                                                       .integrate_and_fire = true,
                                                       .delta = true,
                                                       .delay = 2,
                                                       .readout = "var"},
                                         RandomNetwork{.label = "exponential",
                                                       .training = false,
                                                       .hidden = {64},
                                                       .density = 0.2,
                                                       .relative_reset = true,
                                                       .bias = 0.125},
                                         RandomNetwork{.label = "refractory_integrate",
                                                       .training = false,
                                                       .hidden = {17},
                                                       .steps = 40,
                                                       .density = 0.3,
                                                       .relative_reset = true,
                                                       .refractory = "integrate",
                                                       .reads_hidden = true},
                                         RandomNetwork{.label = "refractory_hold",
                                                       .training = false,
                                                       .hidden = {17},
                                                       .steps = 40,
                                                       .density = 0.3,
                                                       .refractory = "hold"},
                                         RandomNetwork{.label = "refractory_arrays",
                                                       .training = false,
                                                       .hidden = {17},
                                                       .steps = 40,
                                                       .density = 0.3,
                                                       .recurrent = true,
                                                       .refractory = "hold",
                                                       .arrays = true,
                                                       .fold = false},
                                         RandomNetwork{.label = "adaptive_refractory_hold",
                                                       .training = false,
                                                       .hidden = {17},
                                                       .steps = 40,
                                                       .density = 0.3,
                                                       .adaptive = true,
                                                       .refractory = "hold",
                                                       .reads_hidden = true},
                                         RandomNetwork{.label = "refractory_half_step",
                                                       .training = false,
                                                       .hidden = {17},
                                                       .steps = 80,
                                                       .density = 0.2,
                                                       .dt = 0.5,
                                                       .refractory = "integrate",
                                                       .arrays = true},
                                         RandomNetwork{.label = "two_synapses",
                                                       .training = false,
                                                       .hidden = {17, 16},
                                                       .steps = 40,
                                                       .density = 0.2,
                                                       .two_time_constants = true,
                                                       .readout = "sum_var"}),
                         BackendLabel());

}  // namespace
}  // namespace saltus::test
