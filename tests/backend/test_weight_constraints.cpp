// What weights keep to while they are trained, on every backend.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <saltus/common/errors.hpp>
#include <saltus/compilers/e_prop_compiler.hpp>
#include <saltus/compilers/surrogate_compiler.hpp>
#include <saltus/connectivity/conv_2d.hpp>
#include <saltus/connectivity/fixed_probability.hpp>
#include <saltus/initializers/normal.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kSteps = 20;
const char* const kHidden = "input->hidden";
const char* const kOutput = "hidden->output";

using Weights = std::map<std::string, std::vector<double>>;

Weights weights_of(const CompiledNetwork& network) {
    Weights weights;
    for (const std::string& name : network.connections())
        weights[name] = network.weights(name).values;
    return weights;
}

/// The connectivity between an input of 4 x 4 x 2 neurons and a hidden population of 3 x 3 x 5.
enum class Kind { kDense, kSparse, kKernel };

Network network_of(Kind kind, std::uint64_t seed = 3) {
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{4, 4, 2}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{3, 3, 5}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{3}, "output");
    Numbers numbers(seed);
    const Normal drawn(2.0, 2.5);
    if (kind == Kind::kDense) network.connect(input, hidden, Dense(drawn), Exponential());
    if (kind == Kind::kSparse)
        network.connect(input, hidden, FixedProbability(0.5, drawn), Exponential());
    if (kind == Kind::kKernel) network.connect(input, hidden, Conv2D(drawn, 5, 2), Exponential());
    network.connect(hidden, output, Dense(Normal(0.0, 0.5)), Exponential());
    return network;
}

/// The norm that each weight takes part in.
std::vector<std::size_t> groups_of(Kind kind, const CompiledNetwork& network) {
    const std::size_t count = network.weights(kHidden).size();
    std::vector<std::size_t> groups;
    if (kind == Kind::kSparse) {
        for (const std::uint32_t post : network.synapses(kHidden).post)
            groups.push_back(post);
        return groups;
    }
    for (std::size_t k = 0; k < count; ++k)
        groups.push_back(k % (kind == Kind::kDense ? 45 : 5));
    return groups;
}

void bound_norms(double most, const std::vector<std::size_t>& groups,
                 std::vector<double>& weights) {
    std::map<std::size_t, double> squares;
    for (std::size_t k = 0; k < weights.size(); ++k)
        squares[groups[k]] += weights[k] * weights[k];
    for (std::size_t k = 0; k < weights.size(); ++k)
        weights[k] *= std::min(1.0, most / std::sqrt(squares[groups[k]]));
}

void constrain(const WeightConstraint& constraint, const std::vector<double>& before,
               const std::vector<std::size_t>& groups, std::vector<double>& weights) {
    for (std::size_t k = 0; k < weights.size(); ++k) {
        if (constraint.keeps_sign && std::signbit(before[k]) != std::signbit(weights[k]))
            weights[k] = 0.0;
        weights[k] = std::clamp(weights[k], constraint.lower, constraint.upper);
    }
    if (constraint.bounds_norm())
        bound_norms(constraint.max_norm,
                    constraint.norm_of == NormOf::kNeuron
                        ? groups
                        : std::vector<std::size_t>(weights.size(), 0),
                    weights);
}

struct Case {
    const char* name;
    WeightConstraint constraint;
};

const Case kCases[] = {
    {"bounds", {.lower = -0.5, .upper = 2.5}},
    {"lower", {.lower = 2.25}},
    {"upper", {.upper = 2.3}},
    {"one_value", {.lower = 1.1, .upper = 1.1}},
    {"sign", {.keeps_sign = true}},
    {"norm", {.max_norm = 6.0}},
    {"whole_norm", {.max_norm = 18.0, .norm_of = NormOf::kConnection}},
    {"all", {.lower = -1.0, .upper = 3.5, .keeps_sign = true, .max_norm = 5.0}},
};

EventPropOptions options_of(const BackendOptions& backend, const Optimiser& optimiser,
                            const WeightConstraints& constraints) {
    EventPropOptions options;
    options.example_timesteps = kSteps;
    options.batch_size = 6;
    options.optimiser = optimiser;
    options.weight_constraints = constraints;
    options.backend = backend;
    return options;
}

class Constraints : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "there is no compiler";
    }
};

