// What is refused of connections that are rewired (Deep-R).
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <saltus/connectivity/conv_2d.hpp>
#include <saltus/connectivity/fixed_number_post.hpp>
#include <saltus/connectivity/fixed_probability.hpp>
#include <saltus/connectivity/one_to_one.hpp>
#include <saltus/connectivity/sparse.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/initializers/uniform.hpp>
#include <saltus/runtime/rewiring_record.hpp>

#include "data/errors_of.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

using testing::HasSubstr;

const char* const kName = "input->hidden";
/// What model_error() says of no error.
const char* const kNothing = "[test] nothing was thrown";

Network network_of(const Connectivity& connectivity,
                   std::optional<std::size_t> max_delay_steps = {}) {
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{4, 4, 1}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{4, 4, 1}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{2}, "output");
    network.connect(input, hidden, connectivity, Exponential(), kName, max_delay_steps);
    network.connect(hidden, output, Dense(Normal()), Exponential());
    return network;
}

EventPropOptions options_of(const DeepR& deep_r) {
    EventPropOptions options;
    options.example_timesteps = 10;
    options.deep_r = deep_r;
    return options;
}

std::string problem_of(const Network& network, const EventPropOptions& options) {
    return model_error([&] { EventPropCompiler(options).compile(network); });
}

std::string problem_of(const Connectivity& connectivity,
                       std::optional<std::size_t> max_delay_steps = {}) {
    return problem_of(network_of(connectivity, max_delay_steps), options_of({{kName}}));
}

TEST(DeepRErrors, Connections) {
    EXPECT_EQ(problem_of(FixedProbability(0.5, 1.0)), kNothing);
    EXPECT_EQ(problem_of(OneToOne(1.0)), kNothing);
    EXPECT_EQ(problem_of(Dense(1.0)),
              "[Connection input->hidden] it is laid out as DENSE, and only SPARSE synapses are "
              "rewired; use a sparse connectivity, such as FixedProbability");
    EXPECT_EQ(problem_of(Dense(1.0, Uniform(0.0, 3.0)), 3),
              "[Connection input->hidden] it is laid out as DENSE, and only SPARSE synapses are "
              "rewired; use a sparse connectivity, such as FixedProbability");
    EXPECT_EQ(problem_of(FixedProbability(0.5, 1.0, false, Uniform(0.0, 3.0)), 3),
              "[Connection input->hidden] its synapses have different delays; give all synapses "
              "one delay, or do not rewire them");
    EXPECT_EQ(problem_of(Sparse::from_coo({1, 0, 1}, {2, 2, 2}, 1.0)),
              "[Connection input->hidden] two of its synapses join the same neurons; use "
              "FixedProbability, or a list in which no pair stands twice");
    EXPECT_THAT(problem_of(FixedNumberPost(15, 1.0)), HasSubstr("join the same neurons"));
    EventPropOptions options = options_of({{kName}});
    options.matrix_types = {MatrixType::kSparse, MatrixType::kDense};
    EXPECT_EQ(problem_of(network_of(Conv2D(Normal(), 1, 1)), options),
              "[Connection input->hidden] its synapses share weights; use a sparse connectivity, "
              "such as FixedProbability");
    options.matrix_types = {MatrixType::kProcedural, MatrixType::kDense};
    EXPECT_EQ(problem_of(network_of(FixedProbability(0.5, 1.0)), options),
              "[Connection input->hidden] its weights are not trained; name a connection that is "
              "trained");
}

TEST(DeepRErrors, NamesAndStrengths) {
    const Network network = network_of(FixedProbability(0.5, 1.0));
    EXPECT_EQ(problem_of(network, options_of({{"input->hiden"}})),
              "[deep_r_conns] there is no connection 'input->hiden'; did you mean "
              "'input->hidden'? (known are input->hidden and hidden->output)");
    for (const double strength : {-1.0, std::nan(""), HUGE_VAL}) {
        EXPECT_THAT(problem_of(network, options_of({{kName}, strength})),
                    HasSubstr("deep_r_l1_strength is " + std::string(strength == -1.0 ? "-1" : "")))
            << strength;
    }
}

