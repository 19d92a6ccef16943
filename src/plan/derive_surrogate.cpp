#include "plan/derive_surrogate.hpp"

#include "plan/transpose_step.hpp"

namespace saltus {

using expr::Expression;

namespace {

/// An expression whose numbers are scalars of the population, so that one kernel serves surrogates
/// of any steepness. Numbers that belong to its form stay: small ones, and exponents.
Expression with_scalars(const Expression& e, PopulationPlan& population) {
    if (e.is_number()) {
        for (const double plain : {-2.0, -1.0, 0.0, 1.0, 2.0})
            if (e.is_number(plain)) return e;
        std::size_t number = 0;
        for (const Coefficient& known : population.coefficients) {
            if (!known.name.starts_with(kSurrogateScalar)) continue;
            if (known.values[0] == e.value()) return Expression::symbol(known.name);
            ++number;
        }
        const std::string name = kSurrogateScalar + std::to_string(number);
        population.coefficients.push_back({name, {e.value()}});
        return Expression::symbol(name);
    }
    if (e.is_symbol() || e.operands().empty()) return e;
    std::vector<Expression> operands;
    for (const Expression& operand : e.operands()) {
        const bool is_exponent =
            e.operation() == expr::Operation::kPower && !operands.empty() && operand.is_number();
        operands.push_back(is_exponent ? operand : with_scalars(operand, population));
    }
    return Expression::make(e.operation(), std::move(operands), e.position());
}

}  // namespace

void derive_surrogate(PopulationPlan& population, const std::string& surrogate, bool detach_reset,
                      bool jumps_late) {
    NeuronKernel& kernel = population.kernel;
    transpose_step(kernel);
    derive_parameters(population);
    kernel.surrogate = true;
    kernel.adjoint = true;
    if (kernel.spiking) {
        const Expression& crossing = population.flow.crossing;
        const Expression psi =
            substitute(with_scalars(expr::parse(surrogate), population), {{"x", crossing}});
        Expression by_spike = Expression::symbol(kSpikeAdjoint);
        for (std::size_t a = 0; a < kernel.num_states(); ++a) {
            if (detach_reset && a == kernel.output) continue;
            Expression jump = kernel.reset[a] - Expression::symbol(kernel.states[a]);
            if (jumps_late) jump = jump / derivative(kernel.update[a], kernel.states[a]);
            by_spike = by_spike +
                       simplify(jump) * Expression::symbol(adjoint_state_name(kernel.states[a]));
        }
        const auto reset_pull = [&](const std::string& variable) {
            Expression pull(0.0);
            for (std::size_t a = 0; a < kernel.num_states(); ++a) {
                pull = pull + derivative(kernel.reset[a], variable) *
                                  Expression::symbol(adjoint_state_name(kernel.states[a]));
            }
            return simplify(pull);
        };
        const auto spike_pull = [&](const std::string& variable) {
            return simplify(psi * derivative(crossing, variable) * by_spike);
        };
        for (const std::string& state : kernel.states) {
            kernel.reset_pull.push_back(reset_pull(state));
            kernel.spike_pull.push_back(spike_pull(state));
        }
        for (const std::string& parameter : kernel.parameters) {
            kernel.parameter_reset_pull.push_back(reset_pull(parameter));
            kernel.parameter_spike_pull.push_back(spike_pull(parameter));
        }
    }
    find_kept(kernel);
}

}  // namespace saltus
