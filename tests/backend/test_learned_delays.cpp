// Delays that training changes, on every backend: against networks with the same delays that are
// not learned, against updates by hand, and against differences of the loss with exact spike times.
#include <cmath>
#include <functional>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/connectivity/conv_2d.hpp>
#include <saltus/connectivity/sparse.hpp>
#include <saltus/initializers/uniform.hpp>
#include <saltus/runtime/conn_var_recorder.hpp>

#include "support/networks.hpp"
#include "support/value_data.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kInputs = 12;
constexpr std::size_t kHidden = 20;
constexpr std::size_t kOutputs = 3;
constexpr std::size_t kSteps = 30;
const std::vector<std::string> kAll = {"in", "back", "out"};

/// Delays of a small recurrent network: dense ones, and of sparse synapses that come back.
struct Delays {
    InitValue in = 0.0;
    InitValue back = 0.0;
    InitValue out = 0.0;
    std::optional<std::size_t> most = 6;
};

std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> back_synapses() {
    std::vector<std::uint32_t> pre;
    std::vector<std::uint32_t> post;
    // Not in the order of their sources, and one target twice.
    for (std::uint32_t k = 0; k < 60; ++k) {
        pre.push_back((7 * k + 3) % kHidden);
        post.push_back((11 * k + k / 20) % kHidden);
    }
    pre.push_back(pre[0]);
    post.push_back(post[0]);
    return {pre, post};
}
constexpr std::size_t kBack = 61;

Network network_of(const Delays& delays, double weight = 1.4) {
    Numbers numbers(4);
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{kInputs}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{kHidden}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{kOutputs}, "output");
    network.connect(input, hidden, Dense(numbers.dyadic(kInputs, kHidden, weight, 1.0), delays.in),
                    Exponential(), "in", delays.most);
    const auto [pre, post] = back_synapses();
    network.connect(
        hidden, hidden,
        Sparse::from_coo(pre, post, numbers.dyadic(1, kBack, 0.0, 0.8).values, delays.back),
        Exponential(), "back", delays.most);
    network.connect(hidden, output, Dense(numbers.dyadic(kHidden, kOutputs, 0.0, 1.0), delays.out),
                    Exponential(), "out", delays.most);
    return network;
}

/// Whole delays, different ones.
std::vector<double> whole(std::size_t count, std::size_t seed) {
    std::vector<double> values;
    for (std::size_t k = 0; k < count; ++k)
        values.push_back(static_cast<double>((k * 5 + seed) % 7));
    return values;
}

Delays whole_delays() {
    return {.in = Array(Shape{kInputs, kHidden}, whole(kInputs * kHidden, 1)),
            .back = whole(kBack, 2),
            .out = Array(Shape{kHidden, kOutputs}, whole(kHidden * kOutputs, 3))};
}

EventPropOptions options_of(const BackendOptions& backend,
                            std::vector<std::string> learned = kAll) {
    EventPropOptions options;
    options.example_timesteps = kSteps;
    options.batch_size = 8;
    options.optimiser = Adam{.alpha = 0.01};
    options.delay_optimiser = Adam{.alpha = 0.1};
    options.delay_learn_conns = std::move(learned);
    options.backend = backend;
    return options;
}

SpikeData small_data() {
    Numbers numbers(2);
    return separable_spikes(numbers, 24, kInputs, kSteps, kOutputs);
}

/// The same spikes at exact times, none of them at the same one.
Inputs trains_of(const SpikeData& data) {
    auto trains = std::make_shared<SpikeTrains>(kInputs);
    SpikeList list;
    for (std::size_t example = 0; example < data.labels.size(); ++example) {
        data.spikes->unpack(example, list);
        std::vector<Spike> spikes;
        for (std::size_t step = 0; step < kSteps; ++step) {
            for (std::size_t k = list.step_begin[step]; k < list.step_begin[step + 1]; ++k) {
                const double shift = std::fmod(0.37 * static_cast<double>(k + 3 * step), 1.0);
                spikes.push_back({list.neurons[k], 0.8 * (static_cast<double>(step) + shift)});
            }
        }
        trains->append(spikes);
    }
    return {{"input", std::shared_ptr<const SpikeTrains>(trains)}};
}