TEST(DeepRErrors, Constraints) {
    const Network network = network_of(FixedProbability(0.5, 1.0));
    const auto problem = [&](const WeightConstraint& constraint) {
        EventPropOptions options = options_of({{kName}});
        options.weight_constraints[kName] = constraint;
        return problem_of(network, options);
    };
    EXPECT_EQ(problem({.keeps_sign = true}),
              "[Connection input->hidden] its weights keep their signs, so that none would ever be "
              "rewired; leave out keep_sign: a rewired synapse keeps its sign for as long as it "
              "lives");
    EXPECT_EQ(problem({.lower = 0.0, .upper = 2.0}),
              "[Connection input->hidden] its weights stay between 0 and 2, so that none can cross "
              "zero; give bounds with zero between them, or leave them out");
    EXPECT_THAT(problem({.upper = 0.0}), HasSubstr("between -inf and 0"));
    EXPECT_EQ(problem({.lower = -1.0, .upper = 2.0}), kNothing);
}

TEST(DeepRErrors, Records) {
    Numbers numbers(1);
    const SpikeData data = random_spikes(numbers, 4, 16, 10, 0.2, 2);
    const auto network = EventPropCompiler(options_of({{kName}}));
    const auto problem = [&](const char* name) {
        auto compiled = network.compile(network_of(FixedProbability(0.5, 1.0)));
        return model_error([&] {
            compiled.train(data.inputs(), data.targets(),
                           {.callbacks = {std::make_shared<RewiringRecord>(name)}});
        });
    };
    EXPECT_EQ(problem(kName), kNothing);
    EXPECT_EQ(problem("hidden->output"),
              "[RewiringRecord] connection 'hidden->output' is not rewired; name one of "
              "deep_r_conns");
    EXPECT_EQ(problem("input-hidden"),
              "[RewiringRecord] there is no connection 'input-hidden'; did you mean "
              "'input->hidden'? (known are input->hidden and hidden->output)");
    auto compiled = network.compile(network_of(FixedProbability(0.5, 1.0)));
    EXPECT_EQ(model_error([&] {
                  compiled.predict(data.inputs(), {std::make_shared<RewiringRecord>(kName)});
              }),
              "[RewiringRecord] connection 'input->hidden' is not rewired; use it with train()");
}

TEST(DeepRErrors, States) {
    const EventPropCompiler compiler(options_of({{kName}}));
    const Network description = network_of(FixedProbability(0.5, Normal(1.0, 1.0)));
    CompiledTrainingNetwork network = compiler.compile(description);
    const TrainingState good = network.training_state();
    const auto before = network.synapses(kName);
    const std::size_t count = before.pre.size();
    const auto problem = [&](const std::function<void(SynapsePairs&)>& spoil) {
        TrainingState state = good;
        for (auto& [name, weights] : state.weights)
            weights.values.assign(weights.values.size(), 7.0);
        spoil(state.synapses.at(kName));
        const std::string found = model_error([&] { network.restore(state); });
        EXPECT_EQ(network.synapses(kName).pre, before.pre);
        EXPECT_EQ(network.synapses(kName).weight, before.weight);
        return found;
    };
    EXPECT_THAT(problem([](auto& s) { s.pre.back() = 16; }),
                HasSubstr("has the source neuron 16, of 16"));
    EXPECT_THAT(problem([](auto& s) { s.post.front() = 4000000000U; }),
                HasSubstr("synapse 0 of 'input->hidden' has the target neuron 4000000000, of 16"));
    EXPECT_THAT(problem([](auto& s) { std::swap(s.post[0], s.post[1]); }),
                HasSubstr("is not in the order of the others; give each once, by source neuron, "
                          "then by target"));
    EXPECT_THAT(problem([](auto& s) { s.post[1] = s.post[0]; }), HasSubstr("stands there twice"));
    EXPECT_THAT(problem([](auto& s) { s.pre.pop_back(); }),
                HasSubstr(std::to_string(count - 1) + " source and " + std::to_string(count) +
                          " target neurons for the " + std::to_string(count)));
    EXPECT_THAT(problem([](auto& s) { s = {}; }), HasSubstr("there are 0 source and 0 target"));
    TrainingState lacking = good;
    lacking.synapses.clear();
    EXPECT_THAT(model_error([&] { network.restore(lacking); }),
                HasSubstr("it has no synapses of 'input->hidden'"));
    CompiledTrainingNetwork fixed = EventPropCompiler(options_of({})).compile(description);
    EXPECT_EQ(model_error([&] { fixed.restore(good); }),
              "[TrainingState] it has synapses of 'input->hidden', which the network does not "
              "rewire; compile the network with this connection among deep_r_conns");
    network.restore(good);
}

}  // namespace
}  // namespace saltus::test
