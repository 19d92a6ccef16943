// Every optimiser and bound of gradients, on every backend.
#include <gtest/gtest.h>

#include <cmath>

#include <saltus/common/errors.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

using Weights = std::map<std::string, std::vector<double>>;

Weights weights_of(const CompiledNetwork& network) {
    Weights weights;
    for (const std::string& name : network.connections())
        weights[name] = network.weights(name).values;
    return weights;
}

/// An update of one weight, written as in the optimisers' headers.
struct PlainWeight {
    double m = 0.0;
    double v = 0.0;

    double update(const Adam& adam, double weight, double g, int n) {
        m = adam.beta1 * m + (1.0 - adam.beta1) * g;
        v = adam.beta2 * v + (1.0 - adam.beta2) * g * g;
        return weight - adam.alpha * m / (1.0 - std::pow(adam.beta1, n)) /
                            (std::sqrt(v / (1.0 - std::pow(adam.beta2, n))) + adam.epsilon);
    }
    double update(const AdamW& w, double weight, double g, int n) {
        const Adam adam{w.alpha, w.beta1, w.beta2, w.epsilon};
        return update(adam, weight, g, n) - w.alpha * w.weight_decay * weight;
    }
    double update(const Sgd& sgd, double weight, double g, int /*n*/) {
        const double d = g + sgd.weight_decay * weight;
        m = sgd.momentum * m + d;
        return weight - sgd.alpha * (sgd.nesterov ? d + sgd.momentum * m : m);
    }
};

struct Case {
    const char* name;
    Optimiser optimiser;
    std::optional<double> clip_norm = {};
    std::optional<double> clip_value = {};
};

const Case kCases[] = {
    {"adam", Adam{.alpha = 0.01}},
    {"adam_w", AdamW{.alpha = 0.01, .weight_decay = 0.5}},
    {"sgd", Sgd{.alpha = 0.5}},
    {"momentum", Sgd{.alpha = 0.5, .momentum = 0.9}},
    {"nesterov", Sgd{.alpha = 0.5, .momentum = 0.9, .nesterov = true, .weight_decay = 0.02}},
    {"clip_norm", Sgd{.alpha = 0.5}, 0.01},
    {"clip_value", Sgd{.alpha = 0.5, .momentum = 0.9}, {}, 0.0015},
    {"both_clips", AdamW{.alpha = 0.01}, 0.01, 0.0015},
    {"loose_clips", Adam{.alpha = 0.01}, 1e6, 1e6},
};

EventPropOptions options_of(const Case& given, const BackendOptions& backend) {
    EventPropOptions options;
    options.example_timesteps = 20;
    options.batch_size = 4;
    options.optimiser = given.optimiser;
    options.clip_norm = given.clip_norm;
    options.clip_value = given.clip_value;
    options.backend = backend;
    return options;
}

class Optimisers : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "there is no compiler";
    }
};

TEST_P(Optimisers, FollowTheirFormulas) {
    Numbers numbers(5);
    const SpikeData data = separable_spikes(numbers, 4, 12, 20, 3);
    for (const Case& given : kCases) {
        for (const bool recurrent : {false, true}) {
            CompiledTrainingNetwork network =
                EventPropCompiler(options_of(given, GetParam().options))
                    .compile(small_network({.recurrent = recurrent}));
            std::map<std::string, std::vector<PlainWeight>> plain;
            for (int n = 1; n <= 3; ++n) {
                Weights expected = weights_of(network);
                auto gradients = network.gradients(data.inputs(), data.targets());
                double square = 0.0;
                for (const auto& [name, gradient] : gradients) {
                    for (const double g : gradient.values)
                        square += g * g;
                }
                ASSERT_GT(square, 0.01 * 0.01) << "clip_norm would not be tested";
                const double norm = std::sqrt(square);
                for (const auto& [name, gradient] : gradients) {
                    plain[name].resize(gradient.size());
                    for (std::size_t k = 0; k < gradient.size(); ++k) {
                        double g = gradient.values[k];
                        if (given.clip_norm && norm > *given.clip_norm)
                            g *= *given.clip_norm / norm;
                        const double bound = given.clip_value.value_or(1e300);
                        g = std::clamp(g, -bound, bound);
                        double& weight = expected[name][k];
                        weight = std::visit(
                            [&](const auto& kind) {
                                return plain[name][k].update(kind, weight, g, n);
                            },
                            given.optimiser);
                    }
                }
                network.train(data.inputs(), data.targets(), {.shuffle = false});
                for (const auto& [name, values] : weights_of(network)) {
                    EXPECT_LT(absolute_error(values, expected[name]),
                              GetParam().single_precision ? 2e-6 : 1e-13)
                        << given.name << ": " << name << " after update " << n;
                }
            }
        }
    }
}

