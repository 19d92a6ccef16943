// What is refused as targets: labels where values are compared, values where labels are, shapes.
#include <cmath>

#include <gtest/gtest.h>
#include <saltus/losses/mean_square_error_loss.hpp>

#include "data/errors_of.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

class TargetErrors : public testing::TestWithParam<BackendCase> {
  protected:
    CompiledTrainingNetwork compile(bool compares_values, const std::string& readout) const {
        Network network;
        Population& input = network.population(SpikeInput(), Shape{12}, "input");
        LeakyIntegrateOptions described;
        described.readout = readout_by_name(readout);
        Population& output = network.population(LeakyIntegrate(described), Shape{3}, "output");
        network.connect(input, output, Dense(0.1), Exponential());
        EventPropOptions options;
        options.example_timesteps = 20;
        options.backend = GetParam().options;
        if (compares_values) options.loss = std::make_shared<MeanSquareErrorLoss>();
        return EventPropCompiler(options).compile(network);
    }

    std::string error(bool compares_values, const Labels& targets,
                      const std::string& readout = "var",
                      const std::vector<std::string>& metrics = {}) const {
        CompiledTrainingNetwork network = compile(compares_values, readout);
        TrainOptions options;
        options.metrics = metrics;
        const std::string training =
            model_error([&] { network.train(data_.inputs(), targets, options); });
        const std::string evaluation =
            model_error([&] { network.evaluate(data_.inputs(), targets, metrics); });
        EXPECT_EQ(training, evaluation);
        return training;
    }

    static Labels values(const Shape& shape) {
        return {{"output", std::make_shared<const Array>(shape)}};
    }

    Numbers numbers_{1};
    SpikeData data_ = random_spikes(numbers_, 4, 12, 20, 0.1, 3);
};

TEST_P(TargetErrors, LabelsAndValues) {
    EXPECT_EQ(error(true, data_.targets()),
              "[Labels output] its loss mean_square_error compares values and was given labels; "
              "give an array of shape (examples, 3)");
    EXPECT_EQ(error(false, values(Shape{4, 3})),
              "[Labels output] its loss sparse_categorical_crossentropy takes labels and was given "
              "values; give one class for each example");
    EXPECT_EQ(error(true, values(Shape{4, 3}), "var", {"accuracy"}),
              "[Metric accuracy] it compares labels, but 'output' was given values; use "
              "mean_square_error, or give one class for each example");
}

TEST_P(TargetErrors, Shapes) {
    EXPECT_EQ(
        error(true, values(Shape{4, 2})),
        "[Labels output] its values have shape (4, 2), but the population has 3 neurons; give "
        "values of shape (examples, 3), or (examples, 20, 3) for those of every timestep");
    EXPECT_EQ(error(true, values(Shape{4, 19, 3})),
              "[Labels output] its values have shape (4, 19, 3), but the population has 3 neurons; "
              "give values of shape (examples, 3), or (examples, 20, 3) for those of every "
              "timestep");
    EXPECT_EQ(error(true, values(Shape{12})),
              "[Labels output] its values have shape (12,), but the population has 3 neurons; give "
              "values of shape (examples, 3), or (examples, 20, 3) for those of every timestep");
    EXPECT_EQ(error(true, values(Shape{5, 3})),
              "[Dataset] labels of output has 5 examples, the others have 4; give every input and "
              "output the same number of examples");
    EXPECT_EQ(error(true, values(Shape{4, 20, 3}), "avg_var"),
              "[Labels output] its values of shape (4, 20, 3) are those of every timestep, but its "
              "readout is avg_var; use the readout var, or give values of shape (examples, 3)");
    EXPECT_EQ(error(true, {{"output", std::shared_ptr<const Array>()}}),
              "[Labels output] its loss mean_square_error compares values and was given labels; "
              "give an array of shape (examples, 3)");
    Array holed(Shape{4, 3});
    holed.values[5] = std::nan("");
    EXPECT_EQ(error(true, {{"output", std::make_shared<const Array>(holed)}}),
              "[Labels output] its values holds nan at element 5; give finite numbers only");
}

TEST_P(TargetErrors, OfInference) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{12}, "input");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<Var>()}),
                                            Shape{3}, "output");
    network.connect(input, output, Dense(0.1), Exponential());
    InferenceOptions options;
    options.evaluate_timesteps = 20;
    options.backend = GetParam().options;
    CompiledNetwork compiled = InferenceCompiler(options).compile(network);
    EXPECT_EQ(model_error([&] {
                  compiled.evaluate(data_.inputs(), values(Shape{4, 20, 3}));
              }),
              "[Labels output] its values of shape (4, 20, 3) are those of every timestep, but "
              "there is no loss that compares them; give values of shape (examples, 3)");
    EXPECT_EQ(model_error([&] {
                  compiled.evaluate(data_.inputs(), values(Shape{4, 3}));
              }),
              "[Metric accuracy] it compares labels, but 'output' was given values; use "
              "mean_square_error, or give one class for each example");
}

INSTANTIATE_TEST_SUITE_P(Backends, TargetErrors,
                         testing::Values(backend_case("cpu_built_in"), backend_case("reference")),
                         BackendLabel());

}  // namespace
}  // namespace saltus::test