std::string message_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const ModelError& error) {
        return error.what();
    }
    return "nothing was thrown";
}

double largest_of(const std::vector<double>& values) {
    double largest = 0.0;
    for (const double value : values)
        largest = std::max(largest, std::abs(value));
    return largest;
}

class LearnedDelays : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP();
    }
    SpikeData data_ = small_data();
};

TEST_P(LearnedDelays, BeginAsTheSameNetworkWithoutLearning) {
    const Network network = network_of(whole_delays());
    CompiledTrainingNetwork learned =
        EventPropCompiler(options_of(GetParam().options)).compile(network);
    CompiledTrainingNetwork fixed =
        EventPropCompiler(options_of(GetParam().options, {})).compile(network);
    EXPECT_LT(relative_error(learned.predict(data_.inputs()).at("output").values,
                             fixed.predict(data_.inputs()).at("output").values),
              1e-5);
    const auto gradients = learned.gradients(data_.inputs(), data_.targets());
    const auto expected = fixed.gradients(data_.inputs(), data_.targets());
    const auto by_delays = fixed.delay_gradients(data_.inputs(), data_.targets());
    const auto of_learned = learned.delay_gradients(data_.inputs(), data_.targets());
    for (const std::string& name : kAll) {
        SCOPED_TRACE(name);
        EXPECT_LT(relative_error(gradients.at(name).values, expected.at(name).values), 2e-4);
        EXPECT_GT(largest_of(by_delays.at(name).values), 1e-5);
        const Array& found = gradients.at(name + ".delay");
        EXPECT_EQ(found.shape, learned.weights(name).shape);
        EXPECT_LT(relative_error(found.values, by_delays.at(name).values), 2e-4);
        EXPECT_LT(relative_error(of_learned.at(name).values, by_delays.at(name).values), 2e-4);
    }
}

TEST_P(LearnedDelays, HaveTheGradientsOfTheReference) {
    // Fractions are rounded when they are used.
    const Network network = network_of({.in = Uniform(0.0, 6.0), .back = 2.0, .out = "uniform"});
    const auto gradients = [&](const BackendOptions& backend) {
        return EventPropCompiler(options_of(backend))
            .compile(network)
            .gradients(data_.inputs(), data_.targets());
    };
    const auto found = gradients(GetParam().options);
    for (const auto& [name, gradient] : gradients(backend_case("reference64").options)) {
        EXPECT_GT(largest_of(gradient.values), 1e-6) << name;
        EXPECT_LT(relative_error(found.at(name).values, gradient.values), 2e-4) << name;
    }
}

TEST_P(LearnedDelays, OfNegativeSpikesCountWithTheirSign) {
    const auto compile = [](const BackendOptions& backend, std::vector<std::string> learned) {
        Numbers numbers(4);
        Network network(EventPropCompiler::default_params());
        Population& input =
            network.population(BinarySpikeInput({.signed_spikes = true, .input_frames = kSteps}),
                               Shape{kInputs}, "input");
        Population& hidden = network.population(LeakyIntegrateFire(), Shape{kHidden}, "hidden");
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{kOutputs}, "output");
        network.connect(input, hidden,
                        Dense(numbers.dyadic(kInputs, kHidden, 0.0, 2.0), whole_delays().in),
                        Exponential(), "in", 6);
        network.connect(hidden, output, Dense(numbers.dyadic(kHidden, kOutputs, 0.0, 1.0)),
                        Exponential(), "out");
        return EventPropCompiler(options_of(backend, std::move(learned))).compile(network);
    };
    const Inputs signs = value_inputs(random_signs(5, 6, kSteps, kInputs, 0.2));
    const Labels labels{{"output", {0, 1, 2, 0, 1, 2}}};
    CompiledTrainingNetwork learned = compile(GetParam().options, {"in"});
    CompiledTrainingNetwork fixed = compile(backend_case("reference64").options, {});
    EXPECT_LT(relative_error(learned.predict(signs).at("output").values,
                             fixed.predict(signs).at("output").values),
              1e-5);
    const auto found = learned.gradients(signs, labels);
    const std::vector<double> by_delays = fixed.delay_gradients(signs, labels).at("in").values;
    EXPECT_GT(largest_of(by_delays), 1e-5);
    EXPECT_LT(relative_error(found.at("in.delay").values, by_delays), 2e-4);
    EXPECT_LT(relative_error(found.at("in").values, fixed.gradients(signs, labels).at("in").values),
              2e-4);
}

