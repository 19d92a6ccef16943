#include "plan/derive_eprop.hpp"

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/common/random.hpp>

#include "plan/coefficients.hpp"
#include "plan/derive_surrogate.hpp"
#include "plan/transpose_step.hpp"

namespace saltus {
namespace {

using expr::Expression;

/// 0.3 / d max(0, 1 - |x| / d), where d is how far the threshold is at first.
std::string default_surrogate() {
    return fmt::format("0.3 * {0} * max(0, 1 - abs(x) * {0})", kThresholdScale);
}

Coefficient threshold_scale(const PopulationPlan& population) {
    std::vector<Coefficient> scope = population.coefficients;
    for (std::size_t a = 0; a < population.kernel.num_states(); ++a)
        scope.push_back({population.kernel.states[a], population.initial[a].values});
    Coefficient scale = evaluate_all(kThresholdScale, simplify(abs(population.flow.crossing)),
                                     scope, population.size);
    for (double& value : scale.values) {
        if (std::isfinite(value) && value > 0.0) {
            value = 1.0 / value;
            continue;
        }
        throw ModelError("Population " + population.name,
                         "its neurons begin at their threshold, so that there is no scale for the "
                         "surrogate of e-prop",
                         "begin below the threshold, or give a surrogate")
            .with("population", population.name)
            .with("parameter", "surrogate");
    }
    return scale;
}

/// Adds the averaged spikes as one more state, which the loss does not depend on.
void add_rate(PopulationPlan& population, const RateTarget& target, double dt,
              std::size_t num_steps) {
    NeuronKernel& kernel = population.kernel;
    if (kernel.num_states() == kMaxKernelStates) {
        throw ModelError(
            "Population " + population.name,
            fmt::format("it has {} states and needs one more for its rate", kernel.num_states()),
            "train it without regularisation (c_reg = 0)")
            .with("population", population.name)
            .with("parameter", "c_reg");
    }
    const double decay = std::exp(-dt / target.tau);
    const double wanted = target.spikes_per_second * dt / 1000.0;
    const Expression rate = Expression::symbol(kSpikeRate);
    const auto sub_steps = static_cast<double>(kernel.sub_steps);
    kernel.states.emplace_back(kSpikeRate);
    kernel.held.push_back(false);
    kernel.update.push_back(Expression(std::pow(decay, 1.0 / sub_steps)) * rate);
    kernel.reset.push_back(rate + Expression(1.0 - decay));
    kernel.adjoint_states.emplace_back(0.0);
    kernel.reset_pull.emplace_back(0.0);
    kernel.spike_pull.emplace_back(0.0);
    population.flow.right_sides.push_back(Expression(-1.0 / target.tau) * rate);
    population.initial.push_back({kSpikeRate, {target.begins_there ? wanted : 0.0}});
    population.coefficients.push_back({kExampleShare, {1.0}});

    const Expression after = rate + where(kernel.spike, Expression(1.0 - decay), Expression(0.0));
    const Expression pull = Expression(target.strength / static_cast<double>(num_steps)) *
                            Expression::symbol(kExampleShare) * (after - Expression(wanted));
    for (auto* pulls : {&kernel.spike_pull, &kernel.parameter_spike_pull}) {
        for (Expression& added : *pulls) {
            added = simplify(
                substitute(added, {{kSpikeAdjoint, Expression::symbol(kSpikeAdjoint) + pull}}));
        }
    }
}

bool has_weights_between(const Plan& plan, std::size_t source, std::size_t output) {
    return std::any_of(plan.connections.begin(), plan.connections.end(),
                       [&](const auto& c) { return c.source == source && c.target == output; });
}

/// Normally distributed, so that a signal from every output together has a scale of its own.
std::vector<double> draw_weights(const Plan& plan, std::size_t source, std::size_t output,
                                 double scale) {
    const std::size_t count = plan.populations[output].size * plan.populations[source].size;
    const auto owner = static_cast<std::uint32_t>(source * plan.populations.size() + output);
    const RandomStream stream(plan.seed, RandomPurpose::kFeedback, owner);
    const double deviation = scale / std::sqrt(static_cast<double>(plan.populations[source].size));
    std::vector<double> weights(count);
    for (std::size_t k = 0; k < count; ++k)
        weights[k] = deviation * stream.normal(k);
    return weights;
}

}  // namespace

void derive_eprop(PopulationPlan& population, const LowerOptions& options) {
    const bool scales_itself = options.surrogate.empty();
    NeuronKernel& kernel = population.kernel;
    if (kernel.spiking && scales_itself)
        population.coefficients.push_back(threshold_scale(population));
    derive_surrogate(population, scales_itself ? default_surrogate() : options.surrogate, true,
                     options.lags_behind);
    if (!kernel.spiking || options.rate_target.strength == 0.0 || population.readout) return;
    add_rate(population, options.rate_target, options.dt, options.num_steps);
    kernel.kept.clear();
    find_kept(kernel);
}

void plan_learning_signals(Plan& plan, const LowerOptions& options) {
    const auto is_output = [&](std::size_t index) {
        return plan.populations[index].readout.has_value();
    };
    const bool uses_weights = options.feedback != Feedback::kRandom;
    for (ConnectionPlan& connection : plan.connections) {
        connection.feeds_back =
            uses_weights && is_output(connection.target) && !is_output(connection.source);
        if (options.lags_behind && !is_output(connection.target)) connection.gradient_lag = 0;
    }
    plan.lags_behind = options.lags_behind;
    plan.feedback_decay = options.feedback_decay;
    for (std::size_t source = 0; source < plan.populations.size(); ++source) {
        const PopulationPlan& population = plan.populations[source];
        if (population.input != InputKind::kNone || !population.kernel.spiking) continue;
        if (is_output(source)) continue;
        bool has_any = false;
        for (const std::size_t output : plan.outputs())
            has_any |= has_weights_between(plan, source, output);
        for (const std::size_t output : plan.outputs()) {
            if (plan.populations[output].input != InputKind::kNone) continue;
            const bool direct = has_weights_between(plan, source, output);
            const bool fades = options.feedback == Feedback::kAdaptive && direct;
            // A population that no output reads learns from random feedback whatever is asked for.
            const bool needs = options.feedback == Feedback::kRandom || fades || !has_any;
            if (!needs) continue;
            plan.feedbacks.push_back({source, output,
                                      draw_weights(plan, source, output, options.feedback_scale),
                                      fades});
        }
    }
}

}  // namespace saltus
