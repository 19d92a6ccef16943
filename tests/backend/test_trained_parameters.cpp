// Parameters of neurons and synapses that training changes: one value for all neurons or one each,
// on every backend. (Their gradients against simulations: test_gradients,
// test_surrogate_gradients.)
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/e_prop_compiler.hpp>
#include <saltus/compilers/surrogate_compiler.hpp>
#include <saltus/initializers/uniform.hpp>

#include "support/declared_neuron.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

/// What is trained in a small recurrent network.
struct Trained {
    InitValue v_thresh = 1.0;
    InitValue tau_mem = 20.0;
    InitValue tau_syn = 5.0;
    InitValue tau_out = 20.0;
    InitValue bias = 0.0;
    std::optional<InitValue> tau_refrac = {};
    bool holds = false;
};

constexpr std::size_t kInputs = 12;
constexpr std::size_t kHidden = 20;
constexpr std::size_t kOutputs = 3;
constexpr std::size_t kSteps = 25;

Network network_of(const Trained& trained, std::shared_ptr<const Readout> readout = nullptr) {
    Numbers numbers(4);
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{kInputs}, "input");
    Population& hidden =
        network.population(LeakyIntegrateFire({.v_thresh = trained.v_thresh,
                                               .tau_mem = trained.tau_mem,
                                               .tau_refrac = trained.tau_refrac,
                                               .integrate_during_refrac = !trained.holds}),
                           Shape{kHidden}, "hidden");
    if (!readout) readout = std::make_shared<AvgVar>();
    Population& output = network.population(
        LeakyIntegrate({.bias = trained.bias, .tau_mem = trained.tau_out, .readout = readout}),
        Shape{kOutputs}, "output");
    network.connect(input, hidden, Dense(numbers.dyadic(kInputs, kHidden, 1.2, 1.0)),
                    Exponential(trained.tau_syn), "in");
    network.connect(hidden, hidden, Dense(numbers.dyadic(kHidden, kHidden, 0.0, 0.4)),
                    Exponential(), "back");
    network.connect(hidden, output, Dense(numbers.dyadic(kHidden, kOutputs, 0.0, 1.0)),
                    Exponential(), "out");
    return network;
}

Trained all_trained(bool per_neuron) {
    const TrainableRange range{.per_neuron = per_neuron};
    return {.v_thresh = trainable(1.0, range),
            .tau_mem = trainable(20.0, range),
            .tau_syn = trainable(5.0, range),
            .tau_out = trainable(20.0, range),
            .bias = trainable(0.0, range)};
}

EventPropOptions options_of(const BackendOptions& backend, double rate = 0.01) {
    EventPropOptions options;
    options.example_timesteps = kSteps;
    options.batch_size = 8;
    options.optimiser = Adam{.alpha = rate};
    options.backend = backend;
    return options;
}

SpikeData small_data() {
    Numbers numbers(2);
    return separable_spikes(numbers, 24, kInputs, kSteps, kOutputs);
}

std::string message_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const ModelError& error) {
        return error.what();
    }
    return "";
}

class TrainedParameters : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP();
    }
    SpikeData data_ = small_data();
};

using Gradients = std::map<std::string, Array>;

TEST_P(TrainedParameters, GradientsOfNeuronsAddUpToThoseOfAll) {
    const EventPropCompiler compiler(options_of(GetParam().options));
    const Gradients shared =
        compiler.compile(network_of(all_trained(false))).gradients(data_.inputs(), data_.targets());
    const Gradients own =
        compiler.compile(network_of(all_trained(true))).gradients(data_.inputs(), data_.targets());
    for (const char* name :
         {"hidden.v_thresh", "hidden.tau_mem", "in.tau", "output.tau_mem", "output.bias"}) {
        SCOPED_TRACE(name);
        EXPECT_EQ(shared.at(name).shape, Shape());
        double sum = 0.0;
        double largest_part = 0.0;
        for (const double value : own.at(name).values) {
            sum += value;
            largest_part = std::max(largest_part, std::abs(value));
        }
        EXPECT_GT(own.at(name).size(), 1U);
        EXPECT_GT(largest_part, 1e-7);
        EXPECT_NEAR(sum, shared.at(name).values[0], 2e-4 * largest_part);
    }
}

TEST_P(TrainedParameters, GradientsAreThoseOfTheReference) {
    Trained refractory = all_trained(true);
    refractory.tau_refrac = 6.0;
    Trained held = all_trained(true);
    held.tau_refrac = 2.0;
    held.holds = true;
    for (const Trained& trained : {all_trained(true), refractory, held}) {
        const Network network = network_of(trained);
        const auto gradients = [&](const BackendOptions& backend) {
            return EventPropCompiler(options_of(backend))
                .compile(network)
                .gradients(data_.inputs(), data_.targets());
        };
        const Gradients found = gradients(GetParam().options);
        for (const auto& [name, gradient] : gradients(backend_case("reference64").options))
            EXPECT_LT(relative_error(found.at(name).values, gradient.values), 2e-4) << name;
    }
}