TEST_P(LearnedDelays, WhoseGradientsAreNoNumbersEndTrainingBeforeAnythingChanges) {
    CompiledTrainingNetwork network =
        EventPropCompiler(options_of(GetParam().options)).compile(network_of(whole_delays()));
    network.train(data_.inputs(), data_.targets());
    // Each factor is a number, and their products are none.
    const double huge = GetParam().single_precision ? 1e36 : 1e306;
    Array weights = network.weights("out");
    for (double& weight : weights.values)
        weight = weight < 0.0 ? -huge : huge;
    network.set_weights("out", weights);
    const TrainingState before = network.training_state();
    EXPECT_THAT(message_of([&] { network.train(data_.inputs(), data_.targets()); }),
                testing::HasSubstr("[train] "));
    const TrainingState after = network.training_state();
    EXPECT_EQ(after.num_updates, before.num_updates);
    for (const auto& [name, array] : before.weights)
        EXPECT_EQ(after.weights.at(name).values, array.values) << name;
    for (const auto& [name, array] : before.mean_gradients)
        EXPECT_EQ(after.mean_gradients.at(name).values, array.values) << name;
}

TEST_P(LearnedDelays, AreUpdatedAsByHandAndStopAtTheirBounds) {
    for (const bool is_adam : {true, false}) {
        EventPropOptions options = options_of(GetParam().options);
        options.batch_size = 24;
        const Sgd sgd{.alpha = 3e3};
        const Adam adam{.alpha = 0.3};
        if (is_adam) {
            options.delay_optimiser = adam;
        } else {
            options.delay_optimiser = sgd;
            options.clip_value = 1e-3;
        }
        CompiledTrainingNetwork network =
            EventPropCompiler(options).compile(network_of(whole_delays()));
        const auto gradients = network.gradients(data_.inputs(), data_.targets());
        std::map<std::string, std::vector<double>> before;
        for (const std::string& name : kAll)
            before[name] = network.delays(name).values;
        network.train(data_.inputs(), data_.targets());
        std::size_t at_bounds = 0;
        for (const std::string& name : kAll) {
            const std::vector<double> after = network.delays(name).values;
            const std::vector<double>& g = gradients.at(name + ".delay").values;
            for (std::size_t k = 0; k < after.size(); ++k) {
                // The first update of Adam divides the gradient by its own magnitude.
                const double change = is_adam ? adam.alpha * g[k] / (std::abs(g[k]) + adam.epsilon)
                                              : sgd.alpha * std::clamp(g[k], -1e-3, 1e-3);
                const double expected = std::clamp(before[name][k] - change, 0.0, 6.0);
                EXPECT_NEAR(after[k], expected, 2e-3) << name << " " << k;
                at_bounds += expected == 0.0 || expected == 6.0 ? 1 : 0;
            }
        }
        EXPECT_GT(at_bounds, 10U);
    }
}

