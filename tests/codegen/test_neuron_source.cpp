#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include <saltus/plan/lower.hpp>

#include "codegen/expression_text.hpp"
#include "codegen/neuron_source.hpp"
#include "support/declared_neuron.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

using testing::HasSubstr;
using testing::Not;

NeuronKernel kernel_of(const Neuron& neuron, const Synapse& synapse,
                       PlanMode mode = PlanMode::kInference, double dt = 1.0,
                       std::size_t steps = 10) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    Population& tested = network.population(neuron, Shape{2}, "tested");
    network.connect(input, tested, Dense(0.5), synapse);
    if (!neuron.readout) {
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{2}, "output");
        network.connect(tested, output, Dense(0.5), Exponential());
    }
    LowerOptions options;
    options.mode = mode;
    options.dt = dt;
    options.num_steps = steps;
    options.min_slope = 0.01;
    return lower(network, options).populations[1].kernel;
}

TEST(NeuronSource, HashesAreStable) {
    EXPECT_EQ(text_hash(""), "cbf29ce484222325");
    EXPECT_EQ(text_hash("a"), "af63dc4c8601ec8c");
    const NeuronKernel kernel = kernel_of(LeakyIntegrateFire(), Exponential());
    EXPECT_EQ(kernel_hash(kernel), kernel_hash(kernel_of(LeakyIntegrateFire(), Exponential())));
    EXPECT_EQ(kernel_source(kernel), kernel_source(kernel));
    EXPECT_EQ(kernel_hash(kernel).size(), 16U);
}

// Parameters, steps and names are arguments of a kernel, not part of it.
TEST(NeuronSource, NumbersDoNotChangeTheKernel) {
    const std::string hash = kernel_hash(kernel_of(LeakyIntegrateFire(), Exponential()));
    EXPECT_EQ(kernel_hash(kernel_of(LeakyIntegrateFire({.v_thresh = 0.7, .tau_mem = 33.0}),
                                    Exponential(2.0))),
              hash);
    EXPECT_EQ(
        kernel_hash(kernel_of(LeakyIntegrateFire(), Exponential(), PlanMode::kInference, 1.0, 99)),
        hash);
    EXPECT_EQ(
        kernel_hash(kernel_of(LeakyIntegrateFire(), Exponential(), PlanMode::kInference, 0.5)),
        hash)
        << "without a refractory time the length of a step does not matter";
    NeuronKernel renamed = kernel_of(LeakyIntegrateFire(), Exponential());
    renamed.model = "another";
    EXPECT_EQ(kernel_hash(renamed), hash);
}

TEST(NeuronSource, DifferentKernelsHaveDifferentHashes) {
    std::set<std::string> hashes;
    std::size_t count = 0;
    const auto add = [&](const Neuron& neuron, const Synapse& synapse, PlanMode mode) {
        hashes.insert(kernel_hash(kernel_of(neuron, synapse, mode)));
        ++count;
    };
    const auto spikes = std::make_shared<SpikeCount>();
    const auto average = std::make_shared<AvgVar>();
    for (const PlanMode mode : {PlanMode::kInference, PlanMode::kEventProp}) {
        add(LeakyIntegrateFire(), Exponential(), mode);
        add(LeakyIntegrateFire({.relative_reset = false}), Exponential(), mode);
        add(LeakyIntegrateFire({.tau_mem = std::vector<double>{10.0, 20.0}}), Exponential(), mode);
        add(LeakyIntegrateFire({.readout = average}), Exponential(), mode);
        add(IntegrateFire(), Exponential(), mode);
        add(LeakyIntegrate({.readout = average}), Exponential(), mode);
        add(LeakyIntegrate({.bias = 1.0, .readout = average}), Exponential(), mode);
        if (mode == PlanMode::kEventProp) continue;
        add(LeakyIntegrateFire({.readout = spikes}), Exponential(), mode);
        add(LeakyIntegrateFire(), Delta(), mode);
        add(LeakyIntegrateFire({.tau_refrac = 2.0}), Exponential(), mode);
        add(LeakyIntegrateFire({.tau_refrac = 2.0, .integrate_during_refrac = false}),
            Exponential(), mode);
    }
    EXPECT_EQ(hashes.size(), count);
}

TEST(NeuronSource, SaysWhatItIsFor) {
    const NeuronKernel kernel =
        kernel_of(LeakyIntegrateFire(), Exponential(), PlanMode::kEventProp);
    const std::string source = kernel_source(kernel);
    EXPECT_THAT(source, HasSubstr("/* leaky_integrate_fire */"));
    EXPECT_THAT(source, HasSubstr("/* v_thresh */"));
    EXPECT_THAT(source, HasSubstr("saltus_advance_" + kernel_hash(kernel)));
    EXPECT_THAT(source, HasSubstr("saltus_retreat_" + kernel_hash(kernel)));
    EXPECT_THAT(source, Not(HasSubstr("#include")));
    EXPECT_THAT(kernel_source(kernel_of(LeakyIntegrateFire(), Exponential())),
                Not(HasSubstr("saltus_retreat_")));
}

TEST(ExpressionText, NamesEveryOperation) {
    const std::map<std::string, std::string> names{{"a", "x[0]"}, {"b", "scope.s0"}};
    const auto text = [&](const char* expression) {
        return expression_text(expr::parse(expression), names);
    };
    EXPECT_EQ(text("a + b * 2"), "(x[0] + (scope.s0 * splat(2.000000000e+00f)))");
    EXPECT_EQ(text("-a / b"), "((-x[0]) / scope.s0)");
    EXPECT_EQ(text("a ^ b"), "vpow(x[0], scope.s0)");
    EXPECT_EQ(
        text("where(a < b and not (a >= 1), exp(a), min(a, b))"),
        "select(both((x[0] < scope.s0), negated((x[0] >= splat(1.000000000e+00f)))), vexp(x[0]), "
        "vmin(x[0], scope.s0))");
    EXPECT_EQ(text("where(a > b or a <= b, sqrt(a), max(abs(a), tanh(b)))"),
              "select(either((x[0] > scope.s0), (x[0] <= scope.s0)), vsqrt(x[0]), vmax(vabs(x[0]), "
              "vtanh(scope.s0)))");
}

// Powers are written as products where that is short; nested ones must not grow without bounds.
TEST(ExpressionText, Powers) {
    const std::map<std::string, std::string> names{{"a", "x[0]"}};
    EXPECT_EQ(expression_text(expr::parse("a ^ 3"), names), "(x[0] * x[0] * x[0])");
    EXPECT_EQ(expression_text(expr::parse("a ^ 5"), names), "vpow(x[0], splat(5.000000000e+00f))");
    std::string nested = "a";
    for (int level = 0; level < 30; ++level)
        nested = "(" + nested + ") ^ 4";
    EXPECT_LT(expression_text(expr::parse(nested), names).size(), 10000U);
}

// A model's name appears in comments and file names of generated code and must not break them.
TEST(NeuronSource, SurvivesAnyModelName) {
    NeuronKernel kernel = kernel_of(LeakyIntegrateFire(), Exponential());
    kernel.model = "evil */ \" \\ name\n#error";
    const std::string source = kernel_source(kernel);
    EXPECT_THAT(source, Not(HasSubstr("evil */")));
    EXPECT_THAT(source, Not(HasSubstr("\n#error")));
}

}  // namespace
}  // namespace saltus::test
