// Negative values that make negative spikes, through every connectivity on every backend.
#include <algorithm>
#include <cmath>
#include <optional>

#include <gtest/gtest.h>

#include "backend/connectivity_examples.hpp"
#include "support/networks.hpp"
#include "support/value_data.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kSteps = 24;
constexpr std::size_t kExamples = 5;

BinarySpikeInput framed(bool is_signed, std::size_t frames = kSteps) {
    return BinarySpikeInput({.signed_spikes = is_signed, .input_frames = frames});
}

std::optional<std::size_t> most_delay(const ConnectivityExample& example) {
    if (example.max_delay_steps == 0) return std::nullopt;
    return example.max_delay_steps;
}

class SignedSpikes : public testing::TestWithParam<ConnectivityExample> {
  protected:
    Array values() const {
        return random_signs(21, kExamples, kSteps, GetParam().source.size(), 0.3);
    }

    /// The tested connection into neurons that add up what arrives and never spike.
    static Network into_integrators(const Neuron& neuron) {
        Network network;
        Numbers numbers(5);
        Population& input = network.population(neuron, GetParam().source, "input");
        Population& target = network.population(
            IntegrateFire(IntegrateFireOptions{1e6, {}, {}, std::make_shared<Var>()}),
            GetParam().target, "target");
        network.connect(input, target, *GetParam().make(numbers), Delta(), "tested",
                        most_delay(GetParam()));
        return network;
    }

    /// The tested connection into the output, whose loss is a smooth function of its weights.
    static Network into_output() {
        Network network(EventPropCompiler::default_params());
        Numbers numbers(5);
        Population& input = network.population(framed(true), GetParam().source, "input");
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), GetParam().target, "output");
        network.connect(input, output, *GetParam().make(numbers), Exponential(5.0), "tested",
                        most_delay(GetParam()));
        return network;
    }

    Labels labels() const {
        Labels labels;
        for (std::size_t example = 0; example < kExamples; ++example) {
            labels["output"].push_back(
                static_cast<std::int32_t>(example % GetParam().target.size()));
        }
        return labels;
    }

    CompiledTrainingNetwork compile(MatrixType type, const BackendOptions& backend) const {
        EventPropOptions options;
        options.example_timesteps = kSteps;
        options.batch_size = 3;
        options.backend = backend;
        options.matrix_types = {type, MatrixType::kDense};
        return EventPropCompiler(options).compile(into_output());
    }
};

TEST_P(SignedSpikes, DeliverMinusTheWeight) {
    const Array both = values();
    for (const BackendCase& backend : {backend_case("cpu_built_in"), backend_case("reference")}) {
        for (const MatrixType type : GetParam().matrix_types) {
            SCOPED_TRACE(backend.label + " " + to_string(type));
            InferenceOptions options;
            options.evaluate_timesteps = kSteps;
            options.batch_size = 2;
            options.backend = backend.options;
            options.matrix_types = {type};
            const InferenceCompiler compiler(options);
            CompiledNetwork with_sign = compiler.compile(into_integrators(framed(true)));
            CompiledNetwork plain = compiler.compile(into_integrators(framed(false)));
            const auto of = [](CompiledNetwork& network, const Array& data) {
                return network.predict(value_inputs(data)).at("target").values;
            };
            const std::vector<double> found = of(with_sign, both);
            std::vector<double> expected = of(plain, part_of(both, 1.0));
            const std::vector<double> minus = of(plain, part_of(both, -1.0));
            for (std::size_t k = 0; k < expected.size(); ++k)
                expected[k] -= minus[k];
            EXPECT_LT(absolute_error(found, expected), 1e-5);
            EXPECT_GT(largest(expected), 0.0);
            // Without signs negative values are silent.
            EXPECT_EQ(of(plain, both), of(plain, part_of(both, 1.0)));

            Stream stream = with_sign.stream(kExamples);
            for (std::size_t step = 0; step < kSteps; ++step) {
                const std::size_t size = GetParam().source.size();
                Array frame(Shape{kExamples, size});
                for (std::size_t example = 0; example < kExamples; ++example) {
                    std::copy_n(both.values.begin() +
                                    static_cast<std::ptrdiff_t>((example * kSteps + step) * size),
                                size,
                                frame.values.begin() + static_cast<std::ptrdiff_t>(example * size));
                }
                stream.step({{"input", frame}});
            }
            EXPECT_EQ(stream.readout("target").values, found);
        }
    }
}

