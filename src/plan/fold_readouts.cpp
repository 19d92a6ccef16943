#include "plan/fold_readouts.hpp"

#include <algorithm>

#include "plan/coefficients.hpp"
#include "plan/schedule.hpp"

namespace saltus {
namespace {

using expr::Expression;

bool is_linear_in_time(const PopulationPlan& population) {
    // The response must be the same for every neuron; offsets and initial values may differ.
    const auto varies = [&](const Expression& e) {
        return std::any_of(
            population.coefficients.begin(), population.coefficients.end(),
            [&](const Coefficient& c) { return c.per_neuron() && depends_on(e, c.name); });
    };
    if (!population.flow.linear) return false;
    const NeuronKernel& kernel = population.kernel;
    for (const Expression& update : kernel.update) {
        for (const std::string& state : kernel.states) {
            if (varies(derivative(update, state))) return false;
        }
        for (std::size_t group = 0; group < kernel.num_groups(); ++group) {
            if (varies(derivative(update, synaptic_state_name(group)))) return false;
        }
    }
    return std::none_of(kernel.decay.begin(), kernel.decay.end(), varies);
}

bool can_fold(const Plan& plan, std::size_t index) {
    const PopulationPlan& population = plan.populations[index];
    if (population.input != InputKind::kNone || population.kernel.spiking) return false;
    if (population.compares_steps) return false;
    // Nor are synapses of several states.
    if (std::any_of(population.groups.begin(), population.groups.end(),
                    [](const auto& connections) { return connections.empty(); }))
        return false;
    // Responses are computed once.
    if (!population.trained.empty()) return false;
    // Feedback weights carry the signals of single steps.
    const bool broadcasts =
        std::any_of(plan.feedbacks.begin(), plan.feedbacks.end(),
                    [&](const FeedbackPlan& feedback) { return feedback.output == index; });
    if (broadcasts) return false;
    // Only what is linear in the spikes is a sum over them.
    if (!population.readout || (population.readout->source != ReadoutSource::kVariable &&
                                population.readout->source != ReadoutSource::kFinalVariable))
        return false;
    for (const ConnectionPlan& connection : plan.connections) {
        if (connection.source == index) return false;
        if (connection.target != index) continue;
        // The sums over spikes are made where spikes are, in the kernel of a neuron model.
        const PopulationPlan& source = plan.populations[connection.source];
        if (!source.has_equations()) return false;
        const bool is_plain = connection.matrix_type == MatrixType::kDense &&
                              connection.has_uniform_delay() &&
                              connection.num_weights() == connection.num_pre * connection.num_post;
        if (!is_plain) return false;
        const auto parallel = std::count_if(
            plan.connections.begin(), plan.connections.end(), [&](const ConnectionPlan& other) {
                return other.source == connection.source && other.target == index;
            });
        if (source.kernel.num_folds + static_cast<std::size_t>(parallel) > kMaxKernelFolds) {
            return false;
        }
    }
    return is_linear_in_time(population);
}

double slope(const Expression& expression, const std::string& symbol,
             const PopulationPlan& population) {
    return evaluate_at(derivative(expression, symbol), population.coefficients, 0);
}

/// Response and shift of each group for an arrival in each step, by the adjoint recursion.
struct GroupResponse {
    std::vector<double> response;
    std::vector<double> shift;
};

std::vector<GroupResponse> responses(const PopulationPlan& population, std::size_t num_steps) {
    const NeuronKernel& kernel = population.kernel;
    const std::size_t n = kernel.num_states();
    const ReadoutPlan& readout = *population.readout;
    std::vector<GroupResponse> result(kernel.num_groups());
    for (GroupResponse& group : result) {
        group.response.assign(num_steps, 0.0);
        group.shift.assign(num_steps, 0.0);
    }
    std::vector<double> lambda(n, 0.0);
    std::vector<double> mu(kernel.num_groups(), 0.0);
    if (readout.source == ReadoutSource::kFinalVariable) lambda[kernel.output] = 1.0;
    for (std::size_t step = num_steps; step-- > 0;) {
        if (readout.source == ReadoutSource::kVariable) {
            lambda[kernel.output] += readout.step_weights[step];
        }
        for (std::size_t group = 0; group < kernel.num_groups(); ++group) {
            const std::string state = synaptic_state_name(group);
            mu[group] *= slope(kernel.decay[group], state, population);
            for (std::size_t a = 0; a < n; ++a) {
                mu[group] += slope(kernel.update[a], state, population) * lambda[a];
            }
        }
        std::vector<double> earlier(n, 0.0);
        for (std::size_t b = 0; b < n; ++b) {
            for (std::size_t a = 0; a < n; ++a) {
                earlier[b] += slope(kernel.update[a], kernel.states[b], population) * lambda[a];
            }
        }
        lambda = earlier;
        for (std::size_t group = 0; group < kernel.num_groups(); ++group) {
            result[group].response[step] = mu[group];
            if (!kernel.group_has_state[group]) continue;
            double shift =
                population.coefficient("_rate" + std::to_string(group)).at(0) * mu[group];
            for (std::size_t a = 0; a < n; ++a) {
                shift -= population.coefficient("_slope_" + kernel.states[a]).at(0) * lambda[a];
            }
            result[group].shift[step] = shift;
        }
    }
    return result;
}

/// The readout of every neuron when nothing arrives.
std::vector<double> baseline(const PopulationPlan& population, std::size_t num_steps) {
    const NeuronKernel& kernel = population.kernel;
    std::vector<double> values;
    for (std::size_t neuron = 0; neuron < population.size; ++neuron) {
        std::vector<Coefficient> scope = population.coefficients;
        for (std::size_t group = 0; group < kernel.num_groups(); ++group) {
            scope.push_back({synaptic_state_name(group), {0.0}});
        }
        const std::size_t first_state = scope.size();
        for (std::size_t a = 0; a < kernel.num_states(); ++a) {
            scope.push_back({kernel.states[a], {population.initial[a].at(neuron)}});
        }
        double value = 0.0;
        for (std::size_t step = 0; step < num_steps; ++step) {
            std::vector<double> next;
            for (const Expression& update : kernel.update) {
                next.push_back(evaluate_at(update, scope, neuron));
            }
            for (std::size_t a = 0; a < next.size(); ++a)
                scope[first_state + a].values = {next[a]};
            if (population.readout->source == ReadoutSource::kVariable) {
                value += population.readout->step_weights[step] * next[kernel.output];
            } else {
                value = next[kernel.output];
            }
        }
        values.push_back(value);
        const bool same = std::none_of(scope.begin(), scope.end(),
                                       [](const Coefficient& c) { return c.per_neuron(); }) &&
                          std::none_of(population.initial.begin(), population.initial.end(),
                                       [](const Coefficient& c) { return c.per_neuron(); });
        if (same) break;
    }
    return values;
}

}  // namespace

void fold_readouts(Plan& plan) {
    for (std::size_t index = 0; index < plan.populations.size(); ++index) {
        if (!can_fold(plan, index)) continue;
        PopulationPlan& output = plan.populations[index];
        output.folded = true;
        output.readout->baseline = baseline(output, plan.num_steps);
        const std::vector<GroupResponse> by_group = responses(output, plan.num_steps);
        for (ConnectionPlan& connection : plan.connections) {
            if (connection.target != index) continue;
            const GroupResponse& group = by_group[connection.group];
            FoldPlan fold{std::vector<double>(plan.num_steps, 0.0),
                          std::vector<double>(plan.num_steps, 0.0)};
            for (std::size_t step = 0; step + 1 + connection.delay < plan.num_steps; ++step) {
                fold.response[step] = group.response[step + 1 + connection.delay];
                fold.shift[step] = group.shift[step + 1 + connection.delay];
            }
            connection.fold = std::move(fold);
            connection.fold_index = plan.populations[connection.source].kernel.num_folds++;
        }
    }
}

Plan without_folds(Plan plan) {
    for (PopulationPlan& population : plan.populations) {
        population.folded = false;
        population.kernel.num_folds = 0;
    }
    for (ConnectionPlan& connection : plan.connections)
        connection.fold.reset();
    plan.buffers.clear();
    plan.forward.clear();
    plan.backward.clear();
    plan.update.clear();
    schedule(plan);
    return plan;
}

Plan one_step_at_a_time(Plan plan, std::size_t num_examples) {
    plan.mode = PlanMode::kInference;
    plan.wants_delay_gradients = false;
    plan.num_steps = 1;
    plan.batch_size = num_examples;
    // What is given for a step holds in it.
    for (PopulationPlan& population : plan.populations)
        population.frames = {};
    plan.carry = {.states = true, .synapses = true, .readouts = true};
    for (ConnectionPlan& connection : plan.connections)
        connection.trainable = false;
    return without_folds(std::move(plan));
}

}  // namespace saltus