TEST_P(Constraints, HoldFromTheBeginningAndAfterEveryUpdate) {
    Numbers numbers(5);
    const SpikeData data = separable_spikes(numbers, 6, 32, kSteps, 3);
    const double tolerance = GetParam().single_precision ? 1e-5 : 1e-12;
    std::map<std::string, std::size_t> moved;
    for (const Kind kind : {Kind::kDense, Kind::kSparse, Kind::kKernel}) {
        const Network description = network_of(kind);
        const Sgd descent{.alpha = 40.0};
        const auto plain = EventPropCompiler(options_of(GetParam().options, descent, {}))
                               .compile(description)
                               .weights(kHidden)
                               .values;
        for (const Case& given : kCases) {
            CompiledTrainingNetwork network =
                EventPropCompiler(
                    options_of(GetParam().options, descent, {{kHidden, given.constraint}}))
                    .compile(description);
            const std::vector<std::size_t> groups = groups_of(kind, network);
            std::vector<double> expected = plain;
            constrain(given.constraint, plain, groups, expected);
            for (int n = 0; n < 3; ++n) {
                const std::vector<double> before = network.weights(kHidden).values;
                ASSERT_LT(absolute_error(before, expected), tolerance) << given.name << n;
                const auto gradient =
                    network.gradients(data.inputs(), data.targets()).at(kHidden).values;
                for (std::size_t k = 0; k < expected.size(); ++k) {
                    expected[k] = before[k] - descent.alpha * gradient[k];
                    moved[given.name] += std::abs(descent.alpha * gradient[k]) > 0.01 ? 1 : 0;
                }
                constrain(given.constraint, before, groups, expected);
                network.train(data.inputs(), data.targets(), {.shuffle = false});
            }
            EXPECT_LT(absolute_error(network.weights(kHidden).values, expected), tolerance);
        }
    }
    for (const Case& given : kCases)
        EXPECT_GT(moved[given.name], 100U) << given.name << ": updates would reach nothing";
}

TEST_P(Constraints, OfFoldedAndRecurrentConnections) {
    Numbers numbers(5);
    const SpikeData data = separable_spikes(numbers, 6, 12, kSteps, 3);
    for (const bool recurrent : {false, true}) {
        const WeightConstraint constraint{.lower = -0.25, .upper = 0.2, .max_norm = 0.5};
        WeightConstraints constraints{{kHidden, {.max_norm = 2.0}}, {kOutput, constraint}};
        if (recurrent) constraints["hidden->hidden"] = constraint;
        CompiledTrainingNetwork network =
            EventPropCompiler(options_of(GetParam().options, Adam{.alpha = 0.05}, constraints))
                .compile(small_network({.recurrent = recurrent}));
        network.train(data.inputs(), data.targets(), {.num_epochs = 4});
        for (const auto& [name, given] : constraints) {
            const Array weights = network.weights(name);
            const std::size_t columns = weights.shape[1];
            std::vector<double> squares(columns, 0.0);
            for (std::size_t k = 0; k < weights.size(); ++k) {
                squares[k % columns] += weights.values[k] * weights.values[k];
                EXPECT_GE(weights.values[k], given.lower - 1e-8) << name;
                EXPECT_LE(weights.values[k], given.upper + 1e-8) << name;
            }
            double greatest = 0.0;
            for (const double square : squares) {
                EXPECT_LT(std::sqrt(square), given.max_norm * (1.0 + 1e-6)) << name;
                greatest = std::max(greatest, std::sqrt(square));
            }
            EXPECT_GT(greatest, given.max_norm * 0.99) << name << ": no norm reached its bound";
        }
    }
}

// Rows of weights in memory end in some that are none.
TEST_P(Constraints, ThatExcludeZeroReachNoOtherNumbers) {
    Numbers numbers(5);
    const SpikeData data = separable_spikes(numbers, 6, 12, kSteps, 3);
    for (const bool recurrent : {false, true}) {
        WeightConstraints constraints{{kHidden, {.lower = 3.0}}, {kOutput, {.lower = 0.25}}};
        if (recurrent) constraints["hidden->hidden"] = {.lower = 0.1};
        for (const bool fold : {false, true}) {
            const auto trained = [&](const BackendOptions& backend) {
                EventPropOptions options = options_of(backend, Sgd{.alpha = 0.1}, constraints);
                options.fold_readouts = fold;
                CompiledTrainingNetwork network =
                    EventPropCompiler(options).compile(small_network({.recurrent = recurrent}));
                network.train(data.inputs(), data.targets(), {.num_epochs = 3, .shuffle = false});
                return network;
            };
            CompiledTrainingNetwork network = trained(GetParam().options);
            CompiledTrainingNetwork expected = trained(backend_case("reference64").options);
            // Readouts, since what all outputs get alike is lost in the loss.
            EXPECT_LT(absolute_error(network.predict(data.inputs()).at("output").values,
                                     expected.predict(data.inputs()).at("output").values),
                      1e-4)
                << recurrent << fold;
            for (const auto& [name, gradient] :
                 expected.gradients(data.inputs(), data.targets())) {
                const Array found = network.gradients(data.inputs(), data.targets()).at(name);
                EXPECT_LT(relative_error(found.values, gradient.values), 1e-3)
                    << name << recurrent << fold;
            }
        }
    }
}

