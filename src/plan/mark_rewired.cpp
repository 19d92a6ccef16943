#include "plan/mark_rewired.hpp"

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "common/text.hpp"
#include "plan/replace_synapses.hpp"

namespace saltus {
namespace {

[[noreturn]] void refuse(const ConnectionPlan& connection, const std::string& problem,
                         const std::string& advice) {
    throw ModelError("Connection " + connection.name, problem, advice)
        .with("connection", connection.name)
        .with("parameter", "deep_r_conns");
}

ConnectionPlan& connection_of(const std::string& name, Plan& plan) {
    std::vector<std::string> names;
    for (ConnectionPlan& connection : plan.connections) {
        if (connection.name == name) return connection;
        names.push_back(connection.name);
    }
    throw ModelError("deep_r_conns", fmt::format("there is no connection '{}'", name),
                     suggest(name, names))
        .with("connection", name)
        .with("parameter", "deep_r_conns");
}

/// A weight that cannot cross zero would never go.
void check_constraint(const ConnectionPlan& connection) {
    const WeightConstraint& constraint = connection.constraint;
    if (constraint.keeps_sign) {
        refuse(connection, "its weights keep their signs, so that none would ever be rewired",
               "leave out keep_sign: a rewired synapse keeps its sign for as long as it lives");
    }
    if (constraint.lower < 0.0 && constraint.upper > 0.0) return;
    refuse(connection,
           fmt::format("its weights stay between {:g} and {:g}, so that none can cross zero",
                       constraint.lower, constraint.upper),
           "give bounds with zero between them, or leave them out");
}

void check(const ConnectionPlan& connection) {
    if (!connection.trainable)
        refuse(connection, "its weights are not trained", "name a connection that is trained");
    if (connection.matrix_type != MatrixType::kSparse) {
        refuse(connection,
               fmt::format("it is laid out as {}, and only SPARSE synapses are rewired",
                           to_string(connection.matrix_type)),
               "use a sparse connectivity, such as FixedProbability");
    }
    const std::string obstacle = why_synapses_stay(connection);
    if (!obstacle.empty()) {
        refuse(connection, obstacle,
               connection.has_uniform_delay()
                   ? "use a sparse connectivity, such as FixedProbability"
                   : "give all synapses one delay, or do not rewire them");
    }
    if (has_multiple_synapses(*connection.table)) {
        refuse(connection, "two of its synapses join the same neurons",
               "use FixedProbability, or a list in which no pair stands twice");
    }
    check_constraint(connection);
}

}  // namespace

void DeepR::check() const {
    if (std::isfinite(l1_strength) && l1_strength >= 0.0) return;
    throw ModelError("DeepR", fmt::format("deep_r_l1_strength is {:g}", l1_strength),
                     "give a number of at least 0")
        .with("parameter", "deep_r_l1_strength");
}

void mark_rewired(const DeepR& deep_r, Plan& plan) {
    deep_r.check();
    for (const std::string& name : deep_r.connections) {
        ConnectionPlan& connection = connection_of(name, plan);
        check(connection);
        const bool comes_back = connection.source == connection.target;
        connection.rewiring = RewiringPlan{
            deep_r.l1_strength, comes_back && !connects_any_to_itself(*connection.table)};
    }
}

}  // namespace saltus
