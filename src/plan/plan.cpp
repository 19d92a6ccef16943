#include <saltus/plan/plan.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

const char* mode_name(PlanMode mode) {
    switch (mode) {
        case PlanMode::kInference:
            return "inference";
        case PlanMode::kEventProp:
            return "EventProp training";
        case PlanMode::kSurrogate:
            return "training with surrogate gradients";
        case PlanMode::kEProp:
            return "e-prop training";
    }
    return "";
}

const char* name_of(BufferScope scope) {
    switch (scope) {
        case BufferScope::kNetwork:
            return "network";
        case BufferScope::kBatch:
            return "per batch";
        case BufferScope::kExample:
            return "per example";
        case BufferScope::kWorker:
            return "per worker";
    }
    return "";
}

std::string describe_delay(const ConnectionPlan& connection) {
    if (connection.learned_delay)
        return fmt::format(", learned delays of up to {} steps", connection.greatest_delay);
    if (!connection.has_uniform_delay()) {
        return fmt::format(", delays of up to {} steps", connection.greatest_delay);
    }
    return connection.delay ? fmt::format(", delay {} steps", connection.delay) : "";
}

std::string describe_carry(const PlanCarry& carry) {
    std::vector<std::string> parts;
    if (carry.states) parts.push_back("states");
    if (carry.synapses) parts.push_back("synaptic currents and spikes on their way");
    if (carry.readouts) parts.push_back("readouts");
    return enumerate(parts) + " of those before them";
}

/// " from 0 to 1", " from 0 on", " up to 1", or nothing.
std::string describe_range(double lower, double upper) {
    const bool has_lower = std::isfinite(lower);
    const bool has_upper = std::isfinite(upper);
    if (has_lower && has_upper) return fmt::format(" from {:g} to {:g}", lower, upper);
    if (has_lower) return fmt::format(" from {:g} on", lower);
    return has_upper ? fmt::format(" up to {:g}", upper) : "";
}

std::string describe_constraint(const WeightConstraint& constraint) {
    std::string text;
    const std::string range = describe_range(constraint.lower, constraint.upper);
    if (!range.empty()) text += ", kept" + range;
    if (constraint.keeps_sign) text += ", keeping signs";
    if (constraint.bounds_norm()) {
        text +=
            fmt::format(", norm {}up to {:g}",
                        constraint.norm_of == NormOf::kNeuron ? "of each neuron's weights " : "",
                        constraint.max_norm);
    }
    return text;
}

class PlanPrinter {
  public:
    explicit PlanPrinter(const Plan& plan) : plan_(plan) {}

    std::string print() {
        line(0,
             fmt::format("plan: {}, {} steps of {:g} ms, batch {}, seed {}", mode_name(plan_.mode),
                         plan_.num_steps, plan_.dt, plan_.batch_size, plan_.seed));
        if (plan_.exact_times) line(0, "spikes at the times at which the threshold is crossed");
        if (plan_.checkpoint_interval > 0) {
            line(0, fmt::format("the backward pass keeps the states of {} steps, and one for every "
                                "{} before them",
                                plan_.checkpoint_interval, plan_.checkpoint_interval));
        }
        if (plan_.carry.any()) line(0, "examples begin with " + describe_carry(plan_.carry));
        line(0, "");
        line(0, "populations");
        for (const PopulationPlan& population : plan_.populations)
            describe(population);
        line(0, "connections");
        for (const ConnectionPlan& connection : plan_.connections)
            describe(connection);
        for (const FeedbackPlan& feedback : plan_.feedbacks) {
            line(1, fmt::format("feedback from {} to {}{}", plan_.populations[feedback.output].name,
                                plan_.populations[feedback.source].name,
                                feedback.fades ? ", fading" : ""));
        }
        line(0, "buffers");
        for (const Buffer& buffer : plan_.buffers) {
            line(1, fmt::format("{:<36} {:<24} {:<18} {}", buffer.name, buffer.type, buffer.shape,
                                name_of(buffer.scope)));
        }
        print_stages("forward, per example", plan_.forward, "steps");
        if (!plan_.backward.empty()) {
            print_stages("backward, per example", plan_.backward, "steps in reverse");
        }
        if (!plan_.update.empty()) line(0, "update, per batch");
        for (const Pass& pass : plan_.update)
            line(1, describe(pass));
        return std::move(text_);
    }

  private:
    void line(int indent, const std::string& content) {
        if (!content.empty()) text_ += std::string(static_cast<std::size_t>(indent) * 2, ' ');
        text_ += content + "\n";
    }

