// The adjoint that is derived from the equations, against the formulas worked out by hand for the
// leaky integrate-and-fire neuron with exponential synapses.
#include <gtest/gtest.h>

#include <cmath>

#include <saltus/plan/lower.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

constexpr double kTauMem = 15.0;
constexpr double kThreshold = 1.1;
constexpr double kReset = 0.2;

Plan plan_of(bool relative_reset, bool scale_i, double dt, double min_slope) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    LeakyIntegrateFireOptions options;
    options.tau_mem = kTauMem;
    options.v_thresh = kThreshold;
    options.v_reset = kReset;
    options.relative_reset = relative_reset;
    options.scale_i = scale_i;
    Population& hidden = network.population(LeakyIntegrateFire(options), Shape{3}, "hidden");
    Population& output = network.population(
        LeakyIntegrate({.scale_i = scale_i, .readout = std::make_shared<AvgVar>()}), Shape{2},
        "output");
    network.connect(input, hidden, Dense(1.0), Exponential(ExponentialOptions{5.0, scale_i}));
    network.connect(hidden, hidden, Dense(0.1), Exponential(ExponentialOptions{2.5, scale_i}));
    network.connect(hidden, output, Dense(1.0), Exponential(ExponentialOptions{5.0, scale_i}));
    LowerOptions lowering;
    lowering.mode = PlanMode::kEventProp;
    lowering.dt = dt;
    lowering.num_steps = 10;
    lowering.min_slope = min_slope;
    return lower(network, lowering);
}

using Values = std::map<std::string, double>;

double value(const expr::Expression& expression, const PopulationPlan& population,
             const Values& values) {
    return expr::evaluate(expression, [&](const std::string& name) {
        const auto found = values.find(name);
        return found != values.end() ? found->second : population.coefficient(name).at(0);
    });
}

struct AdjointCase {
    std::string label;
    bool relative_reset;
    bool scale_i;
    double dt;
};

void PrintTo(const AdjointCase& adjoint_case, std::ostream* stream) {
    *stream << adjoint_case.label;
}

class LifAdjoint : public testing::TestWithParam<AdjointCase> {
  protected:
    Plan plan_ = plan_of(GetParam().relative_reset, GetParam().scale_i, GetParam().dt, 1e-6);
    const PopulationPlan& hidden_ = plan_.populations[1];
    double alpha_ = std::exp(-GetParam().dt / kTauMem);
    double r_ = GetParam().scale_i ? 1.0 : 1.0 / (1.0 - alpha_);
    std::vector<double> tau_{5.0, 2.5};
};

TEST_P(LifAdjoint, BetweenSpikesIsTheTransposeOfTheStep) {
    const double dt = GetParam().dt;
    Values at{{"_lambda_v", 0.7}, {"_mu0", -0.4}, {"_mu1", 0.9}};
    EXPECT_NEAR(value(hidden_.kernel.adjoint_states[0], hidden_, at), alpha_ * 0.7, 1e-15);
    for (const std::size_t group : {0, 1})
        at[adjoint_drive_name(group)] = value(hidden_.kernel.adjoint_drive[group], hidden_, at);
    for (const std::size_t group : {0, 1}) {
        const double beta = std::exp(-dt / tau_[group]);
        const double average = GetParam().scale_i ? tau_[group] / dt * (1.0 - beta) : 1.0;
        const double gain = (1.0 - alpha_) * r_ * average;
        const double mu = group == 0 ? -0.4 : 0.9;
        EXPECT_NEAR(value(hidden_.kernel.adjoint_synapses[group], hidden_, at),
                    beta * mu + gain * 0.7, 1e-14);
        EXPECT_NEAR(value(hidden_.kernel.arrival_shift[group], hidden_, at),
                    mu / tau_[group] - r_ / kTauMem * 0.7, 1e-14);
    }
}

TEST_P(LifAdjoint, JumpsAtASpike) {
    const double voltage = 1.3;
    const double current = 0.9 + 0.5;
    const double before = (r_ * current - voltage) / kTauMem;
    const double reset = GetParam().relative_reset ? voltage - (kThreshold - kReset) : kReset;
    const double after = (r_ * current - reset) / kTauMem;
    Values at{{"v", voltage}, {"_g0", 0.9}, {"_g1", 0.5}};
    const NeuronKernel& kernel = hidden_.kernel;
    EXPECT_NEAR(value(kernel.slope, hidden_, at), before, 1e-14);
    at[kInverseSlope] = 1.0 / before;
    // lambda- = -(kappa - lambda+ after) / before, whatever the reset.
    EXPECT_NEAR(value(kernel.jump_vector[0], hidden_, at), -1.0 / before, 1e-12);
    EXPECT_NEAR(value(kernel.jump_matrix[0][0], hidden_, at), after / before, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Cases, LifAdjoint,
                         testing::Values(AdjointCase{"absolute", false, true, 1.0},
                                         AdjointCase{"relative", true, true, 1.0},
                                         AdjointCase{"unscaled", false, false, 1.0},
                                         AdjointCase{"relative_small_step", true, true, 0.1}),
                         [](const auto& tested) { return tested.param.label; });

TEST(LifAdjointBound, SlopesAreNeverBelowTheSmallest) {
    const Plan plan = plan_of(false, true, 1.0, 0.05);
    const PopulationPlan& hidden = plan.populations[1];
    const Values grazing{{"v", 1.1}, {"_g0", 1.2}, {"_g1", 0.0}};
    EXPECT_DOUBLE_EQ(value(hidden.kernel.slope, hidden, grazing), 0.05);
    const Values steep{{"v", 1.1}, {"_g0", 5.0}, {"_g1", 0.0}};
    EXPECT_NEAR(value(hidden.kernel.slope, hidden, steep), 3.9 / kTauMem, 1e-15);
}

}  // namespace
}  // namespace saltus::test
