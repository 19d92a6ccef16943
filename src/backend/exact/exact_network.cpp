#include "backend/exact/exact_network.hpp"

#include <algorithm>

#include "backend/initial_weights.hpp"
#include "connectivity/dense_rows.hpp"
#include "plan/replace_synapses.hpp"

namespace saltus {
namespace {

std::shared_ptr<const SynapseTable> table_of(const ConnectionPlan& connection) {
    if (connection.table) return connection.table;
    const ElementDelays none(0.0, {}, RandomStream(0, RandomPurpose::kDelays, 0), connection.name);
    return std::make_shared<const SynapseTable>(
        make_synapse_table(*connection.rows, none, "Connection " + connection.name));
}

ExactConnection bind(const Plan& plan, const ConnectionPlan& connection) {
    const PopulationPlan& target = plan.populations[connection.target];
    ExactConnection bound;
    bound.source = connection.source;
    bound.target = connection.target;
    bound.row = target.kernel.num_states() + connection.group;
    bound.delay = connection.exact_delay * plan.dt;
    bound.shortest = bound.longest = bound.delay;
    bound.scale = connection.weight_scale;
    bound.is_dense = dynamic_cast<const DenseRows*>(connection.rows.get()) != nullptr &&
                     connection.table == nullptr;
    bound.trainable = connection.trainable;
    bound.feeds_back = plan.trains() && plan.populations[connection.source].has_equations();
    bound.table = table_of(connection);
    return bound;
}

bool contains(const std::vector<std::size_t>& list, std::size_t value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

ExactNetwork::ExactNetwork(const Plan& described)
    : plan(described), duration(plan.dt * static_cast<double>(plan.num_steps)) {
    flows.resize(plan.populations.size());
    parameters.resize(plan.populations.size());
    holds.resize(plan.populations.size());
    for (std::size_t index = 0; index < plan.populations.size(); ++index)
        if (plan.populations[index].input == InputKind::kNone) take_flow(index);
    incoming.resize(plan.populations.size());
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        connections.push_back(bind(plan, plan.connections[index]));
        incoming[plan.connections[index].target].push_back(index);
        if (plan.connections[index].exact_delays)
            take_delays(index, *plan.connections[index].exact_delays);
        if (plan.connections[index].learned_delay)
            take_delays(index, plan.connections[index].learned_delay->initial);
        weights.push_back(initial_weights(plan, index));
    }
    for (const Stage& stage : plan.forward) {
        ExactStage exact;
        for (const std::size_t population : stage.populations)
            if (plan.populations[population].input == InputKind::kNone)
                exact.populations.push_back(population);
        if (exact.populations.empty()) continue;
        stages.push_back(std::move(exact));
    }
    find_windows();
    for (const PopulationPlan& population : plan.populations) {
        for (const Coefficient& coefficient : population.coefficients)
            if (coefficient.name == "_min_slope") min_slope = coefficient.at(0);
    }
}

void ExactNetwork::find_windows() {
    for (ExactStage& stage : stages) {
        stage.window = duration;
        for (const ExactConnection& connection : connections) {
            if (contains(stage.populations, connection.source) &&
                contains(stage.populations, connection.target))
                stage.window = std::min(stage.window, connection.shortest);
        }
    }
}

void ExactNetwork::take_delays(std::size_t index, const std::vector<double>& steps) {
    ExactConnection& connection = connections[index];
    connection.delays.clear();
    for (const double delay : steps)
        connection.delays.push_back(plan.dt * delay);
    if (steps.empty()) return;
    const auto [shortest, longest] =
        std::minmax_element(connection.delays.begin(), connection.delays.end());
    connection.shortest = *shortest;
    connection.longest = *longest;
}

void ExactNetwork::replace_synapses(std::size_t connection,
                                    std::shared_ptr<const SynapseTable> table) {
    connections[connection].table = table;
    saltus::replace_synapses(std::move(table), plan.connections[connection]);
}

void ExactNetwork::take_flow(std::size_t population) {
    flows[population] = LinearFlow(plan.populations[population]);
    const PopulationPlan& described = plan.populations[population];
    parameters[population] = FlowParameters(described, flows[population]);
    if (!described.kernel.refractory) return;
    ExactHold& hold = holds[population];
    const Coefficient& times = described.coefficient(described.kernel.refractory_time);
    hold.times.resize(described.size);
    for (std::size_t j = 0; j < described.size; ++j)
        hold.times[j] = times.at(j);
    hold.held = described.kernel.held;
    hold.flow = flows[population].holding(hold.held);
    hold.parameters = FlowParameters(described, hold.flow, hold.held);
}

}  // namespace saltus
