// The mean square error as loss and as metric, per example and per timestep, on every backend.
#include <cmath>

#include <gtest/gtest.h>
#include <saltus/losses/mean_square_error_loss.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kSteps = 25;
constexpr std::size_t kExamples = 7;
constexpr std::size_t kOutputs = 3;

/// Values as targets of the population "output".
Labels targets_of(Array values) {
    return {{"output", std::make_shared<const Array>(std::move(values))}};
}

Array random_values(std::uint64_t seed, const Shape& shape) {
    Numbers numbers(seed);
    Array values(shape);
    for (double& value : values.values)
        value = numbers.uniform(-0.5, 1.0);
    return values;
}

const Array kTargets = random_values(5, Shape{kExamples, kOutputs});
const Array kStepTargets = random_values(6, Shape{kExamples, kSteps, kOutputs});

SpikeData spikes(std::size_t steps = kSteps) {
    Numbers numbers(2);
    const SpikeData data = random_spikes(numbers, kExamples, 12, kSteps, 0.15, kOutputs);
    if (steps == kSteps) return data;
    // The same spikes, cut off.
    SpikeData cut{std::make_shared<GridSpikes>(12, steps, 1.0), data.labels};
    SpikeList list;
    for (std::size_t example = 0; example < kExamples; ++example) {
        data.spikes->unpack(example, list);
        list.step_begin.resize(steps + 1);
        list.neurons.resize(list.step_begin.back());
        cut.spikes->append(list);
    }
    return cut;
}

struct Kind {
    std::string readout = "var";
    bool hidden = false;
    bool recurrent = false;
    bool folds = true;
};

Network network_of(const Kind& kind) {
    Network network(EventPropCompiler::default_params());
    Numbers numbers(3);
    Population& input = network.population(SpikeInput(), Shape{12}, "input");
    Population* last = &input;
    if (kind.hidden) {
        last = &network.population(LeakyIntegrateFire(), Shape{12}, "hidden");
        network.connect(input, *last, Dense(numbers.dyadic(12, 12, 1.0, 1.0)), Exponential());
    }
    if (kind.recurrent)
        network.connect(*last, *last, Dense(numbers.dyadic(12, 12, 0.0, 0.5)), Exponential());
    LeakyIntegrateOptions options;
    options.readout = readout_by_name(kind.readout);
    Population& output = network.population(LeakyIntegrate(options), Shape{kOutputs}, "output");
    network.connect(*last, output, Dense(numbers.dyadic(12, kOutputs, 0.0, 1.0)), Exponential());
    return network;
}

CompiledTrainingNetwork compile(const Kind& kind, const BackendOptions& backend,
                                std::size_t steps = kSteps, std::size_t batch = 3,
                                bool crossentropy = false) {
    EventPropOptions options;
    options.example_timesteps = steps;
    options.batch_size = batch;
    options.fold_readouts = kind.folds;
    options.backend = backend;
    if (!crossentropy) options.loss = std::make_shared<MeanSquareErrorLoss>();
    return EventPropCompiler(options).compile(network_of(kind));
}

double mean_square(const std::vector<double>& values, const std::vector<double>& targets) {
    double sum = 0.0;
    for (std::size_t k = 0; k < values.size(); ++k)
        sum += (values[k] - targets[k]) * (values[k] - targets[k]);
    return sum / static_cast<double>(values.size());
}

/// The output variable of every example after every step.
std::vector<double> step_outputs(CompiledNetwork& network, const Inputs& inputs) {
    std::vector<double> outputs;
    for (std::size_t example = 0; example < kExamples; ++example) {
        const std::vector<double> v = network.trace(inputs, example).states.at("output.v").values;
        outputs.insert(outputs.end(), v.begin(), v.end());
    }
    return outputs;
}

class MeanSquareErrors : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "no compiler";
    }
    double tolerance() const { return GetParam().single_precision ? 2e-6 : 1e-12; }
    const SpikeData data_ = spikes();
};