TEST_P(Optimisers, ResumedTrainingGivesTheSameBits) {
    Numbers numbers(8);
    const SpikeData data = separable_spikes(numbers, 10, 12, 20, 3);
    for (const Case& given : kCases) {
        const EventPropCompiler compiler(options_of(given, GetParam().options));
        CompiledTrainingNetwork whole = compiler.compile(small_network({}));
        whole.train(data.inputs(), data.targets(), {.num_epochs = 4});
        CompiledTrainingNetwork first = compiler.compile(small_network({}));
        first.train(data.inputs(), data.targets(), {.num_epochs = 2});
        CompiledTrainingNetwork second = compiler.compile(small_network({}));
        second.restore(first.training_state());
        second.train(data.inputs(), data.targets(), {.num_epochs = 2, .start_epoch = 2});
        EXPECT_EQ(weights_of(second), weights_of(whole)) << given.name;
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, Optimisers, testing::ValuesIn(all_backends()), BackendLabel());

// Wide enough that two threads cut the hidden population.
TEST(ClipNorm, GivesTheSameBitsForAnyNumberOfThreads) {
    Numbers numbers(8);
    const SpikeData data = separable_spikes(numbers, 20, 150, 20, 3);
    for (const bool fold : {false, true}) {
        std::vector<Weights> found;
        for (const int threads : {1, 2, 3}) {
            BackendOptions backend;
            backend.threads = threads;
            EventPropOptions options = options_of({"", Adam{.alpha = 0.01}, 0.01}, backend);
            options.fold_readouts = fold;
            CompiledTrainingNetwork network =
                EventPropCompiler(options).compile(small_network({.inputs = 150, .hidden = 200}));
            network.train(data.inputs(), data.targets(), {.num_epochs = 2});
            found.push_back(weights_of(network));
        }
        EXPECT_EQ(found[1], found[0]) << fold;
        EXPECT_EQ(found[2], found[0]) << fold;
    }
}

TEST(OptimiserStates, OfAnotherKindAreRefused) {
    Numbers numbers(8);
    const SpikeData data = separable_spikes(numbers, 4, 12, 20, 3);
    const auto compile = [](const Optimiser& optimiser) {
        return EventPropCompiler(options_of({"", optimiser}, {})).compile(small_network({}));
    };
    CompiledTrainingNetwork adam = compile(Adam());
    adam.train(data.inputs(), data.targets(), {});
    CompiledTrainingNetwork descent = compile(Sgd());
    const Weights before = weights_of(descent);
    try {
        descent.restore(adam.training_state());
        ADD_FAILURE() << "it was taken";
    } catch (const ModelError& error) {
        EXPECT_EQ(error.problem(),
                  "it is one of the optimiser 'adam', and the network is trained with 'sgd'");
        EXPECT_EQ(error.advice(),
                  "compile the network with 'adam', or begin anew with its weights alone");
    }
    EXPECT_EQ(weights_of(descent), before);
    EXPECT_THROW(descent.set_optimiser(Adam()), ModelError);
    EXPECT_TRUE(descent.training_state().mean_squares.empty());
}

}  // namespace
}  // namespace saltus::test
