#include "plan/derive_adjoint.hpp"

#include "plan/coefficients.hpp"

namespace saltus {
namespace {

using expr::Expression;

constexpr const char* kMinSlope = "_min_slope";

Expression symbol_of(const PopulationPlan& population, const std::string& coefficient) {
    return reference_to(population.coefficient(coefficient));
}

void transpose_step(PopulationPlan& population) {
    NeuronKernel& kernel = population.kernel;
    std::vector<Expression> lambda;
    for (const std::string& state : kernel.states) {
        lambda.push_back(Expression::symbol(adjoint_state_name(state)));
    }
    for (std::size_t b = 0; b < kernel.num_states(); ++b) {
        Expression sum(0.0);
        for (std::size_t a = 0; a < kernel.num_states(); ++a) {
            sum = sum + derivative(kernel.update[a], kernel.states[b]) * lambda[a];
        }
        kernel.adjoint_states.push_back(simplify(sum));
    }
    for (std::size_t group = 0; group < kernel.num_groups(); ++group) {
        const std::string state = synaptic_state_name(group);
        const Expression mu = Expression::symbol(adjoint_synapse_name(group));
        Expression sum = derivative(kernel.decay[group], state) * mu;
        Expression shift = kernel.group_has_state[group]
                               ? symbol_of(population, "_rate" + std::to_string(group)) * mu
                               : Expression(0.0);
        for (std::size_t a = 0; a < kernel.num_states(); ++a) {
            sum = sum + derivative(kernel.update[a], state) * lambda[a];
            shift = shift - symbol_of(population, "_slope_" + kernel.states[a]) * lambda[a];
        }
        kernel.adjoint_synapses.push_back(simplify(sum));
        kernel.arrival_shift.push_back(simplify(shift));
    }
}

/// The flow at a spike, before and after the reset, in the numbers of its linear form: no division
/// is left in it.
std::vector<Expression> flow_at_spike(const PopulationPlan& population, bool after_reset) {
    const NeuronKernel& kernel = population.kernel;
    Expression current(0.0);
    for (std::size_t group = 0; group < kernel.num_groups(); ++group) {
        if (!kernel.group_has_state[group]) continue;
        current = current + Expression::symbol(synaptic_state_name(group));
    }
    std::vector<Expression> flow;
    for (const std::string& a : kernel.states) {
        Expression sum =
            symbol_of(population, "_flow_" + a) + symbol_of(population, "_slope_" + a) * current;
        for (std::size_t b = 0; b < kernel.num_states(); ++b) {
            const Expression state =
                after_reset ? kernel.reset[b] : Expression::symbol(kernel.states[b]);
            sum = sum + symbol_of(population, "_flow_" + a + "_" + kernel.states[b]) * state;
        }
        flow.push_back(simplify(sum));
    }
    return flow;
}

void derive_jump(PopulationPlan& population) {
    NeuronKernel& kernel = population.kernel;
    const std::size_t n = kernel.num_states();
    const std::vector<Expression> before = flow_at_spike(population, false);
    const std::vector<Expression> after = flow_at_spike(population, true);
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
}

}  // namespace

void derive_adjoint(PopulationPlan& population, double min_slope) {
    transpose_step(population);
    if (population.kernel.spiking) {
        population.coefficients.push_back({kMinSlope, {min_slope}});
        derive_jump(population);
    }
    population.kernel.adjoint = true;
}

}  // namespace saltus