// No spike moves with the parameters of outputs, whatever the rule.
TEST_P(TrainedParameters, OfOutputsAreDifferencesOfTheLoss) {
    if (GetParam().single_precision) GTEST_SKIP() << "differences need float64";
    const Network network =
        network_of({.tau_out = trainable(20.0, {.per_neuron = true}),
                    .bias = trainable(InitValue(std::vector<double>{0.1, -0.2, 0.3}))});
    const auto check = [&](CompiledTrainingNetwork compiled) {
        const Gradients gradients = compiled.gradients(data_.inputs(), data_.targets());
        for (const char* name : {"output.tau_mem", "output.bias"}) {
            const Array before = compiled.parameter(name);
            for (std::size_t k = 0; k < before.size(); ++k) {
                const double step = 1e-4 * std::abs(before.values[k]);
                double difference = 0.0;
                for (const double sign : {1.0, -1.0}) {
                    Array changed = before;
                    changed.values[k] += sign * step;
                    compiled.set_parameter(name, changed);
                    difference += sign * compiled.loss(data_.inputs(), data_.targets());
                }
                compiled.set_parameter(name, before);
                EXPECT_NEAR(gradients.at(name).values[k] / (difference / (2.0 * step)), 1.0, 1e-6)
                    << name << " " << k;
            }
        }
    };
    check(EventPropCompiler(options_of(GetParam().options)).compile(network));
    SurrogateOptions surrogate;
    surrogate.example_timesteps = kSteps;
    surrogate.backend = GetParam().options;
    check(SurrogateCompiler(surrogate).compile(network));
    EPropOptions e_prop;
    e_prop.example_timesteps = kSteps;
    e_prop.per_timestep_loss = false;
    e_prop.backend = GetParam().options;
    check(EPropCompiler(e_prop).compile(network));
}

TEST_P(TrainedParameters, MoveWithinTheirBoundsAndMakeTheLossFall) {
    Trained trained = all_trained(true);
    trained.tau_mem = trainable(20.0, {.lower = 19.5, .upper = 20.5});
    CompiledTrainingNetwork network =
        EventPropCompiler(options_of(GetParam().options, 0.05)).compile(network_of(trained));
    TrainOptions training;
    training.num_epochs = 10;
    const auto results = network.train(data_.inputs(), data_.targets(), training);
    EXPECT_LT(results.back().metrics.at("loss"), 0.8 * results.front().metrics.at("loss"));
    const double tau_mem = network.parameter("hidden.tau_mem").values[0];
    EXPECT_NE(tau_mem, 20.0);
    EXPECT_GE(tau_mem, 19.5);
    EXPECT_LE(tau_mem, 20.5);
    for (const std::string& name : network.parameters()) {
        const std::vector<double> values = network.parameter(name).values;
        const bool differ = std::any_of(values.begin(), values.end(),
                                        [&](double value) { return value != values[0]; });
        EXPECT_EQ(differ, values.size() > 1) << name;
    }
}

TEST_P(TrainedParameters, HaveOptimisersOfTheirOwn) {
    EventPropOptions options = options_of(GetParam().options);
    options.parameter_optimisers.all = Sgd{.alpha = 0.0};
    options.parameter_optimisers.by_name = {{"output.tau_mem", Sgd{.alpha = 1.0}}};
    options.batch_size = 24;
    CompiledTrainingNetwork network =
        EventPropCompiler(options).compile(network_of(all_trained(false)));
    const double gradient =
        network.gradients(data_.inputs(), data_.targets()).at("output.tau_mem").values[0];
    network.train(data_.inputs(), data_.targets());
    EXPECT_EQ(network.parameter("hidden.v_thresh").values[0], 1.0);
    EXPECT_NEAR(network.parameter("output.tau_mem").values[0] - 20.0, -gradient,
                1e-4 * std::abs(gradient));
}

