// What a compiled network refuses: inputs, labels, weights and settings that do not fit.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <saltus/neurons/integrate_fire_input.hpp>

#include "data/errors_of.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

class DataErrors : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "there is no compiler";
    }

    CompiledTrainingNetwork compile(double dt = 1.0, std::size_t steps = 20) const {
        EventPropOptions options;
        options.example_timesteps = steps;
        options.dt = dt;
        options.backend = GetParam().options;
        return EventPropCompiler(options).compile(small_network({}));
    }

    Numbers numbers_{1};
    SpikeData data_ = random_spikes(numbers_, 3, 12, 20, 0.1, 3);
};

TEST_P(DataErrors, Inputs) {
    CompiledTrainingNetwork network = compile();
    const auto error = [&](const Inputs& inputs) {
        return model_error([&] { network.predict(inputs); });
    };
    EXPECT_EQ(error({}),
              "[Inputs] input population 'input' has no data; give data for every input "
              "population");
    EXPECT_EQ(
        error({{"inputs", data_.spikes}}),
        "[Inputs] there is no input population 'inputs'; did you mean 'input'? (known are input)");
    EXPECT_EQ(error({{"output", data_.spikes}}),
              "[Inputs] there is no input population 'output'; known are input");
    EXPECT_EQ(error({{"input", std::shared_ptr<const GridSpikes>()}}),
              "[Input input] its data is null; give spike trains or an array");
    EXPECT_EQ(error({{"input", std::make_shared<const Array>(Shape{3, 12})}}),
              "[Input input] it is a spike_input and was given values; give spike trains");
    EXPECT_EQ(
        error({{"input", std::make_shared<const SpikeTrains>(13)}}),
        "[Input input] its spike trains are of 13 neurons, but the population has 12; give data of "
        "the population's size");
    EXPECT_EQ(error({{"input", std::make_shared<const SpikeTrains>(12)}}),
              "[Dataset] it holds no example; give at least one example");
    EXPECT_EQ(error({{"input", std::make_shared<const GridSpikes>(12, 19, 1.0)}}),
              "[Input input] its spikes lie on 19 steps of 1 ms, but the network was compiled for "
              "20 steps "
              "of 1 ms; encode the data with the compiler's dt and timesteps");
    EXPECT_EQ(
        error({{"input", std::make_shared<const GridSpikes>(12, 20, 0.5)}}),
        "[Input input] its spikes lie on 20 steps of 0.5 ms, but the network was compiled for 20 "
        "steps of 1 ms; encode the data with the compiler's dt and timesteps");
}

TEST_P(DataErrors, Values) {
    const auto error = [&](const Neuron& neuron, Array values) {
        Network network;
        Population& input = network.population(neuron, Shape{2, 3}, "input");
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<Var>()}), Shape{1}, "output");
        network.connect(input, output, Dense(1.0), Delta());
        InferenceOptions options;
        options.evaluate_timesteps = 5;
        options.backend = GetParam().options;
        CompiledNetwork compiled = InferenceCompiler(options).compile(network);
        return model_error([&] {
            compiled.predict({{"input", std::make_shared<const Array>(std::move(values))}});
        });
    };
    EXPECT_EQ(error(IntegrateFireInput(), Array(Shape{4, 7})),
              "[Input input] its values have shape (4, 7), but the population has 6 neurons; give "
              "values of shape (examples, neurons)");
    const PoissonInput framed({.input_frames = 4});
    EXPECT_EQ(error(framed, Array(Shape{2, 3, 6})),
              "[Input input] its values have shape (2, 3, 6), but the population has 6 neurons and "
              "4 frames; give values of shape (examples, 4, neurons)");
    EXPECT_EQ(error(framed, Array(Shape{4, 24})),
              "[Input input] its values have shape (4, 24), but the population has 6 neurons and 4 "
              "frames; give values of shape (examples, 4, neurons)");
    EXPECT_EQ(error(framed, Array(Shape{4, 2, 3})),
              "[Input input] its values have shape (4, 2, 3), but the population has 6 neurons and "
              "4 frames; give values of shape (examples, 4, neurons)");
    EXPECT_EQ(error(framed, Array(Shape{0, 4, 6})),
              "[Dataset] it holds no example; give at least one example");
    Array holed(Shape{1, 6});
    holed.values[3] = std::nan("");
    EXPECT_EQ(error(IntegrateFireInput(), holed),
              "[Input input] its values holds nan at element 3; give finite numbers only");
    EXPECT_EQ(error(IntegrateFireInput(), Array()),
              "[Input input] its values have shape (), but the population has 6 neurons; give "
              "values of shape (examples, neurons)");
}

