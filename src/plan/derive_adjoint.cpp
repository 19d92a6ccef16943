#include "plan/derive_adjoint.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "plan/coefficients.hpp"
#include "plan/transpose_step.hpp"

namespace saltus {
namespace {

using expr::Expression;

constexpr const char* kMinSlope = "_min_slope";

Expression symbol_of(const PopulationPlan& population, const std::string& coefficient) {
    return reference_to(population.coefficient(coefficient));
}

/// The derivative of a state's speed by the input current.
Expression speed_per_current(const PopulationPlan& population, std::size_t a) {
    if (population.flow.linear)
        return symbol_of(population, "_slope_" + population.kernel.states[a]);
    return derivative(population.flow.right_sides[a], "i");
}

void derive_arrival_shift(PopulationPlan& population) {
    NeuronKernel& kernel = population.kernel;
    for (std::size_t group = 0; group < kernel.num_groups(); ++group) {
        Expression shift(0.0);
        if (kernel.group_has_state[group]) {
            shift = symbol_of(population, "_rate" + std::to_string(group)) *
                    Expression::symbol(adjoint_synapse_name(group));
        }
        for (std::size_t other = 0; other < kernel.num_groups(); ++other) {
            const std::string feed = fmt::format("_feed{}_{}", other, group);
            if (other == group || population.find_coefficient(feed) == nullptr) continue;
            shift = shift -
                    symbol_of(population, feed) * Expression::symbol(adjoint_synapse_name(other));
        }
        const bool drives = !kernel.group_has_state[group] || population.flow.is_current[group];
        for (std::size_t a = 0; drives && a < kernel.num_states(); ++a) {
            shift = shift - speed_per_current(population, a) *
                                Expression::symbol(adjoint_state_name(kernel.states[a]));
        }
        kernel.arrival_shift.push_back(simplify(shift));
    }
}

/// The flow at a spike, before and after the reset, as if no state were held. In a linear flow no
/// division is left.
std::vector<Expression> flow_at_spike(const PopulationPlan& population, bool after_reset) {
    const NeuronKernel& kernel = population.kernel;
    Expression current(0.0);
    for (std::size_t group = 0; group < kernel.num_groups(); ++group) {
        if (!population.flow.is_current[group]) continue;
        current = current + Expression::symbol(synaptic_state_name(group));
    }
    std::map<std::string, Expression> values{{"i", current}};
    for (std::size_t b = 0; b < kernel.num_states(); ++b) {
        values.emplace(kernel.states[b],
                       after_reset ? kernel.reset[b] : Expression::symbol(kernel.states[b]));
    }
    std::vector<Expression> flow;
    for (std::size_t a = 0; a < kernel.num_states(); ++a) {
        const std::string& state = kernel.states[a];
        if (!population.flow.linear) {
            flow.push_back(simplify(substitute(population.flow.right_sides[a], values)));
            continue;
        }
        Expression sum = symbol_of(population, "_flow_" + state) +
                         symbol_of(population, "_slope_" + state) * current;
        for (const std::string& b : kernel.states)
            sum = sum + symbol_of(population, "_flow_" + state + "_" + b) * values.at(b);
        flow.push_back(simplify(sum));
    }
    return flow;
}

/// What arrives at a time makes the flow jump by as much as its weight: only then does moving it in
/// time change the loss in proportion to the weight.
void require_linear_current(const PopulationPlan& population) {
    for (std::size_t a = 0; a < population.kernel.num_states(); ++a) {
        const Expression& right_side = population.flow.right_sides[a];
        if (!depends_on(derivative(right_side, "i"), "i")) continue;
        throw ModelError("Population " + population.name,
                         fmt::format("d{}/dt = {} is not linear in the input current i",
                                     population.kernel.states[a], to_string(right_side)),
                         "write the current as a factor or a term, so that EventPropCompiler can "
                         "train it")
            .with("population", population.name)
            .unsupported();
    }
}

/// How the times count between which a neuron is refractory.
void derive_hold(const std::vector<Expression>& before, const std::vector<Expression>& after,
                 NeuronKernel& kernel) {
    const std::size_t n = kernel.num_states();
    const auto adjoint = [&](std::size_t a) {
        return Expression::symbol(adjoint_state_name(kernel.states[a]));
    };
    const auto reset_pull = [&](const std::string& variable) {
        Expression pull(0.0);
        for (std::size_t b = 0; b < n; ++b)
            pull = pull + derivative(kernel.reset[b], variable) * adjoint(b);
        return simplify(pull);
    };
    for (const std::string& parameter : kernel.parameters)
        kernel.parameter_reset_pull.push_back(reset_pull(parameter));
    Expression spike(0.0);
    Expression release(0.0);
    for (std::size_t a = 0; a < n; ++a) {
        kernel.reset_pull.push_back(reset_pull(kernel.states[a]));
        spike = spike + kernel.reset_pull.back() * before[a] - adjoint(a) * after[a];
        if (kernel.held[a]) release = release - adjoint(a) * before[a];
    }
    kernel.spike_shift = simplify(spike);
    kernel.release_shift = simplify(release);
}

void derive_jump(PopulationPlan& population) {
    NeuronKernel& kernel = population.kernel;
    const std::size_t n = kernel.num_states();
    const std::vector<Expression> before = flow_at_spike(population, false);
    std::vector<Expression> after = flow_at_spike(population, true);
    for (std::size_t a = 0; a < n; ++a)
        if (kernel.held[a]) after[a] = Expression(0.0);
    if (kernel.refractory) derive_hold(before, after, kernel);
    std::vector<Expression> gradient;
    Expression slope(0.0);
    for (std::size_t c = 0; c < n; ++c) {
        gradient.push_back(derivative(population.flow.crossing, kernel.states[c]));
        slope = slope + gradient[c] * before[c];
    }
    kernel.slope = simplify(max(slope, Expression::symbol(kMinSlope)));
    const Expression inverse_slope = Expression::symbol(kInverseSlope);
    std::vector<Expression> speed_change;
    for (std::size_t b = 0; b < n; ++b) {
        Expression moved(0.0);
        for (std::size_t c = 0; c < n; ++c) {
            moved = moved + derivative(kernel.reset[b], kernel.states[c]) * before[c];
        }
        speed_change.push_back(simplify(after[b] - moved));
    }
    for (std::size_t a = 0; a < n; ++a) {
        std::vector<Expression> row;
        for (std::size_t b = 0; b < n; ++b) {
            row.push_back(simplify(derivative(kernel.reset[b], kernel.states[a]) +
                                   gradient[a] * speed_change[b] * inverse_slope));
        }
        kernel.jump_matrix.push_back(std::move(row));
        kernel.jump_vector.push_back(simplify(-(gradient[a] * inverse_slope)));
    }
    // What a parameter does at a spike is what a state that never moves does.
    for (const std::string& parameter : kernel.parameters) {
        const Expression rise = derivative(population.flow.crossing, parameter);
        std::vector<Expression> row;
        for (std::size_t b = 0; b < n; ++b) {
            row.push_back(simplify(derivative(kernel.reset[b], parameter) +
                                   rise * speed_change[b] * inverse_slope));
        }
        kernel.jump_matrix.push_back(std::move(row));
        kernel.jump_vector.push_back(simplify(-(rise * inverse_slope)));
    }
}

}  // namespace

void derive_adjoint(PopulationPlan& population, double min_slope) {
    require_linear_current(population);
    transpose_step(population.kernel);
    derive_parameters(population);
    derive_arrival_shift(population);
    if (population.kernel.spiking) {
        population.coefficients.push_back({kMinSlope, {min_slope}});
        derive_jump(population);
    }
    find_kept(population.kernel);
    population.kernel.adjoint = true;
}

}  // namespace saltus
