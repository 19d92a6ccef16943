#include "backend/reference/reference_network.hpp"

#include "backend/initial_weights.hpp"
#include "plan/replace_synapses.hpp"

namespace saltus {
namespace {

/// All synapses of a connection, whatever its matrix type keeps.
std::shared_ptr<const SynapseTable> table_of(const ConnectionPlan& connection) {
    if (connection.table) return connection.table;
    const ElementDelays none(0.0, {}, RandomStream(0, RandomPurpose::kDelays, 0), connection.name);
    return std::make_shared<const SynapseTable>(
        make_synapse_table(*connection.rows, connection.delays ? *connection.delays : none,
                           "Connection " + connection.name));
}

}  // namespace

template <class T>
ReferenceNetwork<T>::ReferenceNetwork(const Plan& described)
    : plan(described), past(plan.history_steps()) {
    learned_delays.resize(plan.connections.size());
    for (const PopulationPlan& population : plan.populations)
        populations.emplace_back(population);
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        const ConnectionPlan& connection = plan.connections[index];
        const std::vector<double> initial = initial_weights(plan, index);
        tables.push_back(table_of(connection));
        delay_gradients.emplace_back(connection.has_uniform_delay() ? 1 : initial.size(), T(0));
        weights.emplace_back(initial.begin(), initial.end());
        gradients.emplace_back(initial.size(), T(0));
    }
}

template <class T>
void ReferenceNetwork<T>::replace_synapses(std::size_t connection,
                                           std::shared_ptr<const SynapseTable> table) {
    tables[connection] = table;
    saltus::replace_synapses(std::move(table), plan.connections[connection]);
}

template struct ReferenceNetwork<float>;
template struct ReferenceNetwork<double>;

}  // namespace saltus
