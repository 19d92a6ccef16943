#include "plan/transpose_step.hpp"

#include <algorithm>

namespace saltus {

using expr::Expression;

void transpose_step(NeuronKernel& kernel) {
    const auto pulled_back = [&](const std::string& variable) {
        Expression sum(0.0);
        for (std::size_t a = 0; a < kernel.num_states(); ++a) {
            sum = sum + derivative(kernel.update[a], variable) *
                            Expression::symbol(adjoint_state_name(kernel.states[a]));
        }
        return simplify(sum);
    };
    for (const std::string& state : kernel.states)
        kernel.adjoint_states.push_back(pulled_back(state));
    for (std::size_t group = 0; group < kernel.num_groups(); ++group) {
        const std::string state = synaptic_state_name(group);
        const Expression mu = Expression::symbol(adjoint_synapse_name(group));
        kernel.adjoint_drive.push_back(pulled_back(state));
        kernel.adjoint_synapses.push_back(simplify(derivative(kernel.decay[group], state) * mu +
                                                   Expression::symbol(adjoint_drive_name(group))));
    }
}

void find_kept(NeuronKernel& kernel) {
    std::vector<const Expression*> all;
    const auto add_all = [&](const std::vector<Expression>& list) {
        for (const Expression& expression : list)
            all.push_back(&expression);
    };
    add_all(kernel.adjoint_states);
    add_all(kernel.adjoint_drive);
    add_all(kernel.arrival_shift);
    // Where a refractory time ends, spikes and flows are looked at once more.
    const bool releases = kernel.refractory && kernel.spiking && !kernel.surrogate;
    if (releases) {
        add_all(kernel.update);
        add_all(kernel.decay);
        all.insert(all.end(), {&kernel.spike, &kernel.spike_shift, &kernel.release_shift});
    }
    // Updates are computed again where states between them count.
    if (kernel.sub_steps > 1 || (kernel.surrogate && kernel.spiking)) add_all(kernel.update);
    const auto add = [&](const std::string& name) {
        const bool used = std::any_of(all.begin(), all.end(), [&](const Expression* expression) {
            return depends_on(*expression, name);
        });
        if (used) kernel.kept.push_back(name);
    };
    for (const std::string& state : kernel.states)
        add(state);
    for (std::size_t group = 0; group < kernel.num_groups(); ++group)
        add(synaptic_state_name(group));
    if (kernel.refractory) kernel.kept.emplace_back(kRefractoryTime);
}

}  // namespace saltus
