#include <saltus/runtime/gradient_check.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/data/batch_order.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "runtime/implementation.hpp"

namespace saltus {
namespace {

double greatest(const std::vector<double>& values) {
    double result = 0.0;
    for (const double value : values)
        result = std::max(result, std::abs(value));
    return result;
}

/// Numbers of the entries of greatest magnitude.
std::vector<std::size_t> steepest(const std::vector<double>& gradient, std::size_t count) {
    std::vector<std::size_t> order(gradient.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::abs(gradient[a]) > std::abs(gradient[b]);
    });
    order.resize(std::min(count, order.size()));
    return order;
}

/// The loss and gradients of some examples, on a program of its own.
class Checker {
  public:
    Checker(const NetworkState& network, const Inputs& x, const Labels& y)
        : plan_(without_regularisation(network.plan)),
          data_(bind_data(plan_, x, y, network.losses)),
          order_(natural_order(data_.num_examples)),
          program_(load_program(plan_, network.losses, network.backend)) {
        copy_weights(network.plan, *network.program, *program_);
        batch_.inputs = data_.inputs;
        batch_.targets = data_.targets;
        batch_.examples = order_;
    }

    /// Computes the gradients of all connections, which the program then keeps.
    void learn() { program_->learn(batch_, nullptr, result_); }

    double loss() {
        program_->infer(batch_, result_);
        return std::accumulate(result_.losses.begin(), result_.losses.end(), 0.0) /
               static_cast<double>(order_.size());
    }

    Program& program() { return *program_; }

  private:
    static Plan without_regularisation(Plan plan) {
        for (PopulationPlan& population : plan.populations)
            population.regularisation = {};
        return plan;
    }

    Plan plan_;
    BoundData data_;
    std::vector<std::uint32_t> order_;
    std::unique_ptr<Program> program_;
    Batch batch_;
    BatchResult result_;
};

/// Something that is trained: the weights of a connection, or a parameter.
struct Checked {
    std::string name;
    std::vector<double> gradient;
    std::vector<double> values;
    std::function<void(const std::vector<double>&)> set;
    /// Below it there is no loss.
    double lower = -std::numeric_limits<double>::infinity();
    /// The least that values are taken to be as great as.
    double scale = 1e-6;
};

/// The derivative of a function at 0 from its values around it, or on one side alone; of the fourth
/// order.
template <class Function>
double difference(const Function& value_at, double change, bool on_one_side) {
    if (on_one_side) {
        return (-25.0 * value_at(0.0) + 48.0 * value_at(change) - 36.0 * value_at(2.0 * change) +
                16.0 * value_at(3.0 * change) - 3.0 * value_at(4.0 * change)) /
               (12.0 * change);
    }
    return (8.0 * (value_at(change) - value_at(-change)) -
            (value_at(2.0 * change) - value_at(-2.0 * change))) /
           (12.0 * change);
}

void check_one(Checker& checker, const Checked& trained, std::size_t count, double step,
               std::vector<CheckedGradient>& checked) {
    const double scale = greatest(trained.gradient);
    const double change = step * std::max(greatest(trained.values), trained.scale);
    for (const std::size_t k : steepest(trained.gradient, count)) {
        const auto loss_at = [&](double by) {
            std::vector<double> changed = trained.values;
            changed[k] += by;
            trained.set(changed);
            return checker.loss();
        };
        CheckedGradient entry{trained.name, k, trained.values[k], trained.gradient[k], 0.0, 0.0};
        const bool is_at_bound = trained.values[k] - 2.0 * change < trained.lower;
        entry.difference = difference(loss_at, change, is_at_bound);
        const double apart = std::abs(entry.gradient - entry.difference);
        entry.error = scale > 0.0 ? apart / scale : apart;
        checked.push_back(entry);
    }
    trained.set(trained.values);
}

/// All that is trained, with its gradients as the program has them now.
std::vector<Checked> all_trained(const NetworkState& network, Program& program) {
    std::vector<Checked> all;
    const std::vector<ConnectionPlan>& connections = network.plan.connections;
    for (std::size_t index = 0; index < connections.size(); ++index) {
        if (!connections[index].trainable) continue;
        all.push_back({connections[index].name, program.gradient(index), program.weights(index),
                       [&program, index](const std::vector<double>& values) {
                           program.set_weights(index, values);
                       }});
    }
    network.for_each_parameter([&](const ParameterPlace& place, const TrainedParameter& parameter) {
        const ParameterState state = place.state(program);
        Checked checked{parameter.name(), state.gradient, state.values,
                        [&program, place, state](const std::vector<double>& values) {
                            ParameterState changed = state;
                            changed.values = values;
                            place.set_state(program, changed);
                        }};
        if (place.is_delay) {
            // A spike cannot arrive before it leaves, and delays that are all 0 have a scale.
            checked.lower = parameter.lower;
            checked.scale = 1.0;
        }
        all.push_back(std::move(checked));
    });
    return all;
}

}  // namespace

void CompiledTrainingNetwork::require_checkable() const {
    const Plan& plan = implementation_->plan;
    if (plan.mode == PlanMode::kEventProp && plan.exact_times) return;
    const bool on_grid = plan.mode == PlanMode::kEventProp;
    throw ModelError("check_gradients",
                     on_grid ? "on the time grid the loss jumps where a spike changes its step, so "
                               "that differences say nothing of gradients"
                             : "surrogate gradients are no derivatives of the loss",
                     on_grid ? "compile with spike_times = \"exact\""
                             : "compile with EventPropCompiler and spike_times = \"exact\"")
        .with("parameter", "spike_times")
        .unsupported();
}

std::vector<CheckedGradient> CompiledTrainingNetwork::check_gradients(const Inputs& x,
                                                                      const Labels& y,
                                                                      std::size_t per_connection,
                                                                      double step) const {
    require_checkable();
    if (!std::isfinite(step) || step <= 0.0) {
        throw ModelError("check_gradients", fmt::format("step is {:g}", step),
                         "give a positive number, for example 1e-4")
            .with("parameter", "step");
    }
    if (y.empty()) throw ModelError("check_gradients", "there are no labels", "give labels");
    Checker checker(*implementation_, x, y);
    checker.learn();
    std::vector<CheckedGradient> checked;
    for (const Checked& trained : all_trained(*implementation_, checker.program()))
        check_one(checker, trained, per_connection, step, checked);
    std::stable_sort(checked.begin(), checked.end(),
                     [](const auto& a, const auto& b) { return a.error > b.error; });
    return checked;
}

}  // namespace saltus