    void describe(const PopulationPlan& population) {
        line(1,
             fmt::format("{}: {} neurons, {}{}", population.name, population.size, population.model,
                         population.readout ? ", readout " + population.readout->name : ""));
        if (population.input != InputKind::kNone) describe_input(population);
        const NeuronKernel& kernel = population.kernel;
        for (std::size_t a = 0; a < kernel.update.size(); ++a) {
            line(2, fmt::format("{} <- {}", kernel.states[a], to_string(kernel.update[a])));
        }
        for (std::size_t group = 0; group < kernel.decay.size(); ++group) {
            if (!kernel.group_has_state[group]) continue;
            line(2, fmt::format("{} <- {}", synaptic_state_name(group),
                                to_string(kernel.decay[group])));
        }
        if (kernel.spiking) {
            line(2, "spike when " + to_string(kernel.spike));
            for (std::size_t a = 0; a < kernel.reset.size(); ++a) {
                line(2,
                     fmt::format("reset {} <- {}", kernel.states[a], to_string(kernel.reset[a])));
            }
        }
        if (kernel.adjoint && !population.folded) describe_adjoint(kernel);
        if (!population.has_equations()) return;
        std::string numbers;
        for (const auto* names : {&kernel.scalars, &kernel.arrays}) {
            for (const std::string& name : *names) {
                const Coefficient& coefficient = population.coefficient(name);
                numbers += numbers.empty() ? "with " : ", ";
                numbers += coefficient.per_neuron()
                               ? name + " per neuron"
                               : fmt::format("{} = {:g}", name, coefficient.at(0));
            }
        }
        if (!numbers.empty()) line(2, numbers);
        for (const TrainedParameter& trained : population.trained) {
            line(2,
                 fmt::format("trains {}{}{}",
                             trained.owner == population.name ? trained.parameter : trained.name(),
                             trained.initial.size() > 1 ? ", one a neuron," : "",
                             describe_range(trained.lower, trained.upper)));
        }
        if (population.folded) {
            line(2, "linear with fixed time weights: folded into sums over the spikes it receives");
        }
    }

    void describe_input(const PopulationPlan& population) {
        if (population.input == InputKind::kCurrent)
            line(2, synaptic_state_name(0) + " <- value of the data");
        if (population.signed_spikes) line(2, "negative values make negative spikes");
        if (population.frames.count > 1) {
            line(2, fmt::format("{} frames of {} steps", population.frames.count,
                                population.frames.timesteps));
        }
    }

    void describe_adjoint(const NeuronKernel& kernel) {
        for (std::size_t group = 0; group < kernel.num_groups(); ++group) {
            const expr::Expression whole =
                substitute(kernel.adjoint_synapses[group],
                           {{adjoint_drive_name(group), kernel.adjoint_drive[group]}});
            line(2,
                 fmt::format("{} <- {}", adjoint_synapse_name(group), to_string(simplify(whole))));
        }
        for (std::size_t a = 0; a < kernel.num_states(); ++a) {
            line(2, fmt::format("{} <- {}", adjoint_state_name(kernel.states[a]),
                                to_string(kernel.adjoint_states[a])));
        }
        if (!kernel.spiking) return;
        for (std::size_t a = 0; kernel.surrogate && a < kernel.num_states(); ++a) {
            const std::string name = adjoint_state_name(kernel.states[a]);
            line(2, fmt::format("at a spike {} <- {}", name, to_string(kernel.reset_pull[a])));
            line(2, fmt::format("{} += {}", name, to_string(kernel.spike_pull[a])));
        }
        if (kernel.surrogate) return;
        line(2, fmt::format("{} = 1 / ({})", kInverseSlope, to_string(kernel.slope)));
        for (std::size_t a = 0; a < kernel.num_states(); ++a) {
            std::string sum;
            for (std::size_t b = 0; b < kernel.num_states(); ++b) {
                sum += fmt::format("({}) {} + ", to_string(kernel.jump_matrix[a][b]),
                                   adjoint_state_name(kernel.states[b]));
            }
            line(2,
                 fmt::format("at a spike {} <- {}({}) kappa", adjoint_state_name(kernel.states[a]),
                             sum, to_string(kernel.jump_vector[a])));
        }
    }

    static std::string describe_rewiring(const ConnectionPlan& connection) {
        if (!connection.rewiring) return {};
        return fmt::format(", rewired (L1 {:g})", connection.rewiring->l1_strength);
    }