TEST_P(MeanSquareErrors, AreWhatTheirNameSays) {
    for (const char* readout : {"var", "avg_var", "sum_var"}) {
        for (const bool folds : {false, true}) {
            CompiledTrainingNetwork network =
                compile({readout, true, false, folds}, GetParam().options);
            const double expected =
                mean_square(network.predict(data_.inputs()).at("output").values, kTargets.values);
            EXPECT_NEAR(network.loss(data_.inputs(), targets_of(kTargets)), expected, tolerance());
            // Batches of 3, 3 and 1.
            const Metrics metrics = network.evaluate(data_.inputs(), targets_of(kTargets),
                                                     {"mean_square_error", "loss"});
            EXPECT_NEAR(metrics.at("mean_square_error"), expected, tolerance());
            EXPECT_NEAR(metrics.at("loss"), expected, tolerance());
        }
    }
}

TEST_P(MeanSquareErrors, CompareEveryTimestep) {
    for (const bool recurrent : {false, true}) {
        CompiledTrainingNetwork network = compile({"var", true, recurrent}, GetParam().options);
        const double expected =
            mean_square(step_outputs(network, data_.inputs()), kStepTargets.values);
        EXPECT_NEAR(network.loss(data_.inputs(), targets_of(kStepTargets)), expected, tolerance());
        const Metrics metrics = network.evaluate(data_.inputs(), targets_of(kStepTargets),
                                                 {"mean_square_error", "loss"});
        EXPECT_NEAR(metrics.at("mean_square_error"), expected, tolerance());
        EXPECT_NEAR(metrics.at("loss"), expected, tolerance());
        // The same network still takes targets of the readout.
        EXPECT_NEAR(
            network.loss(data_.inputs(), targets_of(kTargets)),
            mean_square(network.predict(data_.inputs()).at("output").values, kTargets.values),
            tolerance());
    }
}

TEST_P(MeanSquareErrors, AreMetricsOfInference) {
    InferenceOptions options;
    options.evaluate_timesteps = kSteps;
    options.batch_size = 3;
    options.backend = GetParam().options;
    CompiledNetwork network = InferenceCompiler(options).compile(network_of({"avg_var", true}));
    const double expected =
        mean_square(network.predict(data_.inputs()).at("output").values, kTargets.values);
    EXPECT_NEAR(network.evaluate(data_.inputs(), targets_of(kTargets), {"mean_square_error"})
                    .at("mean_square_error"),
                expected, tolerance());
}

// Where its derivatives by the readouts are those of the cross-entropy, so are all gradients.
TEST_P(MeanSquareErrors, HaveTheGradientsOfTheirDerivatives) {
    for (const char* readout : {"var", "avg_var", "sum_var"}) {
        CompiledTrainingNetwork other =
            compile({readout, true}, GetParam().options, kSteps, kExamples, true);
        CompiledTrainingNetwork network =
            compile({readout, true}, GetParam().options, kSteps, kExamples);
        Array targets = other.predict(data_.inputs()).at("output");
        for (std::size_t example = 0; example < kExamples; ++example) {
            double sum = 0.0;
            double* const row = targets.values.data() + example * kOutputs;
            for (std::size_t k = 0; k < kOutputs; ++k)
                sum += std::exp(row[k]);
            for (std::size_t k = 0; k < kOutputs; ++k) {
                const double slope =
                    std::exp(row[k]) / sum -
                    (static_cast<std::int32_t>(k) == data_.labels[example] ? 1.0 : 0.0);
                row[k] -= 0.5 * static_cast<double>(kOutputs) * slope;
            }
        }
        const auto expected = other.gradients(data_.inputs(), data_.targets());
        const auto found = network.gradients(data_.inputs(), targets_of(targets));
        for (const auto& [name, gradient] : found) {
            EXPECT_LT(relative_error(gradient.values, expected.at(name).values), 10 * tolerance())
                << readout << " " << name;
            EXPECT_GT(largest(gradient.values), 0.0);
        }
    }
}

