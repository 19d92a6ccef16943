// Where kernels come from must not change what they compute.
#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>

#include "jit/kernel_cache.hpp"
#include "jit/kernels_of.hpp"
#include "jit/neuron_functions.hpp"
#include "jit/system_compiler.hpp"
#include "support/declared_neuron.hpp"
#include "support/temporary_folder.hpp"

namespace saltus::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(KernelSources, WithoutACompilerTheyAreInterpreted) {
    const TemporaryFolder folder;
    const ScopedVariable cache("SALTUS_CACHE_DIR", (folder.path() / "kernels").string());
    const ScopedVariable path("PATH", "");
    const ScopedVariable chosen("SALTUS_CXX", {});
    EXPECT_EQ(find_system_compiler(), std::nullopt);
    EXPECT_EQ(find_neuron_functions(hidden_kernel(), {false, true}).origin, "interpreted");
    EXPECT_EQ(find_neuron_functions(hidden_kernel()).origin, "built in");
}

// What the examples use must start at once on every machine.
TEST(KernelSources, StandardNetworksAreBuiltIn) {
    BackendOptions backend;
    backend.compiled_kernels = false;
    for (const double dt : {1.0, 0.5}) {
        for (const bool recurrent : {false, true}) {
            for (const bool fold : {false, true}) {
                EventPropOptions options;
                options.dt = dt;
                options.example_timesteps = 20;
                options.fold_readouts = fold;
                options.backend = backend;
                const Network network = small_network({.recurrent = recurrent});
                EXPECT_THAT(EventPropCompiler(options).compile(network).explain(),
                            Not(HasSubstr("interpreted")))
                    << "training, dt " << dt << ", recurrent " << recurrent << ", fold " << fold;
                InferenceOptions inference;
                inference.dt = dt;
                inference.evaluate_timesteps = 20;
                inference.fold_readouts = fold;
                inference.backend = backend;
                EXPECT_THAT(InferenceCompiler(inference).compile(network).explain(),
                            Not(HasSubstr("interpreted")))
                    << "inference, dt " << dt << ", recurrent " << recurrent << ", fold " << fold;
            }
        }
    }
}

NeuronDeclaration with_threshold(const std::string& threshold, const std::string& reset) {
    NeuronDeclaration model = plain_neuron();
    model.parameters.push_back(
        {"p", std::vector<double>{0.5, 1.0, 1.5}, "1", "differs between neurons"});
    model.threshold = threshold;
    model.reset = {reset};
    return model;
}

/// Readouts and spikes of a model of a user with kernels from one source.
std::pair<std::vector<double>, std::vector<std::pair<std::size_t, std::size_t>>> run(
    const NeuronDeclaration& model, const std::string& source) {
    Numbers numbers(3);
    Network network;
    Population& input = network.population(SpikeInput(), Shape{6}, "input");
    Population& tested =
        network.population(DeclaredNeuron(model, std::make_shared<AvgVar>()), Shape{3}, "tested");
    network.connect(input, tested, Dense(numbers.dyadic(6, 3, 1.5, 1.0)), Exponential());
    InferenceOptions options;
    options.evaluate_timesteps = 40;
    options.backend = backend_case(source).options;
    CompiledNetwork compiled = InferenceCompiler(options).compile(network);
    const SpikeData data = random_spikes(numbers, 2, 6, 40, 0.3, 3);
    return {compiled.predict(data.inputs()).at("tested").values,
            spike_pairs(compiled.trace(data.inputs(), 1).spikes.at("tested"))};
}

struct ModelCase {
    std::string label;
    std::string threshold;
    std::string reset;
};

void PrintTo(const ModelCase& model_case, std::ostream* stream) {
    *stream << model_case.label;
}

class UserModels : public testing::TestWithParam<ModelCase> {};

