#include "plan/constrain_weights.hpp"

#include <limits>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "common/text.hpp"
#include "connectivity/convolution_rows.hpp"
#include "plan/synapse_table.hpp"

namespace saltus {
namespace {

ConnectionPlan& trained_connection(const std::string& name, Plan& plan) {
    std::vector<std::string> names;
    for (ConnectionPlan& connection : plan.connections) {
        names.push_back(connection.name);
        if (connection.name != name) continue;
        if (connection.trainable) return connection;
        throw ModelError("Connection " + name,
                         "its weights are not trained, so that nothing can constrain them",
                         "name a connection that is trained and keeps its weights in memory")
            .with("connection", name)
            .with("parameter", "weight_constraints");
    }
    throw ModelError("weight_constraints", fmt::format("there is no connection '{}'", name),
                     suggest(name, names))
        .with("connection", name)
        .with("parameter", "weight_constraints");
}

std::vector<std::uint32_t> output_channels(const Convolution& convolution) {
    std::vector<std::uint32_t> groups(convolution.num_elements());
    for (std::size_t element = 0; element < groups.size(); ++element) {
        const std::size_t channel =
            convolution.output_channel_first ? element / convolution.in_channels : element;
        groups[element] = static_cast<std::uint32_t>(channel % convolution.out_channels);
    }
    return groups;
}

}  // namespace

void constrain_weights(const WeightConstraints& constraints, Plan& plan) {
    for (const auto& [name, constraint] : constraints) {
        ConnectionPlan& connection = trained_connection(name, plan);
        constraint.check("Connection " + name);
        connection.constraint = constraint;
    }
}

std::vector<std::uint32_t> norm_groups(const ConnectionPlan& connection) {
    std::vector<std::uint32_t> groups(connection.num_weights(), 0);
    if (connection.constraint.norm_of == NormOf::kConnection) return groups;
    if (connection.table && connection.table->weight.size() == 0) {
        for (std::size_t synapse = 0; synapse < groups.size(); ++synapse)
            groups[synapse] = connection.table->post[synapse];
        return groups;
    }
    const auto* const convolution = dynamic_cast<const ConvolutionRows*>(connection.rows.get());
    if (convolution != nullptr) return output_channels(convolution->convolution());
    const bool has_elements = connection.rows->num_elements().has_value();
    std::size_t number = 0;
    for_each_synapse(*connection.rows, [&](std::size_t, const RowSynapse& synapse) {
        groups[has_elements ? synapse.element : number] = synapse.post;
        ++number;
    });
    return groups;
}

}  // namespace saltus