TEST_P(DataErrors, SpikesAfterTheEnd) {
    CompiledTrainingNetwork network = compile();
    auto trains = std::make_shared<SpikeTrains>(12);
    trains->append(std::vector<Spike>{{3, 25.0}});
    const std::string error = model_error([&] {
        network.predict({{"input", std::shared_ptr<const SpikeTrains>(trains)}});
    });
    EXPECT_NE(error.find("25"), std::string::npos) << error;
    EXPECT_NE(error.find("neuron 3"), std::string::npos) << error;
}

TEST_P(DataErrors, Labels) {
    CompiledTrainingNetwork network = compile();
    const auto error = [&](const Labels& labels) {
        return model_error([&] { network.train(data_.inputs(), labels); });
    };
    EXPECT_EQ(error({}), "[train] there are no labels; give labels to train with");
    EXPECT_EQ(
        error({{"output", {0, 1}}}),
        "[Dataset] labels of output has 2 examples, the others have 3; give every input and output "
        "the same number of examples");
    EXPECT_EQ(
        error({{"output", {0, 3, 1}}}),
        "[Labels output] label 3 of example 1 is outside the 3 classes; give labels from 0 to 2");
    EXPECT_EQ(
        error({{"output", {0, 1, -1}}}),
        "[Labels output] label -1 of example 2 is outside the 3 classes; give labels from 0 to 2");
    EXPECT_EQ(error({{"outptu", {0, 1, 2}}}),
              "[Labels] there is no output population 'outptu'; did you mean 'output'? (known are "
              "output)");
    EXPECT_EQ(model_error([&] { network.gradients(data_.inputs(), {}); }),
              "[gradients] there are no labels; give labels");
    EXPECT_EQ(model_error([&] { network.loss(data_.inputs(), {}); }),
              "[loss] there are no labels; give labels");
    EXPECT_EQ(
        model_error([&] { network.evaluate(data_.inputs(), {}); }),
        "[CompiledNetwork] there are no labels to compare with; give labels, or use predict()");
}

TEST_P(DataErrors, Settings) {
    CompiledTrainingNetwork network = compile();
    const auto error = [&](const TrainOptions& options) {
        return model_error([&] { network.train(data_.inputs(), data_.targets(), options); });
    };
    EXPECT_EQ(error({.input_dropout = 1.0}),
              "[TrainOptions] input_dropout is 1; give a probability in [0, 1)");
    EXPECT_EQ(error({.input_dropout = -0.1}),
              "[TrainOptions] input_dropout is -0.1; give a probability in [0, 1)");
    EXPECT_EQ(error({.input_dropout = std::nan("")}),
              "[TrainOptions] input_dropout is nan; give a probability in [0, 1)");
    EXPECT_EQ(error({.callbacks = {nullptr}}),
              "[CompiledNetwork] a callback is null; give callbacks that exist");
    EXPECT_EQ(
        error({.metrics = {"acuracy"}}),
        "[Metric] there is no metric 'acuracy'; did you mean 'accuracy'? (known are accuracy, "
        "top_5_accuracy, loss and mean_square_error)");
    EXPECT_EQ(model_error([&] { network.trace(data_.inputs(), 3); }),
              "[CompiledNetwork] there is no example 3 among 3; give a number below 3");
}

TEST_P(DataErrors, Weights) {
    CompiledTrainingNetwork network = compile();
    const Array before = network.weights("input->hidden");
    EXPECT_EQ(model_error([&] {
                  network.set_weights("input->hidden", Array(Shape{10, 12}));
              }),
              "[Connection input->hidden] weights of shape (10, 12) do not fit its shape (12, 10); "
              "give weights in the shape of weights()");
    Array invalid = before;
    invalid.values[7] = std::nan("");
    EXPECT_EQ(
        model_error([&] { network.set_weights("input->hidden", invalid); }),
        "[Connection input->hidden] weights holds nan at element 7; give finite numbers only");
    EXPECT_EQ(model_error([&] { network.weights("input->hiden"); }),
              "[CompiledNetwork] there is no connection 'input->hiden'; did you mean "
              "'input->hidden'? (known "
              "are input->hidden and hidden->output)");
    EXPECT_EQ(network.weights("input->hidden").values, before.values);
}