// Two inputs, of which the one or the other is first; a neuron that both have to excite together.
// Only delays can tell which. The weights stay as they are.
TEST_P(LearnedDelays, TellTheOrderOfSpikes) {
    auto spikes = std::make_shared<GridSpikes>(2, kSteps, 1.0);
    std::vector<std::int32_t> labels;
    for (std::size_t example = 0; example < 16; ++example) {
        SpikeList list{{0}, {}, {}};
        const std::size_t first = 1 + example % 3;
        for (std::size_t step = 0; step < kSteps; ++step) {
            if (step == first) list.neurons.push_back(static_cast<std::uint32_t>(example % 2));
            if (step == first + 5)
                list.neurons.push_back(static_cast<std::uint32_t>(1 - example % 2));
            list.step_begin.push_back(static_cast<std::uint32_t>(list.neurons.size()));
        }
        spikes->append(list);
        labels.push_back(static_cast<std::int32_t>(example % 2));
    }
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    Population& hidden =
        network.population(LeakyIntegrateFire({.tau_mem = 5.0}), Shape{8}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{2}, "output");
    const std::vector<double> delays = {3, 0, 2, 1, 4, 0, 1, 2, 0, 3, 1, 2, 0, 4, 2, 1};
    network.connect(input, hidden, Dense(4.0, Array(Shape{2, 8}, delays)), Exponential(2.0), "in",
                    10);
    std::vector<double> weights;
    for (std::size_t k = 0; k < 16; ++k)
        weights.push_back((k / 2 + k) % 2 == 0 ? 8.0 : -8.0);
    network.connect(hidden, output, Dense(Array(Shape{8, 2}, weights)), Exponential(), "out");
    EventPropOptions options = options_of(GetParam().options, {"in"});
    options.batch_size = 16;
    options.optimiser = Sgd{.alpha = 0.0};
    options.delay_optimiser = Adam{.alpha = 0.1};
    CompiledTrainingNetwork compiled = EventPropCompiler(options).compile(network);
    TrainOptions training;
    training.num_epochs = 80;
    const Inputs inputs{{"input", std::shared_ptr<const GridSpikes>(spikes)}};
    const Labels targets{{"output", labels}};
    const auto results = compiled.train(inputs, targets, training);
    EXPECT_LT(results.back().metrics.at("loss"), 0.5 * results.front().metrics.at("loss"));
    EXPECT_EQ(compiled.evaluate(inputs, targets).at("accuracy"), 1.0);
    EXPECT_THAT(compiled.weights("in").values, testing::Each(4.0));
    EXPECT_THAT(compiled.delays("in").values,
                testing::Each(testing::AllOf(testing::Ge(0.0), testing::Le(10.0))));
}

TEST_P(LearnedDelays, OfOneNumberBecomeOneOfEachSynapse) {
    CompiledTrainingNetwork network =
        EventPropCompiler(options_of(GetParam().options, {"in"}))
            .compile(network_of({.in = 2.0, .back = 1.0, .out = 3.0}));
    EXPECT_EQ(network.parameters(), std::vector<std::string>{"in.delay"});
    EXPECT_THAT(network.delays("in").values, testing::Each(2.0));
    network.train(data_.inputs(), data_.targets());
    const Array delays = network.delays("in");
    EXPECT_EQ(delays.shape, (Shape{kInputs, kHidden}));
    EXPECT_EQ(delays.values, network.parameter("in.delay").values);
    EXPECT_THAT(delays.values, testing::Contains(testing::Gt(2.01)));
    EXPECT_THAT(delays.values, testing::Contains(testing::Lt(1.99)));
    EXPECT_THAT(network.delays("back").values, testing::ElementsAre(1.0));
    EXPECT_EQ(network.synapses("in").delay[5],
              static_cast<std::uint32_t>(std::round(delays.values[5])));
}

TEST_P(LearnedDelays, GoOnFromAStateAsIfNeverInterrupted) {
    const EventPropCompiler compiler(options_of(GetParam().options));
    const Network network = network_of(whole_delays());
    CompiledTrainingNetwork whole = compiler.compile(network);
    TrainOptions training;
    training.num_epochs = 4;
    whole.train(data_.inputs(), data_.targets(), training);
    CompiledTrainingNetwork first = compiler.compile(network);
    training.num_epochs = 2;
    first.train(data_.inputs(), data_.targets(), training);
    CompiledTrainingNetwork second = compiler.compile(network);
    second.restore(first.training_state());
    EXPECT_EQ(second.predict(data_.inputs()).at("output").values,
              first.predict(data_.inputs()).at("output").values);
    training.start_epoch = 2;
    second.train(data_.inputs(), data_.targets(), training);
    for (const std::string& name : kAll) {
        EXPECT_EQ(second.delays(name).values, whole.delays(name).values) << name;
        EXPECT_EQ(second.weights(name).values, whole.weights(name).values) << name;
    }
}

