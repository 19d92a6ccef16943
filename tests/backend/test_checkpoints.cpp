// Surrogate gradients from states that are kept at checkpoints alone, against those from all
// states.
#include <gtest/gtest.h>
#include <saltus/compilers/surrogate_compiler.hpp>

#include "backend/random_network.hpp"

namespace saltus::test {
namespace {

SurrogateOptions options_for(const RandomNetwork& d, std::size_t interval) {
    SurrogateOptions options;
    options.example_timesteps = d.steps;
    options.dt = d.dt;
    options.batch_size = d.batch_size;
    options.fold_readouts = d.fold;
    options.checkpoint_interval = interval;
    options.backend = backend_case("cpu_interpreted").options;
    options.backend.threads = 2;
    return options;
}

class Checkpoints : public testing::TestWithParam<RandomNetwork> {};

TEST_P(Checkpoints, GiveTheGradientsOfAllStates) {
    const RandomNetwork& d = GetParam();
    const Network network = build(d);
    const SpikeData data = data_for(d);
    const auto compile = [&](std::size_t interval) {
        return SurrogateCompiler(options_for(d, interval)).compile(network);
    };
    CompiledTrainingNetwork whole = compile(0);
    const auto expected = whole.gradients(data.inputs(), data.targets());
    for (const std::size_t interval : {std::size_t{1}, std::size_t{4}, d.steps - 1, d.steps}) {
        SCOPED_TRACE(interval);
        CompiledTrainingNetwork cut = compile(interval);
        const auto found = cut.gradients(data.inputs(), data.targets());
        ASSERT_EQ(found.size(), expected.size());
        bool is_zero = true;
        for (const auto& [name, gradient] : expected) {
            EXPECT_LT(relative_error(found.at(name).values, gradient.values), 2e-6) << name;
            is_zero = is_zero && largest(gradient.values) == 0.0;
        }
        EXPECT_FALSE(is_zero);
        EXPECT_EQ(cut.loss(data.inputs(), data.targets()),
                  whole.loss(data.inputs(), data.targets()));
    }
}

TEST_P(Checkpoints, TrainTheSameWeights) {
    const RandomNetwork& d = GetParam();
    const Network network = build(d);
    const SpikeData data = data_for(d);
    const auto train = [&](std::size_t interval, std::optional<double> clip_norm) {
        SurrogateOptions options = options_for(d, interval);
        options.optimiser = Sgd{.alpha = 0.1};
        options.clip_norm = clip_norm;
        CompiledTrainingNetwork compiled = SurrogateCompiler(options).compile(network);
        compiled.train(data.inputs(), data.targets(), {.num_epochs = 2, .metrics = {}});
        std::map<std::string, Array> weights;
        for (const ConnectionPlan& connection : compiled.plan().connections)
            weights[connection.name] = compiled.weights(connection.name);
        return weights;
    };
    for (const std::optional<double> clip_norm : {std::optional<double>{}, {0.1}}) {
        const auto expected = train(0, clip_norm);
        for (const auto& [name, weights] : train(7, clip_norm))
            EXPECT_LT(relative_error(weights.values, expected.at(name).values), 1e-5) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Networks, Checkpoints,
    testing::Values(
        RandomNetwork{.label = "plain", .density = 0.2},
        RandomNetwork{.label = "unfolded", .density = 0.2, .fold = false},
        RandomNetwork{.label = "two_layers", .hidden = {17, 33}, .steps = 25, .density = 0.2},
        RandomNetwork{.label = "wide", .hidden = {130, 70}, .density = 0.2, .arrays = true},
        RandomNetwork{.label = "recurrent",
                      .hidden = {17},
                      .examples = 7,
                      .steps = 30,
                      .density = 0.2,
                      .recurrent = true},
        RandomNetwork{.label = "loop",
                      .hidden = {15, 17},
                      .steps = 30,
                      .density = 0.7,
                      .recurrent = true,
                      .delay = 2},
        RandomNetwork{.label = "delays_longer_than_segments",
                      .hidden = {16, 16},
                      .steps = 40,
                      .density = 0.7,
                      .delay = 9},
        RandomNetwork{.label = "relative_reset_and_adaptation",
                      .density = 0.2,
                      .relative_reset = true,
                      .adaptive = true,
                      .bias = 0.125},
        RandomNetwork{.label = "refractory", .density = 0.3, .refractory = "hold"},
        RandomNetwork{.label = "delta", .density = 0.2, .delta = true},
        RandomNetwork{.label = "two_time_constants", .density = 0.2, .two_time_constants = true},
        RandomNetwork{.label = "greatest_voltage", .density = 0.2, .readout = "max_var"}),
    BackendLabel());

}  // namespace
}  // namespace saltus::test