    void describe(const ConnectionPlan& connection) {
        line(1, fmt::format("{}: {} [{}, {}] as {}, weight {}{}{}{}{}{}{}", connection.name,
                            connection.connectivity, connection.num_pre, connection.num_post,
                            to_string(connection.matrix_type), connection.weight.describe(),
                            connection.weight_scale == 1.0
                                ? ""
                                : fmt::format(" * {:g}", connection.weight_scale),
                            describe_delay(connection), connection.trainable ? ", trained" : "",
                            describe_constraint(connection.constraint),
                            describe_rewiring(connection), connection.fold ? ", folded" : ""));
    }

    std::string describe(const Pass& pass) const {
        return fmt::format("{:<16} {}", pass_name(pass.kind),
                           concerns_connection(pass.kind) ? plan_.connections[pass.index].name
                                                          : plan_.populations[pass.index].name);
    }

    void print_stages(const std::string& title, const std::vector<Stage>& stages,
                      const std::string& steps) {
        line(0, title);
        for (const Stage& stage : stages) {
            line(1, stage.recurrent ? "recurrent component" : "component");
            for (const Pass& pass : stage.blocks)
                line(2, "blocks of steps: " + describe(pass));
            for (const Pass& pass : stage.steps)
                line(2, "single " + steps + ": " + describe(pass));
        }
    }

    const Plan& plan_;
    std::string text_;
};

}  // namespace

const char* pass_name(PassKind kind) {
    switch (kind) {
        case PassKind::kEmitInput:
            return "emit input";
        case PassKind::kDrive:
            return "drive";
        case PassKind::kPropagate:
            return "propagate";
        case PassKind::kAdvance:
            return "advance";
        case PassKind::kWeighSpikes:
            return "weigh spikes";
        case PassKind::kFoldReadout:
            return "folded readout";
        case PassKind::kReadOut:
            return "read out";
        case PassKind::kLoss:
            return "loss";
        case PassKind::kFoldFeedback:
            return "folded feedback";
        case PassKind::kFeedback:
            return "feedback";
        case PassKind::kBroadcast:
            return "broadcast";
        case PassKind::kRetreat:
            return "retreat";
        case PassKind::kFoldGradient:
            return "folded gradient";
        case PassKind::kGradient:
            return "gradient";
        case PassKind::kOptimise:
            return "optimise";
    }
    return "";
}

bool concerns_connection(PassKind kind) {
    switch (kind) {
        case PassKind::kEmitInput:
        case PassKind::kDrive:
        case PassKind::kAdvance:
        case PassKind::kFoldReadout:
        case PassKind::kReadOut:
        case PassKind::kLoss:
        case PassKind::kBroadcast:
        case PassKind::kRetreat:
            return false;
        default:
            return true;
    }
}

const Coefficient* PopulationPlan::find_coefficient(const std::string& coefficient_name) const {
    const auto found = std::find_if(
        coefficients.begin(), coefficients.end(),
        [&](const Coefficient& coefficient) { return coefficient.name == coefficient_name; });
    return found == coefficients.end() ? nullptr : &*found;
}

const Coefficient& PopulationPlan::coefficient(const std::string& coefficient_name) const {
    if (const Coefficient* found = find_coefficient(coefficient_name)) return *found;
    throw InternalError("Population " + name, "no coefficient '" + coefficient_name + "'");
}

double ReadoutPlan::weight_of(std::size_t step) const {
    if (step < step_weights.size()) return step_weights[step];
    const bool same = std::all_of(step_weights.begin(), step_weights.end(),
                                  [this](double weight) { return weight == step_weights[0]; });
    return same && !step_weights.empty() ? step_weights[0] : 0.0;
}

std::size_t Plan::history_steps() const {
    std::size_t steps = 0;
    for (const ConnectionPlan& connection : connections) {
        if (carry.synapses) steps = std::max(steps, 1 + std::size_t{connection.greatest_delay});
    }
    return steps;
}

bool Plan::learns_delays() const {
    return trains() && std::any_of(connections.begin(), connections.end(),
                                   [](const ConnectionPlan& connection) {
                                       return connection.learned_delay != nullptr;
                                   });
}

std::vector<std::size_t> Plan::outputs() const {
    std::vector<std::size_t> indices;
    for (std::size_t index = 0; index < populations.size(); ++index) {
        if (populations[index].readout) indices.push_back(index);
    }
    return indices;
}

std::size_t Plan::population_index(const std::string& name) const {
    std::vector<std::string> names;
    for (std::size_t index = 0; index < populations.size(); ++index) {
        if (populations[index].name == name) return index;
        names.push_back(populations[index].name);
    }
    throw ModelError("Population " + name, fmt::format("there is no population '{}'", name),
                     suggest(name, names))
        .with("population", name);
}

std::string Plan::explain() const {
    return PlanPrinter(*this).print();
}

}  // namespace saltus