TEST_P(TrainedParameters, GoOnFromAStateAsIfNeverInterrupted) {
    const EventPropCompiler compiler(options_of(GetParam().options, 0.05));
    const Network network = network_of(all_trained(true));
    CompiledTrainingNetwork whole = compiler.compile(network);
    TrainOptions training;
    training.num_epochs = 4;
    whole.train(data_.inputs(), data_.targets(), training);
    CompiledTrainingNetwork first = compiler.compile(network);
    training.num_epochs = 2;
    first.train(data_.inputs(), data_.targets(), training);
    CompiledTrainingNetwork second = compiler.compile(network);
    second.restore(first.training_state());
    training.start_epoch = 2;
    second.train(data_.inputs(), data_.targets(), training);
    for (const std::string& name : whole.parameters())
        EXPECT_EQ(second.parameter(name).values, whole.parameter(name).values) << name;
    EXPECT_EQ(second.weights("in").values, whole.weights("in").values);
}

// Only what is trained can make a constant infinite, long after the network was checked.
TEST_P(TrainedParameters, ThatWouldMakeAConstantInfiniteAreRefusedAndAllStays) {
    NeuronDeclaration declaration = plain_neuron();
    declaration.parameters.push_back(
        {"c", trainable(1.0, {.lower = 0.0, .per_neuron = true}), "1", ""});
    declaration.derived = {{"k", "1 / c"}};
    declaration.equations = {"dv/dt = (i + k - v) / tau"};
    declaration.threshold.clear();
    declaration.reset.clear();
    Numbers numbers(3);
    Network network;
    Population& input = network.population(SpikeInput(), Shape{kInputs}, "input");
    Population& output = network.population(DeclaredNeuron(declaration, std::make_shared<AvgVar>()),
                                            Shape{kOutputs}, "output");
    network.connect(input, output, Dense(numbers.dyadic(kInputs, kOutputs, 0.2, 0.5)),
                    Exponential(trainable(5.0)), "in");
    EventPropOptions options = options_of(GetParam().options);
    options.parameter_optimisers.by_name = {{"output.c", Sgd{.alpha = 1e9}}};
    CompiledTrainingNetwork compiled = EventPropCompiler(options).compile(network);
    const TrainingState before = compiled.training_state();
    EXPECT_THAT(message_of([&] { compiled.train(data_.inputs(), data_.targets()); }),
                testing::HasSubstr(
                    "[Population output] by its trained parameters, k would become inf; bound"));
    EXPECT_EQ(compiled.weights("in").values, before.weights.at("in").values);
    EXPECT_THAT(compiled.parameter("output.c").values, testing::Each(1.0));
    EXPECT_EQ(compiled.parameter("in.tau").values[0], 5.0);
}

INSTANTIATE_TEST_SUITE_P(Backends, TrainedParameters, testing::ValuesIn(all_backends()),
                         BackendLabel());

TEST(TrainedParametersOfThreads, AreTheSameBits) {
    const SpikeData data = small_data();
    std::map<int, std::vector<double>> found;
    for (const int threads : {1, 2, 3}) {
        EventPropOptions options = options_of({}, 0.05);
        options.backend.threads = threads;
        CompiledTrainingNetwork network =
            EventPropCompiler(options).compile(network_of(all_trained(true)));
        TrainOptions training;
        training.num_epochs = 3;
        network.train(data.inputs(), data.targets(), training);
        for (const std::string& name : network.parameters()) {
            const std::vector<double> values = network.parameter(name).values;
            found[threads].insert(found[threads].end(), values.begin(), values.end());
        }
    }
    EXPECT_EQ(found.at(1), found.at(2));
    EXPECT_EQ(found.at(1), found.at(3));
}

// Wide layers are cut into columns, one for each thread.
TEST(TrainedParametersOfThreads, AreTheSameBitsInColumns) {
    Numbers numbers(2);
    const SpikeData data = separable_spikes(numbers, 16, kInputs, kSteps, kOutputs);
    std::map<int, std::vector<double>> found;
    for (const int threads : {1, 2}) {
        Network network(EventPropCompiler::default_params());
        Population& input = network.population(SpikeInput(), Shape{kInputs}, "input");
        Population& hidden = network.population(
            LeakyIntegrateFire(
                {.v_thresh = trainable(1.0), .tau_mem = trainable(20.0, {.per_neuron = true})}),
            Shape{300}, "hidden");
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{kOutputs}, "output");
        network.connect(input, hidden, Dense(Uniform(0.5, 3.0)), Exponential(), "in");
        network.connect(hidden, output, Dense(Uniform(-0.1, 0.1)), Exponential(), "out");
        EventPropOptions options = options_of({}, 0.05);
        options.backend.threads = threads;
        CompiledTrainingNetwork compiled = EventPropCompiler(options).compile(network);
        compiled.train(data.inputs(), data.targets());
        found[threads] = compiled.parameter("hidden.tau_mem").values;
        found[threads].push_back(compiled.parameter("hidden.v_thresh").values[0]);
        EXPECT_NE(found[threads].back(), 1.0);
    }
    EXPECT_EQ(found.at(1), found.at(2));
}