// A number that float32 cannot hold would silently become infinite there.
TEST_P(DataErrors, WeightsThatTheBackendCannotHold) {
    if (!GetParam().single_precision) GTEST_SKIP() << "float64 holds it";
    CompiledTrainingNetwork network = compile();
    Array weights = network.weights("input->hidden");
    weights.values[0] = 1e300;
    const std::string error = model_error([&] { network.set_weights("input->hidden", weights); });
    EXPECT_NE(error.find("Connection input->hidden"), std::string::npos) << error;
    EXPECT_NE(error.find("1e+300"), std::string::npos) << error;
}

// A loss that is not a number ends the run before it has spoiled the weights.
TEST_P(DataErrors, ALossThatIsNotFiniteLosesNothing) {
    CompiledTrainingNetwork network = compile();
    Array weights = network.weights("hidden->output");
    for (std::size_t k = 0; k < weights.size(); ++k) {
        weights.values[k] = GetParam().single_precision ? 3e38 : 1.7e308;
    }
    network.set_weights("hidden->output", weights);
    Array drive = network.weights("input->hidden");
    for (double& weight : drive.values)
        weight = 5.0;
    network.set_weights("input->hidden", drive);
    const SpikeData data = random_spikes(numbers_, 3, 12, 20, 1.0, 3);
    const std::string error = model_error([&] { network.train(data.inputs(), data.targets()); });
    EXPECT_EQ(error.substr(0, 20), "[train] the loss is ") << error;
    EXPECT_NE(error.find("use a smaller learning rate or smaller initial weights"),
              std::string::npos);
    for (const double weight : network.weights("input->hidden").values)
        EXPECT_EQ(weight, 5.0);
    for (const double weight : network.weights("hidden->output").values)
        ASSERT_TRUE(std::isfinite(weight));
}

TEST_P(DataErrors, ValuesOfInputs) {
    Network network;
    Population& input = network.population(PoissonInput(), Shape{2, 2}, "rates");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{2}, "output");
    network.connect(input, output, Dense(1.0), Delta());
    InferenceOptions options;
    options.evaluate_timesteps = 20;
    options.backend = GetParam().options;
    CompiledNetwork compiled = InferenceCompiler(options).compile(network);
    const auto error = [&](const Array& values) {
        return model_error([&] {
            compiled.predict({{"rates", std::make_shared<const Array>(values)}});
        });
    };
    EXPECT_EQ(error(Array(Shape{3, 5})),
              "[Input rates] its values have shape (3, 5), but the population has 4 neurons; give "
              "values of "
              "shape (examples, neurons)");
    EXPECT_EQ(error(Array(Shape{4})),
              "[Input rates] its values have shape (4,), but the population has 4 neurons; give "
              "values of "
              "shape (examples, neurons)");
    EXPECT_EQ(error(Array(Shape{1, 4}, {0.0, 1.0, std::nan(""), 0.0})),
              "[Input rates] its values holds nan at element 2; give finite numbers only");
    EXPECT_EQ(
        model_error([&] {
            compiled.predict({{"rates", data_.spikes}});
        }),
        "[Input rates] it is a poisson_input and was given spike trains; give an array of shape "
        "(examples, neurons)");
    EXPECT_EQ(error(Array(Shape{3, 2, 2})), "[test] nothing was thrown");
}

TEST_P(DataErrors, SeveralInputsMustHaveTheSameNumber) {
    Network network;
    Population& a = network.population(SpikeInput(), Shape{2}, "a");
    Population& b = network.population(SpikeInput(), Shape{2}, "b");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{2}, "output");
    network.connect(a, output, Dense(1.0), Delta());
    network.connect(b, output, Dense(1.0), Delta());
    InferenceOptions options;
    options.evaluate_timesteps = 20;
    options.backend = GetParam().options;
    CompiledNetwork compiled = InferenceCompiler(options).compile(network);
    const SpikeData two = random_spikes(numbers_, 2, 2, 20, 0.1, 2);
    const SpikeData three = random_spikes(numbers_, 3, 2, 20, 0.1, 2);
    EXPECT_EQ(
        model_error([&] {
            compiled.predict({{"a", two.spikes}, {"b", three.spikes}});
        }),
        "[Dataset] input b has 3 examples, the others have 2; give every input and output the same "
        "number of examples");
}

INSTANTIATE_TEST_SUITE_P(Backends, DataErrors,
                         testing::Values(backend_case("cpu_built_in"), backend_case("reference"),
                                         backend_case("reference64")),
                         BackendLabel());

}  // namespace
}  // namespace saltus::test
