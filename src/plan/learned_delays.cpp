#include "plan/learned_delays.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/initializers/element_values.hpp>
#include <saltus/initializers/materialise.hpp>

#include "common/text.hpp"
#include "connectivity/dense_rows.hpp"
#include "plan/synapse_table.hpp"

namespace saltus {
namespace {

constexpr double kGreatestDelay = 1 << 20;

[[noreturn]] void refuse(const ConnectionPlan& plan, const std::string& parameter,
                         const std::string& problem, const std::string& advice) {
    throw ModelError("Connection " + plan.name, problem, advice)
        .with("connection", plan.name)
        .with("parameter", parameter);
}

std::vector<double> drawn_delays(const ConnectionPlan& plan, const InitValue& delay,
                                 const RandomStream& stream) {
    const std::string where = "Connection " + plan.name;
    if (plan.rows->num_elements())
        return materialise(delay, plan.num_weights(), stream, where, "delay", plan.weight_shape);
    const ElementValues values(delay, stream, where, "delay");
    std::vector<double> delays;
    delays.reserve(plan.num_weights());
    for_each_synapse(*plan.rows, [&](std::size_t, const RowSynapse& synapse) {
        delays.push_back(values.of(synapse.element));
    });
    return delays;
}

/// Whether every weight is that of one synapse.
bool owns_weights(const ConnectionPlan& plan) {
    return !plan.rows->num_elements() || dynamic_cast<const DenseRows*>(plan.rows.get()) != nullptr;
}

}  // namespace

std::vector<double> delays_of_weights(const ConnectionPlan& plan, const InitValue& delay,
                                      std::optional<std::size_t> limit,
                                      const RandomStream& stream) {
    std::vector<double> delays = drawn_delays(plan, delay, stream);
    const double most = limit ? static_cast<double>(*limit) : kGreatestDelay;
    const bool is_drawn = delay.is_initializer() || delay.is_name();
    for (double& value : delays) {
        if (is_drawn) value = std::clamp(value, 0.0, most);
        if (value >= 0.0 && value <= most) continue;
        if (value < 0.0) {
            refuse(plan, "delay", fmt::format("a delay is {:g} timesteps", value),
                   "give delays of at least 0");
        }
        refuse(
            plan, "delay",
            fmt::format("a delay is {:g} timesteps, more than max_delay_steps {:g}", value, most),
            "give a greater max_delay_steps, or shorter delays");
    }
    return delays;
}

void learn_delays(const InitValue& delay, std::optional<std::size_t> limit,
                  const RandomStream& stream, ConnectionPlan& plan) {
    if (!limit) {
        refuse(plan, "max_delay_steps",
               "its delays are learned, and how long they may become is not known",
               "give the connection max_delay_steps");
    }
    if (plan.num_weights() == 0) {
        refuse(plan, "delay_learn_conns",
               fmt::format("its delays cannot be learned: it is {}, so that no synapse is kept in "
                           "memory",
                           to_string(plan.matrix_type)),
               "let the compiler use the matrix types DENSE or SPARSE");
    }
    if (!plan.may_train || !owns_weights(plan)) {
        refuse(plan, "delay_learn_conns",
               fmt::format("its delays cannot be learned: synapses of '{}' have no weights of "
                           "their own, and a learned delay belongs to one",
                           plan.connectivity),
               "learn the delays of Dense or of sparse connectivity");
    }
    auto learned = std::make_shared<TrainedParameter>();
    learned->owner = plan.name;
    learned->parameter = "delay";
    learned->upper = static_cast<double>(*limit);
    learned->initial = delays_of_weights(plan, delay, limit, stream);
    learned->shape = plan.weight_shape;
    plan.learned_delay = std::move(learned);
    plan.greatest_delay = static_cast<std::uint32_t>(*limit);
}

namespace {

void require_names(const std::vector<std::string>& names, const Plan& plan) {
    std::vector<std::string> all;
    for (const ConnectionPlan& connection : plan.connections)
        all.push_back(connection.name);
    for (const std::string& name : names) {
        if (std::find(all.begin(), all.end(), name) != all.end()) continue;
        throw ModelError("delay_learn_conns", fmt::format("there is no connection '{}'", name),
                         suggest(name, all))
            .with("connection", name)
            .with("parameter", "delay_learn_conns");
    }
}

void require_free_name(const ConnectionPlan& connection, const Plan& plan) {
    const std::string name = connection.learned_delay->name();
    for (const PopulationPlan& population : plan.populations) {
        for (const TrainedParameter& parameter : population.trained) {
            if (parameter.name() != name) continue;
            refuse(connection, "delay_learn_conns",
                   fmt::format("its learned delays would be called '{}', as a trained parameter is",
                               name),
                   "give the connection another name");
        }
    }
}

bool closes_loop(const ConnectionPlan& connection, const Plan& plan) {
    return std::any_of(plan.forward.begin(), plan.forward.end(), [&](const Stage& stage) {
        const auto contains = [&](std::size_t population) {
            return std::find(stage.populations.begin(), stage.populations.end(), population) !=
                   stage.populations.end();
        };
        return contains(connection.source) && contains(connection.target);
    });
}

}  // namespace

void check_learned_delays(const std::vector<std::string>& names, Plan& plan) {
    if (names.empty()) return;
    require_names(names, plan);
    if (plan.has_surrogates()) {
        throw ModelError("Connection " + names.front(),
                         "its delays cannot be learned: only EventProp has gradients of delays, "
                         "through the times of spikes",
                         "compile with EventPropCompiler, or leave delay_learn_conns out")
            .with("connection", names.front())
            .with("parameter", "delay_learn_conns")
            .unsupported();
    }
    for (ConnectionPlan& connection : plan.connections) {
        if (!connection.learned_delay) continue;
        require_free_name(connection, plan);
        if (!plan.exact_times || !closes_loop(connection, plan)) continue;
        auto bounded = std::make_shared<TrainedParameter>(*connection.learned_delay);
        bounded->lower = 1.0;
        if (bounded->upper < bounded->lower) {
            refuse(connection, "max_delay_steps",
                   "with exact spike times a spike that comes back to its population needs a "
                   "delay of at least 1 timestep, and max_delay_steps is 0",
                   "give a greater max_delay_steps");
        }
        connection.learned_delay = std::move(bounded);
    }
}

}  // namespace saltus