TEST_P(LearnedDelays, OfAStateThatIsOutOfBoundsAreRefusedAndAllStays) {
    CompiledTrainingNetwork network =
        EventPropCompiler(options_of(GetParam().options)).compile(network_of(whole_delays()));
    const TrainingState good = network.training_state();
    for (const double value : {7.0, -0.5, std::nan(""), std::numeric_limits<double>::infinity()}) {
        TrainingState bad = good;
        bad.weights.at("in").values[0] = 123.0;
        bad.weights.at("back.delay").values[3] = value;
        EXPECT_THAT(message_of([&] { network.restore(bad); }), testing::HasSubstr("back.delay"));
        EXPECT_EQ(network.weights("in").values, good.weights.at("in").values);
        EXPECT_EQ(network.delays("back").values, good.weights.at("back.delay").values);
        Array set = network.delays("back");
        set.values[3] = value;
        EXPECT_THAT(message_of([&] { network.set_parameter("back.delay", set); }),
                    testing::HasSubstr("[Parameter back.delay] it is to be "));
    }
}

TEST_P(LearnedDelays, AreThoseOfTracesStreamsAndOtherNetworks) {
    CompiledTrainingNetwork network =
        EventPropCompiler(options_of(GetParam().options)).compile(network_of(whole_delays()));
    TrainOptions training;
    training.num_epochs = 5;
    network.train(data_.inputs(), data_.targets(), training);
    const Trace trace = network.trace(data_.inputs(), 1);
    const Array readouts = network.predict(data_.inputs()).at("output");
    for (std::size_t k = 0; k < kOutputs; ++k)
        EXPECT_NEAR(trace.readouts.at("output").values[k], readouts.values[kOutputs + k], 1e-5);
    // A network that is described with what was learned, in whole steps or not.
    Delays found;
    found.in = network.delays("in");
    found.out = network.delays("out");
    InferenceOptions inference;
    inference.evaluate_timesteps = kSteps;
    inference.backend = GetParam().options;
    inference.delay_learn_conns = {"back"};
    CompiledNetwork other = InferenceCompiler(inference).compile(network_of(found));
    for (const std::string& name : kAll)
        other.set_weights(name, network.weights(name));
    other.set_parameter("back.delay", network.parameter("back.delay"));
    const Array of_other = other.predict(data_.inputs()).at("output");
    for (std::size_t k = 0; k < readouts.size(); ++k)
        EXPECT_NEAR(of_other.values[k], readouts.values[k], 1e-5);
    // Step by step.
    Stream stream = network.stream();
    SpikeList list;
    data_.spikes->unpack(1, list);
    for (std::size_t step = 0; step < kSteps; ++step) {
        const auto begin = list.neurons.begin();
        stream.step(
            {{"input", std::vector<std::vector<std::uint32_t>>{
                           {begin + list.step_begin[step], begin + list.step_begin[step + 1]}}}});
    }
    for (std::size_t k = 0; k < kOutputs; ++k)
        EXPECT_NEAR(stream.readout("output").values[k], readouts.values[kOutputs + k], 1e-5);
    EXPECT_GT(trace.spikes.at("hidden").neurons.size(), 20U);
}

TEST_P(LearnedDelays, AreRecordedAsTheyChange) {
    CompiledTrainingNetwork network =
        EventPropCompiler(options_of(GetParam().options)).compile(network_of(whole_delays()));
    const Array before = network.delays("in");
    auto recorder = std::make_shared<ConnVarRecorder>("in", "delay");
    TrainOptions training;
    training.callbacks = {recorder};
    training.shuffle = false;
    network.train(data_.inputs(), data_.targets(), training);
    ASSERT_EQ(recorder->data().size(), 24U);
    EXPECT_EQ(recorder->data().front().values->values, before.values);
    EXPECT_NE(recorder->data().back().values->values, before.values);
}

INSTANTIATE_TEST_SUITE_P(Backends, LearnedDelays, testing::ValuesIn(all_backends()),
                         BackendLabel());