// A nonlinear output without spikes: its parameters stand in the flow and in initial conditions of
// nothing, so that differences of the loss are exact.
TEST(TrainedParametersOfFlows, EqualDifferencesOfTheLoss) {
    NeuronDeclaration declaration;
    declaration.parameters = {{"tau", trainable(10.0), "ms", ""},
                              {"c", trainable(0.4, {.per_neuron = true}), "1", ""}};
    declaration.derived = {{"k", "c / tau"}};
    declaration.states = {{"v", 0.1, "1"}};
    declaration.equations = {"dv/dt = (v * (v - c) * 0.1 - v + i) / tau - 0.1 * k"};
    declaration.output = "v";
    const SpikeData data = small_data();
    for (const Solver solver : {Solver::kExponentialEuler, Solver::kRungeKutta4}) {
        for (const std::size_t sub_steps : {1U, 3U}) {
            SCOPED_TRACE(to_string(solver) + " " + std::to_string(sub_steps));
            declaration.solver = solver;
            declaration.sub_steps = sub_steps;
            Numbers numbers(3);
            Network network;
            Population& input = network.population(SpikeInput(), Shape{kInputs}, "input");
            Population& output = network.population(
                DeclaredNeuron(declaration, std::make_shared<AvgVar>()), Shape{kOutputs}, "output");
            network.connect(input, output, Dense(numbers.dyadic(kInputs, kOutputs, 0.2, 0.5)),
                            Exponential(trainable(5.0)), "in");
            CompiledTrainingNetwork compiled =
                EventPropCompiler(options_of(backend_case("reference64").options)).compile(network);
            const Gradients gradients = compiled.gradients(data.inputs(), data.targets());
            for (const std::string& name : compiled.parameters()) {
                const Array before = compiled.parameter(name);
                double difference = 0.0;
                const double step = 1e-4 * before.values[0];
                for (const double sign : {1.0, -1.0}) {
                    Array changed = before;
                    changed.values[0] += sign * step;
                    compiled.set_parameter(name, changed);
                    difference += sign * compiled.loss(data.inputs(), data.targets());
                }
                compiled.set_parameter(name, before);
                EXPECT_NEAR(gradients.at(name).values[0] / (difference / (2.0 * step)), 1.0, 1e-6)
                    << name;
            }
            CompiledTrainingNetwork fast = EventPropCompiler(options_of({})).compile(network);
            for (const auto& [name, gradient] : fast.gradients(data.inputs(), data.targets()))
                EXPECT_LT(relative_error(gradient.values, gradients.at(name).values), 1e-4) << name;
        }
    }
}

TEST(TrainedParameterErrors, SayWhatIsWrong) {
    using testing::HasSubstr;
    const EventPropCompiler compiler(options_of({}));
    const auto refused = [&](Trained trained) {
        return message_of([&] { compiler.compile(network_of(trained)); });
    };
    EXPECT_THAT(message_of([] { (void)trainable(1.0, {.lower = 2.0, .upper = 1.0}); }),
                HasSubstr("lower is 2 and upper is 1"));
    EXPECT_THAT(refused({.tau_mem = trainable(20.0, {.upper = 10.0})}),
                HasSubstr("hidden.tau_mem is 20, but is to be trained between 1 and 10"));
    EXPECT_THAT(refused({.tau_mem = trainable(20.0, {.lower = -1.0})}),
                HasSubstr("the lower bound of hidden.tau_mem is -1 ms"));
    CompiledTrainingNetwork network = compiler.compile(network_of(all_trained(true)));
    EXPECT_THAT(message_of([&] { (void)network.parameter("hidden.tau_men"); }),
                HasSubstr("hidden.tau_mem"));
    EXPECT_THAT(message_of([&] { network.set_parameter("hidden.tau_mem", Array(Shape{2})); }),
                HasSubstr("it has shape (20,)"));
    EXPECT_THAT(message_of([&] {
                    network.set_parameter("output.bias", Array::vector({0.0, std::nan(""), 0.0}));
                }),
                HasSubstr("it is to be nan"));
    EventPropOptions unknown = options_of({});
    unknown.parameter_optimisers.by_name = {{"hidden.tau", Adam()}};
    EXPECT_THAT(
        message_of([&] { EventPropCompiler(unknown).compile(network_of(all_trained(false))); }),
        HasSubstr("there is no trainable parameter 'hidden.tau'"));
    EXPECT_THAT(
        message_of([&] { (void)compiler.compile(network_of({})).parameter("hidden.tau_mem"); }),
        HasSubstr("mark it in the description"));
}

}  // namespace
}  // namespace saltus::test