TEST_P(Constraints, SignsOutliveZerosAndCheckpoints) {
    Numbers numbers(8);
    const SpikeData data = separable_spikes(numbers, 12, 12, kSteps, 3);
    for (const Optimiser& optimiser :
         {Optimiser(Adam{.alpha = 0.05}), Optimiser(AdamW{.alpha = 0.05}),
          Optimiser(Sgd{.alpha = 20.0, .momentum = 0.8})}) {
        const EventPropCompiler compiler(
            options_of(GetParam().options, optimiser,
                       {{kHidden, {.keeps_sign = true}}, {kOutput, {.keeps_sign = true}}}));
        CompiledTrainingNetwork whole = compiler.compile(small_network({}));
        const Weights first = weights_of(whole);
        std::size_t zeros = 0;
        std::size_t returned = 0;
        Weights before = first;
        for (std::size_t epoch = 0; epoch < 8; ++epoch) {
            whole.train(data.inputs(), data.targets(), {.start_epoch = epoch});
            const Weights now = weights_of(whole);
            for (const auto& [name, values] : now) {
                for (std::size_t k = 0; k < values.size(); ++k) {
                    ASSERT_EQ(std::signbit(values[k]), std::signbit(first.at(name)[k])) << name;
                    zeros += values[k] == 0.0 ? 1 : 0;
                    returned += before[name][k] == 0.0 && values[k] != 0.0 ? 1 : 0;
                }
            }
            before = now;
        }
        EXPECT_GT(zeros, 0U);
        EXPECT_GT(returned, 0U) << optimiser_name(optimiser);
        CompiledTrainingNetwork half = compiler.compile(small_network({}));
        half.train(data.inputs(), data.targets(), {.num_epochs = 4});
        CompiledTrainingNetwork rest = compiler.compile(small_network({}));
        rest.restore(half.training_state());
        rest.train(data.inputs(), data.targets(), {.num_epochs = 4, .start_epoch = 4});
        EXPECT_EQ(weights_of(rest), weights_of(whole)) << optimiser_name(optimiser);
    }
}

/// Options of the other compilers, with one bound.
template <class Options>
Options bounded(const BackendOptions& backend) {
    Options options;
    options.example_timesteps = kSteps;
    options.batch_size = 4;
    options.optimiser = Adam{.alpha = 0.05};
    options.weight_constraints = {{kHidden, {.lower = -0.5, .upper = 1.2}}};
    options.backend = backend;
    return options;
}

