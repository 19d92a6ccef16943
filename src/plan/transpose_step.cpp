#include "plan/transpose_step.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

using expr::Expression;

bool any_depends(const std::vector<Expression>& expressions, const std::string& name) {
    return std::any_of(expressions.begin(), expressions.end(),
                       [&](const Expression& e) { return depends_on(e, name); });
}

void require_room(const PopulationPlan& population) {
    const std::size_t count = population.kernel.parameters.size();
    if (count <= kMaxKernelParameters) return;
    throw ModelError(
        "Population " + population.name,
        fmt::format("{} of its constants depend on trainable parameters", count),
        fmt::format("train fewer parameters, so that at most {} do", kMaxKernelParameters))
        .with("population", population.name)
        .unsupported();
}

}  // namespace

void derive_parameters(PopulationPlan& population) {
    NeuronKernel& kernel = population.kernel;
    const std::vector<Expression> at_spikes{kernel.spike};
    for (const Coefficient& coefficient : population.coefficients) {
        const bool counts = any_depends(kernel.update, coefficient.name) ||
                            any_depends(kernel.decay, coefficient.name) ||
                            any_depends(kernel.reset, coefficient.name) ||
                            any_depends(at_spikes, coefficient.name);
        if (coefficient.moves && counts) kernel.parameters.push_back(coefficient.name);
    }
    require_room(population);
    for (const std::string& parameter : kernel.parameters) {
        Expression update(0.0);
        Expression decay(0.0);
        for (std::size_t a = 0; a < kernel.num_states(); ++a) {
            update = update + derivative(kernel.update[a], parameter) *
                                  Expression::symbol(adjoint_state_name(kernel.states[a]));
        }
        for (std::size_t group = 0; group < kernel.num_groups(); ++group) {
            decay = decay + derivative(kernel.decay[group], parameter) *
                                Expression::symbol(adjoint_synapse_name(group));
        }
        kernel.parameter_update.push_back(simplify(update));
        kernel.parameter_decay.push_back(simplify(decay));
    }
}

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
        kernel.adjoint_drive.push_back(pulled_back(state));
        Expression sum = Expression::symbol(adjoint_drive_name(group));
        for (std::size_t other = kernel.num_groups(); other-- > 0;) {
            sum = derivative(kernel.decay[other], state) *
                      Expression::symbol(adjoint_synapse_name(other)) +
                  sum;
        }
        kernel.adjoint_synapses.push_back(simplify(sum));
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
    add_all(kernel.parameter_update);
    add_all(kernel.parameter_decay);
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
