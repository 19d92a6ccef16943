#include "plan/lay_out.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "common/relocated.hpp"
#include "plan/learned_delays.hpp"
#include "plan/synapse_table.hpp"

namespace saltus {
namespace {

void lay_out(const ConnectivitySnippet& snippet, std::optional<std::size_t> max_delay_steps,
             std::uint64_t seed, std::uint32_t index, bool exact_times, bool learned,
             ConnectionPlan& plan) {
    const std::string where = "Connection " + plan.name;
    plan.matrix_type = snippet.matrix_type;
    plan.weight = snippet.weight;
    plan.weight_scale = snippet.weight_scale;
    plan.may_train = snippet.trainable;
    plan.rows = snippet.make_rows(RandomStream(seed, RandomPurpose::kConnectivity, index));
    InitValue delay = snippet.delay;
    // Those that are learned, or need not be whole, are no part of the layout.
    const bool keeps_apart = learned || (exact_times && !delay.is_constant());
    if (keeps_apart) {
        delay = 0.0;
    } else if (exact_times) {
        plan.exact_delay = delay.constant();
        // What is left of it is no step of the grid.
        if (std::isfinite(plan.exact_delay)) delay = std::floor(plan.exact_delay);
    }
    const RandomStream stream(seed, RandomPurpose::kDelays, index);
    auto delays = std::make_shared<const ElementDelays>(delay, max_delay_steps, stream, where);
    plan.greatest_delay = delays->greatest();
    const std::optional<std::size_t> elements = plan.rows->num_elements();
    if (elements && snippet.delay.is_array() && snippet.delay.array().size() != *elements) {
        throw ModelError(where,
                         fmt::format("delays of shape {} do not fit its {} weights",
                                     to_string(snippet.delay.array().shape), *elements),
                         "give one delay for each weight")
            .with("connection", plan.name)
            .with("parameter", "delay");
    }
    const bool computes_rows =
        snippet.matrix_type != MatrixType::kSparse && snippet.matrix_type != MatrixType::kDense;
    if (delays->is_uniform()) {
        plan.delay = delays->greatest();
    } else {
        plan.delays = delays;
    }
    const bool needs_table =
        snippet.matrix_type == MatrixType::kSparse || (!computes_rows && !delays->is_uniform());
    if (needs_table) {
        plan.table =
            std::make_shared<const SynapseTable>(make_synapse_table(*plan.rows, *delays, where));
    }
    plan.weight_shape = snippet.weight_shape;
    if (plan.weight_shape.empty()) {
        plan.weight_shape =
            Shape{plan.table ? plan.table->num_weights : plan.rows->num_elements().value_or(0)};
    }
    if (learned) {
        learn_delays(snippet.delay, max_delay_steps, stream, plan);
    } else if (keeps_apart && plan.num_weights() > 0) {
        plan.exact_delays = std::make_shared<const std::vector<double>>(
            delays_of_weights(plan, snippet.delay, max_delay_steps, stream));
    }
}

}  // namespace

std::vector<ConnectionPlan> lay_out_connections(const Network& network,
                                                const SupportedMatrixType& matrix_types,
                                                std::uint64_t seed, bool exact_times,
                                                const std::vector<std::string>& learned) {
    std::vector<ConnectionPlan> connections;
    for (const auto& connection : network.connections()) {
        ConnectionPlan plan;
        plan.name = connection->name();
        plan.source = connection->source().index();
        plan.target = connection->target().index();
        plan.num_pre = connection->source().size();
        plan.num_post = connection->target().size();
        plan.connectivity = connection->connectivity().name();
        try {
            const std::string where = "Connection " + plan.name;
            connection->connectivity().weight.require_fixed(
                where, "weight", "leave the mark out: weights are trained in any case");
            connection->connectivity().delay.require_fixed(where, "delay", "mark parameters only");
            lay_out(connection->connectivity().get_snippet(*connection, matrix_types),
                    connection->max_delay_steps(), seed,
                    static_cast<std::uint32_t>(connection->index()), exact_times,
                    std::find(learned.begin(), learned.end(), plan.name) != learned.end(), plan);
        } catch (const ModelError& error) {
            throw relocated(error, "Connection " + plan.name).with("connection", plan.name);
        }
        connections.push_back(std::move(plan));
    }
    return connections;
}

}  // namespace saltus