TEST_P(SignedSpikes, CountWithTheirSignInGradients) {
    const Inputs inputs = value_inputs(values());
    for (const MatrixType type : GetParam().matrix_types) {
        CompiledTrainingNetwork reference = compile(type, backend_case("reference64").options);
        const auto exact = reference.gradients(inputs, labels());
        if (exact.empty()) continue;
        SCOPED_TRACE(to_string(type));
        const std::vector<double>& gradient = exact.at("tested").values;
        const Array weights = reference.weights("tested");
        for (std::size_t k = 0; k < weights.size(); k += 1 + weights.size() / 12) {
            const auto loss_at = [&](double shift) {
                Array moved = weights;
                moved.values[k] += shift;
                reference.set_weights("tested", moved);
                return reference.loss(inputs, labels());
            };
            const double slope = (loss_at(1e-4) - loss_at(-1e-4)) / 2e-4;
            EXPECT_NEAR(gradient[k], slope, 1e-7) << k;
        }
        reference.set_weights("tested", weights);
        EXPECT_GT(largest(gradient), 0.0);
        const auto delays = reference.delay_gradients(inputs, labels());
        for (const int threads : {1, 3}) {
            BackendOptions backend = backend_case("cpu_built_in").options;
            backend.threads = threads;
            CompiledTrainingNetwork network = compile(type, backend);
            EXPECT_LT(
                relative_error(network.gradients(inputs, labels()).at("tested").values, gradient),
                2e-5);
            for (const auto& [name, found] : network.delay_gradients(inputs, labels()))
                EXPECT_LT(relative_error(found.values, delays.at(name).values), 1e-4);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Connectivities, SignedSpikes, testing::ValuesIn(connectivity_examples()),
                         [](const auto& example) { return example.param.label; });

class SignedInputs : public testing::TestWithParam<BackendCase> {};

TEST_P(SignedInputs, PoissonSpikesHaveTheRateOfTheirMagnitude) {
    constexpr std::size_t kLong = 2001;
    Network network;
    Population& input =
        network.population(PoissonInput({.signed_spikes = true}), Shape{4}, "input");
    Population& output = network.population(
        IntegrateFire({.v_thresh = 1e9, .readout = std::make_shared<Var>()}), Shape{4}, "output");
    Array identity(Shape{4, 4});
    for (std::size_t k = 0; k < 4; ++k)
        identity.values[5 * k] = 1.0;
    network.connect(input, output, Dense(identity), Delta());
    InferenceOptions options;
    options.evaluate_timesteps = kLong;
    options.backend = GetParam().options;
    CompiledNetwork compiled = InferenceCompiler(options).compile(network);
    const Array rates(Shape{1, 4}, {0.0, -0.1, 0.1, -2.0});
    const std::vector<double> counts = compiled.predict(value_inputs(rates)).at("output").values;
    EXPECT_EQ(counts[0], 0.0);
    for (const std::size_t k : {1, 2, 3}) {
        const double p = 1.0 - std::exp(-std::abs(rates.values[k]));
        const double expected = (rates.values[k] < 0.0 ? -2000.0 : 2000.0) * p;
        EXPECT_NEAR(counts[k], expected, 5.0 * std::sqrt(2000.0 * p * (1.0 - p))) << k;
    }
    // Recorders and traces show the spikes of positive values.
    const SpikeList spikes = compiled.trace(value_inputs(rates), 0).spikes.at("input");
    EXPECT_TRUE(std::all_of(spikes.neurons.begin(), spikes.neurons.end(),
                            [](std::uint32_t neuron) { return neuron == 2; }));
    EXPECT_GE(static_cast<double>(spikes.neurons.size()), counts[2]);
}

// What is on its way when a batch ends arrives in the next one where synapses are not reset.
TEST_P(SignedInputs, AreOnTheirWayFromBatchToBatch) {
    Network network;
    Population& input = network.population(framed(true, 2), Shape{2}, "input");
    Population& output = network.population(
        IntegrateFire({.v_thresh = 1e9, .readout = std::make_shared<Var>()}), Shape{1}, "output");
    network.connect(input, output, Dense(Array(Shape{2, 1}, {1.0, 4.0}), 3.0), Delta());
    InferenceOptions options;
    options.evaluate_timesteps = 4;
    options.batch_size = 1;
    options.reset_in_syn_between_batches = false;
    options.backend = GetParam().options;
    CompiledNetwork compiled = InferenceCompiler(options).compile(network);
    const Array first(Shape{1, 2, 2}, {1.0, 0.0, 0.0, -1.0});
    const Array silence(Shape{1, 2, 2});
    EXPECT_EQ(compiled.predict(value_inputs(first)).at("output").values[0], 0.0);
    // One positive spike, and three steps of negative ones, all four steps later.
    EXPECT_EQ(compiled.predict(value_inputs(silence)).at("output").values[0], 1.0 - 3.0 * 4.0);
    EXPECT_EQ(compiled.predict(value_inputs(silence)).at("output").values[0], 0.0);
}

INSTANTIATE_TEST_SUITE_P(Backends, SignedInputs,
                         testing::Values(backend_case("cpu_built_in"), backend_case("reference"),
                                         backend_case("reference64")),
                         BackendLabel());

}  // namespace
}  // namespace saltus::test