// The gradient over all steps is the mean of those of the last step of shorter and shorter runs.
TEST_P(MeanSquareErrors, OfEveryTimestepAddUp) {
    for (const bool recurrent : {false, true}) {
        const Kind kind{"var", true, recurrent};
        CompiledTrainingNetwork network = compile(kind, GetParam().options);
        std::map<std::string, Array> sums;
        for (std::size_t steps = 1; steps <= kSteps; ++steps) {
            CompiledTrainingNetwork shorter = compile(kind, GetParam().options, steps);
            Array last(Shape{kExamples, kOutputs});
            for (std::size_t k = 0; k < last.size(); ++k) {
                last.values[k] =
                    kStepTargets
                        .values[((k / kOutputs) * kSteps + steps - 1) * kOutputs + k % kOutputs];
            }
            for (const auto& [name, gradient] :
                 shorter.gradients(spikes(steps).inputs(), targets_of(last))) {
                Array& sum = sums.emplace(name, Array(gradient.shape)).first->second;
                for (std::size_t k = 0; k < sum.size(); ++k)
                    sum.values[k] += gradient.values[k] / static_cast<double>(kSteps);
            }
        }
        for (const auto& [name, gradient] :
             network.gradients(data_.inputs(), targets_of(kStepTargets))) {
            EXPECT_LT(relative_error(gradient.values, sums.at(name).values),
                      GetParam().single_precision ? 2e-5 : 1e-12)
                << name;
            EXPECT_GT(largest(gradient.values), 0.0);
        }
    }
}

TEST_P(MeanSquareErrors, Train) {
    for (const Array& targets : {kTargets, kStepTargets}) {
        CompiledTrainingNetwork network = compile({"var", true}, GetParam().options);
        TrainOptions options{.num_epochs = 1};
        options.metrics = {"mean_square_error"};
        Adam still;
        still.alpha = 1e-12;
        network.set_optimiser(still);
        const double before = network.loss(data_.inputs(), targets_of(targets));
        // Partial batches count with what they hold.
        const EpochResult first =
            network.train(data_.inputs(), targets_of(targets), options).front();
        EXPECT_NEAR(first.metrics.at("loss"), before, 1e-6);
        EXPECT_NEAR(first.metrics.at("mean_square_error"), before, 1e-6);
        still.alpha = 0.01;
        network.set_optimiser(still);
        options.num_epochs = 20;
        options.validation = {data_.inputs(), targets_of(targets)};
        const EpochResult last = network.train(data_.inputs(), targets_of(targets), options).back();
        EXPECT_LT(last.metrics.at("loss"), 0.8 * before);
        EXPECT_NEAR(last.metrics.at("validation_loss"),
                    network.loss(data_.inputs(), targets_of(targets)), 1e-6);
        EXPECT_NEAR(last.metrics.at("validation_mean_square_error"),
                    last.metrics.at("validation_loss"), 1e-6);
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, MeanSquareErrors,
                         testing::Values(backend_case("cpu_built_in"),
                                         backend_case("cpu_interpreted"), backend_case("reference"),
                                         backend_case("reference64")),
                         BackendLabel());

// Without hidden neurons the loss is a smooth function of the weights.
TEST(MeanSquareErrorGradient, IsThatOfTheLoss) {
    const Inputs inputs = spikes().inputs();
    for (const char* readout : {"var", "avg_var", "sum_var", "avg_var_exp_weight"}) {
        for (const Array& targets : {kTargets, kStepTargets}) {
            if (targets.shape.rank() == 3 && std::string(readout) != "var") continue;
            SCOPED_TRACE(readout);
            CompiledTrainingNetwork network =
                compile({readout}, backend_case("reference64").options);
            const Labels given = targets_of(targets);
            const std::vector<double> gradient =
                network.gradients(inputs, given).at("input->output").values;
            const Array weights = network.weights("input->output");
            for (std::size_t k = 0; k < weights.size(); k += 5) {
                const auto loss_at = [&](double shift) {
                    Array moved = weights;
                    moved.values[k] += shift;
                    network.set_weights("input->output", moved);
                    return network.loss(inputs, given);
                };
                EXPECT_NEAR(gradient[k], (loss_at(1e-4) - loss_at(-1e-4)) / 2e-4, 1e-8) << k;
            }
        }
    }
}

TEST(MeanSquareErrorGradient, DoesNotDependOnThreads) {
    for (const Array& targets : {kTargets, kStepTargets}) {
        std::vector<std::vector<double>> weights;
        for (const int threads : {1, 2, 4}) {
            BackendOptions backend = backend_case("cpu_built_in").options;
            backend.threads = threads;
            CompiledTrainingNetwork network = compile({"var", true}, backend);
            TrainOptions options{.num_epochs = 3};
            options.metrics = {};
            network.train(spikes().inputs(), targets_of(targets), options);
            weights.push_back(network.weights("input->hidden").values);
        }
        EXPECT_EQ(weights[1], weights[0]);
        EXPECT_EQ(weights[2], weights[0]);
    }
}

}  // namespace
}  // namespace saltus::test
