#include <saltus/plan/neuron_kernel.hpp>

#include <fmt/format.h>

namespace saltus {
namespace {

void append(std::string& text, const std::string& title,
            const std::vector<expr::Expression>& expressions) {
    for (std::size_t index = 0; index < expressions.size(); ++index) {
        text += fmt::format("{}[{}] = {}\n", title, index, to_string(expressions[index]));
    }
}

}  // namespace

std::string synaptic_state_name(std::size_t group) {
    return "_g" + std::to_string(group);
}
std::string adjoint_state_name(const std::string& state) {
    return "_lambda_" + state;
}
std::string adjoint_drive_name(std::size_t group) {
    return "_drive" + std::to_string(group);
}

std::string adjoint_synapse_name(std::size_t group) {
    return "_mu" + std::to_string(group);
}

std::string to_string(const NeuronKernel& kernel) {
    std::string text;
    const auto names = [&](const char* title, const std::vector<std::string>& list) {
        text += title;
        for (const std::string& name : list)
            text += " " + name;
        text += "\n";
    };
    names("states", kernel.states);
    names("scalars", kernel.scalars);
    names("arrays", kernel.arrays);
    text += "groups";
    for (const bool has_state : kernel.group_has_state)
        text += has_state ? " state" : " impulse";
    text += fmt::format("\noutput {} readout {} folds {}", kernel.output,
                        static_cast<int>(kernel.readout), kernel.num_folds);
    if (kernel.refractory) text += fmt::format(" refractory dt {}", kernel.dt);
    for (std::size_t a = 0; a < kernel.num_states(); ++a)
        if (kernel.held[a]) text += " held " + kernel.states[a];
    text += "\n";
    append(text, "update", kernel.update);
    if (kernel.sub_steps > 1) text += fmt::format("sub-steps {}\n", kernel.sub_steps);
    append(text, "decay", kernel.decay);
    if (kernel.spiking) {
        text += "spike = " + to_string(kernel.spike) + "\n";
        append(text, "reset", kernel.reset);
    }
    if (!kernel.adjoint) return text;
    names("kept", kernel.kept);
    append(text, "adjoint_state", kernel.adjoint_states);
    append(text, "adjoint_drive", kernel.adjoint_drive);
    append(text, "adjoint_synapse", kernel.adjoint_synapses);
    append(text, "arrival_shift", kernel.arrival_shift);
    if (!kernel.parameters.empty()) names("parameters", kernel.parameters);
    append(text, "parameter_update", kernel.parameter_update);
    append(text, "parameter_decay", kernel.parameter_decay);
    if (kernel.surrogate) {
        append(text, "reset_pull", kernel.reset_pull);
        append(text, "spike_pull", kernel.spike_pull);
        append(text, "parameter_reset_pull", kernel.parameter_reset_pull);
        append(text, "parameter_spike_pull", kernel.parameter_spike_pull);
        return text;
    }
    if (!kernel.spiking) return text;
    if (kernel.refractory) {
        append(text, "reset_pull", kernel.reset_pull);
        text += "spike_shift = " + to_string(kernel.spike_shift) + "\n";
        text += "release_shift = " + to_string(kernel.release_shift) + "\n";
    }
    if (kernel.minds_silence) text += "crossing = " + to_string(kernel.crossing) + "\n";
    append(text, "drawn", kernel.drawn);
    text += "slope = " + to_string(kernel.slope) + "\n";
    append(text, "jump_vector", kernel.jump_vector);
    for (std::size_t a = 0; a < kernel.jump_matrix.size(); ++a) {
        append(text, fmt::format("jump_matrix[{}]", a), kernel.jump_matrix[a]);
    }
    return text;
}

}  // namespace saltus