TEST(LearnedDelaysOfThreads, AreTheSameBits) {
    const SpikeData data = small_data();
    for (const bool is_exact : {false, true}) {
        std::map<int, std::vector<double>> found;
        for (const int threads : {1, 2, 3}) {
            EventPropOptions options = options_of({});
            options.exact_spike_times = is_exact;
            options.backend.threads = threads;
            options.clip_norm = 0.1;
            Delays delays = whole_delays();
            delays.back = 2.0;
            CompiledTrainingNetwork network =
                EventPropCompiler(options).compile(network_of(delays));
            TrainOptions training;
            training.num_epochs = 3;
            network.train(is_exact ? trains_of(data) : data.inputs(), data.targets(), training);
            for (const std::string& name : kAll) {
                for (const Array& values : {network.delays(name), network.weights(name)})
                    found[threads].insert(found[threads].end(), values.values.begin(),
                                          values.values.end());
            }
        }
        EXPECT_EQ(found.at(1), found.at(2));
        EXPECT_EQ(found.at(1), found.at(3));
    }
}

/// With exact spike times, in float64.
CompiledTrainingNetwork compile_exactly(const Delays& delays, std::vector<std::string> learned,
                                        double dt = 1.0) {
    EventPropOptions options = options_of(backend_case("reference64").options, std::move(learned));
    options.exact_spike_times = true;
    options.dt = dt;
    return EventPropCompiler(options).compile(network_of(delays));
}

TEST(LearnedDelaysOfExactTimes, HaveGradientsThatAreDifferencesOfTheLoss) {
    const SpikeData data = small_data().select({0, 1, 2});
    // Those at 0 can only grow.
    const Delays fractions{.in = Uniform(0.0, 5.0), .back = Uniform(1.1, 4.0), .out = 0.0};
    // Delays and their gradients are in timesteps, whatever these are.
    for (const double dt : {1.0, 2.0}) {
        CompiledTrainingNetwork network = compile_exactly(fractions, kAll, dt);
        std::map<std::string, double> greatest;
        for (const CheckedGradient& checked :
             network.check_gradients(trains_of(data), data.targets(), 12)) {
            EXPECT_LT(checked.error, 2e-6) << checked.connection << " " << checked.weight;
            double& most = greatest[checked.connection];
            most = std::max(most, std::abs(checked.difference));
        }
        for (const std::string& name : kAll)
            EXPECT_GT(greatest[name + ".delay"], 1e-5) << name;
    }
}

TEST(LearnedDelaysOfExactTimes, OfOneNumberAreThatOfAConnection) {
    const SpikeData data = small_data();
    const Delays delays{.in = 1.3, .back = 1.7, .out = 0.4};
    CompiledTrainingNetwork learned = compile_exactly(delays, kAll);
    CompiledTrainingNetwork fixed = compile_exactly(delays, {});
    const Inputs inputs = trains_of(data);
    EXPECT_LT(relative_error(learned.predict(inputs).at("output").values,
                             fixed.predict(inputs).at("output").values),
              1e-9);
    const auto gradients = learned.gradients(inputs, data.targets());
    const auto by_delays = fixed.delay_gradients(inputs, data.targets());
    for (const std::string& name : kAll) {
        double sum = 0.0;
        for (const double value : gradients.at(name + ".delay").values)
            sum += value;
        EXPECT_NEAR(sum, by_delays.at(name).values[0],
                    1e-7 * largest_of(gradients.at(name + ".delay").values))
            << name;
        EXPECT_LT(relative_error(gradients.at(name).values,
                                 fixed.gradients(inputs, data.targets()).at(name).values),
                  1e-7);
    }
}