TEST_P(Constraints, OfEveryCompiler) {
    Numbers numbers(8);
    const SpikeData data = separable_spikes(numbers, 8, 12, kSteps, 3);
    std::vector<CompiledTrainingNetwork> networks;
    const BackendOptions& backend = GetParam().options;
    networks.push_back(
        EventPropCompiler(bounded<EventPropOptions>(backend)).compile(small_network({})));
    networks.push_back(
        SurrogateCompiler(bounded<SurrogateOptions>(backend)).compile(small_network({})));
    networks.push_back(EPropCompiler(bounded<EPropOptions>(backend)).compile(small_network({})));
    if (backend.name != "reference") {
        EventPropOptions exact = bounded<EventPropOptions>(backend);
        exact.exact_spike_times = true;
        networks.push_back(EventPropCompiler(exact).compile(small_network({})));
    }
    for (CompiledTrainingNetwork& network : networks) {
        const std::vector<double> before = network.weights(kHidden).values;
        network.train(data.inputs(), data.targets(), {.num_epochs = 2});
        const std::vector<double> after = network.weights(kHidden).values;
        EXPECT_NE(before, after);
        for (const double weight : after) {
            EXPECT_GE(weight, -0.5 - 1e-7);
            EXPECT_LE(weight, 1.2 + 1e-7);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, Constraints, testing::ValuesIn(all_backends()), BackendLabel());

// Bounds that no float32 equals, and scales that are no powers of two.
TEST(WeightBounds, HoldExactlyOnTheCpu) {
    Numbers numbers(8);
    const SpikeData data = separable_spikes(numbers, 12, 12, kSteps, 3);
    CompiledTrainingNetwork network =
        EventPropCompiler(options_of({}, Adam{.alpha = 0.05},
                                     {{kHidden, {.lower = -0.1, .upper = 0.1}},
                                      {kOutput, {.lower = -0.3, .upper = 0.3}}}))
            .compile(small_network({}));
    for (int n = 0; n < 3; ++n) {
        for (const auto& [name, bound] : {std::pair(kHidden, 0.1), std::pair(kOutput, 0.3)}) {
            for (const double weight : network.weights(name).values)
                EXPECT_LE(std::abs(weight), bound) << name;
        }
        network.train(data.inputs(), data.targets(), {});
    }
}

// Wide enough that two threads cut the hidden population.
TEST(WeightConstraints, GiveTheSameBitsForAnyNumberOfThreads) {
    Numbers numbers(8);
    const SpikeData data = separable_spikes(numbers, 12, 150, kSteps, 3);
    for (const NormOf norm_of : {NormOf::kNeuron, NormOf::kConnection}) {
        for (const bool fold : {false, true}) {
            std::vector<Weights> found;
            for (const int threads : {1, 2, 3}) {
                BackendOptions backend;
                backend.threads = threads;
                const WeightConstraint constraint{
                    .lower = -0.5, .keeps_sign = true, .max_norm = 0.4, .norm_of = norm_of};
                EventPropOptions options = options_of(
                    backend, Adam{.alpha = 0.01}, {{kHidden, constraint}, {kOutput, constraint}});
                options.fold_readouts = fold;
                CompiledTrainingNetwork network = EventPropCompiler(options).compile(
                    small_network({.inputs = 150, .hidden = 200}));
                network.train(data.inputs(), data.targets(), {.num_epochs = 2});
                found.push_back(weights_of(network));
            }
            EXPECT_EQ(found[1], found[0]) << fold;
            EXPECT_EQ(found[2], found[0]) << fold;
        }
    }
}

std::string error_of(const WeightConstraints& constraints) {
    try {
        EventPropCompiler(options_of({}, Adam(), constraints)).compile(small_network({}));
    } catch (const ModelError& error) {
        return error.what();
    }
    return "";
}

TEST(WeightConstraints, AreRefusedWithAReason) {
    const double none = std::nan("");
    EXPECT_EQ(error_of({{"input->hiden", {.lower = 0.0}}}),
              "[weight_constraints] there is no connection 'input->hiden'; did you mean "
              "'input->hidden'? (known are input->hidden and hidden->output)");
    EXPECT_EQ(error_of({{kHidden, {.lower = 1.0, .upper = -1.0}}}),
              "[Connection input->hidden] the lower bound 1 is above the upper bound -1; give a "
              "lower bound that is not above the upper one");
    EXPECT_EQ(error_of({{kHidden, {.lower = none}}}),
              "[Connection input->hidden] weights are to lie between nan and inf; give finite "
              "numbers, or none for no bound");
    EXPECT_EQ(error_of({{kHidden, {.upper = 1e39}}}),
              "[Connection input->hidden] a bound of weights is 1e+39, which float32 cannot "
              "hold; give a number below 3e38, or none for no bound");
    EXPECT_EQ(error_of({{kHidden, {.max_norm = 0.0}}}),
              "[Connection input->hidden] max_norm is 0; give a number greater than 0, or none "
              "for no bound");
    EXPECT_EQ(error_of({{kHidden, {.lower = 0.5, .max_norm = 1.0}}}),
              "[Connection input->hidden] weights between 0.5 and inf cannot be scaled down to "
              "max_norm 1; give bounds that include 0, or leave max_norm out");
}

TEST(WeightConstraints, NeedWeightsThatAreTrained) {
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{12}, "input");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{3}, "output");
    network.connect(input, output, FixedProbability(0.5, 1.0), Exponential());
    EventPropOptions options = options_of({}, Adam(), {{"input->output", {.lower = 0.0}}});
    options.matrix_types = {MatrixType::kProcedural};
    try {
        EventPropCompiler(options).compile(network);
        ADD_FAILURE() << "it was taken";
    } catch (const ModelError& error) {
        EXPECT_STREQ(error.what(),
                     "[Connection input->output] its weights are not trained, so that nothing "
                     "can constrain them; name a connection that is trained and keeps its weights "
                     "in memory");
    }
}

}  // namespace
}  // namespace saltus::test
