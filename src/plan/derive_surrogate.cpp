#include "plan/derive_surrogate.hpp"

#include "plan/transpose_step.hpp"

namespace saltus {

using expr::Expression;

void derive_surrogate(PopulationPlan& population, const std::string& surrogate, bool detach_reset,
                      bool jumps_late) {
    NeuronKernel& kernel = population.kernel;
    transpose_step(kernel);
    kernel.surrogate = true;
    kernel.adjoint = true;
    if (kernel.spiking) {
        const Expression& crossing = population.flow.crossing;
        const Expression psi = substitute(expr::parse(surrogate), {{"x", crossing}});
        Expression by_spike = Expression::symbol(kSpikeAdjoint);
        for (std::size_t a = 0; a < kernel.num_states(); ++a) {
            if (detach_reset && a == kernel.output) continue;
            Expression jump = kernel.reset[a] - Expression::symbol(kernel.states[a]);
            if (jumps_late) jump = jump / derivative(kernel.update[a], kernel.states[a]);
            by_spike = by_spike +
                       simplify(jump) * Expression::symbol(adjoint_state_name(kernel.states[a]));
        }
        for (const std::string& state : kernel.states) {
            Expression pull(0.0);
            for (std::size_t a = 0; a < kernel.num_states(); ++a) {
                pull = pull + derivative(kernel.reset[a], state) *
                                  Expression::symbol(adjoint_state_name(kernel.states[a]));
            }
            kernel.reset_pull.push_back(simplify(pull));
            kernel.spike_pull.push_back(simplify(psi * derivative(crossing, state) * by_spike));
        }
    }
    find_kept(kernel);
}

}  // namespace saltus