TEST(LearnedDelaysOfExactTimes, NeedNotBeWholeAndAreReadBack) {
    const SpikeData data = small_data();
    const Inputs inputs = trains_of(data);
    CompiledTrainingNetwork network = compile_exactly({.in = 1.0, .back = 1.0, .out = 0.0}, kAll);
    TrainOptions training;
    training.num_epochs = 4;
    const auto results = network.train(inputs, data.targets(), training);
    EXPECT_LT(results.back().metrics.at("loss"), results.front().metrics.at("loss"));
    // What comes back takes a step at least.
    EXPECT_THAT(network.delays("back").values, testing::Each(testing::Ge(1.0)));
    EXPECT_THAT(network.delays("back").values, testing::Contains(1.0));
    EXPECT_THAT(network.delays("out").values, testing::Each(testing::Ge(0.0)));
    Delays found;
    found.in = network.delays("in");
    found.out = network.delays("out");
    found.back = 1.0;
    InferenceOptions inference;
    inference.evaluate_timesteps = kSteps;
    inference.exact_spike_times = true;
    inference.delay_learn_conns = {"back"};
    CompiledNetwork other = InferenceCompiler(inference).compile(network_of(found));
    for (const std::string& name : kAll)
        other.set_weights(name, network.weights(name));
    other.set_parameter("back.delay", network.parameter("back.delay"));
    EXPECT_EQ(other.delays("in").values, network.delays("in").values);
    EXPECT_EQ(other.predict(inputs).at("output").values,
              network.predict(inputs).at("output").values);
}

std::string refusal(const Delays& delays, const std::vector<std::string>& learned,
                    const std::function<void(EventPropOptions&)>& change = {}) {
    EventPropOptions options = options_of({}, learned);
    if (change) change(options);
    return message_of([&] { EventPropCompiler(options).compile(network_of(delays)); });
}

TEST(LearnedDelaysErrors, SayWhatIsWrong) {
    using testing::HasSubstr;
    EXPECT_THAT(refusal({}, {"inn"}),
                HasSubstr("[delay_learn_conns] there is no connection 'inn'; did you mean 'in'?"));
    EXPECT_THAT(refusal({.most = {}}, {"in"}),
                HasSubstr("[Connection in] its delays are learned, and how long they may become is "
                          "not known; give the connection max_delay_steps"));
    EXPECT_THAT(refusal({.in = 6.5}, {"in"}),
                HasSubstr("[Connection in] a delay is 6.5 timesteps, more than max_delay_steps 6"));
    EXPECT_THAT(refusal({}, {"in"}, [](auto& o) { o.delay_optimiser = Adam{.alpha = -1.0}; }),
                HasSubstr("alpha is -1"));
    EXPECT_THAT(refusal({}, {"in"},
                        [](auto& o) {
                            o.parameter_optimisers.by_name = {{"in.delay", Adam()}};
                        }),
                HasSubstr("[Parameter in.delay] learned delays have an optimiser of their own; "
                          "give it as delay_optimiser"));
    EXPECT_THAT(refusal({.back = 0.5}, {"back"}, [](auto& o) { o.exact_spike_times = true; }),
                HasSubstr("its delay is 0.5 timesteps"));
    EXPECT_THAT(refusal({.most = 0}, {"back"}, [](auto& o) { o.exact_spike_times = true; }),
                HasSubstr("a delay of at least 1 timestep, and max_delay_steps is 0"));
    EXPECT_THAT(refusal({.in = 1.5}, {}), HasSubstr("delay is 1.5 timesteps"));
}

TEST(LearnedDelaysErrors, OfSharedWeightsAndSynapsesThatNoMemoryHolds) {
    using testing::HasSubstr;
    const auto refused = [](const Connectivity& connectivity,
                            const std::vector<MatrixType>& types) {
        Network network(EventPropCompiler::default_params());
        Population& input = network.population(SpikeInput(), Shape{4, 4, 1}, "input");
        Population& hidden = network.population(LeakyIntegrateFire(), {}, "hidden");
        network.connect(input, hidden, connectivity, Exponential(), "in", 4);
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{2}, "output");
        network.connect(hidden, output, Dense(0.1), Exponential(), "out");
        EventPropOptions options = options_of({}, {"in"});
        options.matrix_types = types;
        return message_of([&] { EventPropCompiler(options).compile(network); });
    };
    EXPECT_THAT(refused(Conv2D(0.1, 2, {3, 3}), {}),
                HasSubstr("[Connection in] its delays cannot be learned: synapses of 'conv_2d' "
                          "have no weights of their own"));
    EXPECT_THAT(refused(Conv2D(0.1, 2, {3, 3}), {MatrixType::kSparse, MatrixType::kDense}),
                HasSubstr("learn the delays of Dense or of sparse connectivity"));
}

}  // namespace
}  // namespace saltus::test