TEST_P(UserModels, GiveTheSameBitsFromEverySource) {
    const NeuronDeclaration model = with_threshold(GetParam().threshold, GetParam().reset);
    const auto interpreted = run(model, "cpu_interpreted");
    EXPECT_FALSE(interpreted.second.empty()) << "it must spike to be a test";
    const BackendCase compiler = backend_case("cpu_compiled");
    if (can_run(compiler)) {
        const auto compiled = run(model, "cpu_compiled");
        EXPECT_EQ(compiled.first, interpreted.first);
        EXPECT_EQ(compiled.second, interpreted.second);
    }
    const auto reference = run(model, "reference");
    EXPECT_EQ(reference.second, interpreted.second);
    EXPECT_LT(relative_error(interpreted.first, reference.first), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(
    Models, UserModels,
    testing::Values(
        ModelCase{"plain", "v >= p", "v = 0"}, ModelCase{"below", "1 <= v", "v = -0.5"},
        ModelCase{"strict", "v > 1", "v -= 1"}, ModelCase{"square", "v ^ 2 >= 1", "v = v - v ^ 2"},
        ModelCase{"cube", "v >= p", "v = 0.3 * v ^ 3 - 0.1 * v ^ 4"},
        ModelCase{"power", "v >= p", "v = 0.1 * abs(v) ^ p"},
        ModelCase{"exponential", "exp(v) >= 2.5", "v = expm1(-v) * p"},
        ModelCase{"logarithm", "log(1.1 + abs(v)) >= 0.7", "v = 0.1 * log1p(v)"},
        ModelCase{"circle", "sin(v) >= 0.8", "v = 0.2 * cos(v)"},
        ModelCase{"root", "sqrt(abs(v)) >= 1", "v = 0.1 * sqrt(v)"},
        ModelCase{"tangent", "tanh(v) >= 0.7", "v = min(0.1, max(-0.2, -v))"},
        ModelCase{"chosen", "v >= 1",
                  "v = where(v > 1.2 and p < 1.2, 0.2, where(not (v < 1.1) or p > 1.2, 0.1, 0))"}),
    [](const auto& tested) { return tested.param.label; });

// Kernels hold at most eight of everything in registers; more must be refused or work, never worse.
TEST(KernelLimits, ManyStatesSynapsesAndOutputsAreRefusedOrWork) {
    const auto attempt = [](std::size_t states, std::size_t synapses, std::size_t outputs) {
        Network network;
        Population& input = network.population(SpikeInput(), Shape{2}, "input");
        NeuronDeclaration model = plain_neuron();
        for (std::size_t k = 1; k < states; ++k) {
            const std::string name = "w" + std::to_string(k);
            model.states.push_back({name, 0.0, "1"});
            model.equations.push_back("d" + name + "/dt = (v - " + name + ") / tau");
        }
        Population& tested = network.population(DeclaredNeuron(model), Shape{2}, "tested");
        for (std::size_t k = 0; k < synapses; ++k) {
            network.connect(input, tested, Dense(8.0), Exponential(1.0 + static_cast<double>(k)));
        }
        for (std::size_t k = 0; k < outputs; ++k) {
            Population& output =
                network.population(LeakyIntegrate({.tau_mem = 5.0 + static_cast<double>(k),
                                                   .readout = std::make_shared<AvgVar>()}),
                                   Shape{1});
            network.connect(tested, output, Dense(0.5), Delta());
        }
        std::vector<double> sums[2];
        for (const int side : {0, 1}) {
            InferenceOptions options;
            options.evaluate_timesteps = 20;
            options.backend = backend_case(side == 0 ? "cpu_interpreted" : "reference64").options;
            Numbers numbers(1);
            const SpikeData data = random_spikes(numbers, 1, 2, 20, 0.5, 1);
            for (const auto& [name, readout] :
                 InferenceCompiler(options).compile(network).predict(data.inputs())) {
                sums[side].push_back(readout.values[0]);
            }
        }
        EXPECT_GT(largest(sums[1]), 0.0);
        EXPECT_LT(relative_error(sums[0], sums[1]), 1e-5);
    };
    attempt(8, 1, 1);
    attempt(1, 8, 1);
    attempt(1, 1, 8);
    const std::vector<std::array<std::size_t, 3>> beyond{
        {9, 1, 1}, {1, 9, 1}, {1, 1, 9}, {1, 1, 20}};
    for (const auto& [states, synapses, outputs] : beyond) {
        try {
            attempt(states, synapses, outputs);
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr("at most 8"));
            EXPECT_THAT(error.what(), HasSubstr("tested"));
        }
    }
}

}  // namespace
}  // namespace saltus::test
