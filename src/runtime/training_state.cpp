#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "runtime/implementation.hpp"

namespace saltus {
namespace {

using Arrays = std::map<std::string, Array>;

[[noreturn]] void refuse(const std::string& connection, const std::string& problem) {
    throw ModelError("TrainingState", problem, "give a state of a network with this description")
        .with("connection", connection);
}

/// Whether arrays are there for the connections that need them, for no others, and fit.
/// @param kind what messages call one of them.
void check_arrays(const Plan& plan, const Arrays& arrays, const std::string& kind,
                  bool (*needs)(const ConnectionPlan&)) {
    std::size_t expected = 0;
    for (const ConnectionPlan& connection : plan.connections) {
        if (!needs(connection)) continue;
        ++expected;
        const std::string& name = connection.name;
        const auto found = arrays.find(name);
        if (found == arrays.end()) refuse(name, fmt::format("it has no {} of '{}'", kind, name));
        const Array& array = found->second;
        if (!(array.shape == connection.weight_shape) ||
            array.values.size() != array.shape.size()) {
            refuse(name, fmt::format("the {} of '{}' has shape {}, the connection {}", kind, name,
                                     to_string(array.shape), to_string(connection.weight_shape)));
        }
        require_finite(array, "TrainingState", fmt::format("the {} of '{}'", kind, name));
    }
    if (arrays.size() == expected) return;
    for (const auto& [name, array] : arrays) {
        bool known = false;
        for (const ConnectionPlan& connection : plan.connections)
            known |= connection.name == name && needs(connection);
        if (!known) refuse(name, fmt::format("it has a {} of '{}', the network not", kind, name));
    }
}

bool keeps_weights(const ConnectionPlan& connection) {
    return connection.num_weights() > 0;
}

bool is_trained(const ConnectionPlan& connection) {
    return connection.trainable;
}

bool is_nothing(const ConnectionPlan& /*connection*/) {
    return false;
}

/// What one optimiser keeps of each weight means nothing to another.
void require_same_kind(const Optimiser& found, const Optimiser& expected) {
    if (found.index() == expected.index()) return;
    throw ModelError("TrainingState",
                     fmt::format("it is one of the optimiser '{}', and the network is trained with "
                                 "'{}'",
                                 optimiser_name(found), optimiser_name(expected)),
                     fmt::format("compile the network with '{}', or begin anew with its weights "
                                 "alone",
                                 optimiser_name(found)))
        .with("parameter", "optimiser");
}

}  // namespace

const Optimiser& CompiledTrainingNetwork::optimiser() const {
    return implementation_->optimiser;
}

void CompiledTrainingNetwork::set_optimiser(const Optimiser& optimiser) {
    check(optimiser);
    if (optimiser.index() != implementation_->optimiser.index()) {
        throw ModelError(
            "set_optimiser",
            fmt::format("it is '{}', and the network is trained with '{}'",
                        optimiser_name(optimiser), optimiser_name(implementation_->optimiser)),
            "compile the network with the other optimiser")
            .with("parameter", "optimiser");
    }
    implementation_->optimiser = optimiser;
}

TrainingState CompiledTrainingNetwork::training_state() const {
    const NetworkState& own = *implementation_;
    TrainingState state;
    state.next_epoch = own.next_epoch;
    state.num_updates = own.step;
    state.optimiser = own.optimiser;
    for (std::size_t index = 0; index < own.plan.connections.size(); ++index) {
        const ConnectionPlan& connection = own.plan.connections[index];
        if (keeps_weights(connection)) {
            state.weights[connection.name] = {connection.weight_shape, own.program->weights(index)};
        }
        if (!is_trained(connection)) continue;
        Moments moments = own.program->moments(index);
        state.mean_gradients[connection.name] = {connection.weight_shape, std::move(moments.m)};
        if (!keeps_squares(own.optimiser)) continue;
        state.mean_squares[connection.name] = {connection.weight_shape, std::move(moments.v)};
    }
    state.history = own.history;
    return state;
}

void CompiledTrainingNetwork::restore(const TrainingState& state) {
    NetworkState& own = *implementation_;
    // All of it first, so that nothing is half restored.
    check(state.optimiser);
    require_same_kind(state.optimiser, own.optimiser);
    check_arrays(own.plan, state.weights, "weight array", keeps_weights);
    check_arrays(own.plan, state.mean_gradients, "mean gradient", is_trained);
    const bool has_squares = keeps_squares(state.optimiser);
    check_arrays(own.plan, state.mean_squares, "mean squared gradient",
                 has_squares ? is_trained : is_nothing);
    for (const auto& [name, squares] : state.mean_squares) {
        for (const double value : squares.values) {
            if (value < 0.0)
                refuse(name, fmt::format("a mean square of '{}' is {:g}", name, value));
        }
    }
    for (std::size_t index = 0; index < own.plan.connections.size(); ++index) {
        const ConnectionPlan& connection = own.plan.connections[index];
        if (keeps_weights(connection))
            own.program->set_weights(index, state.weights.at(connection.name).values);
        if (!is_trained(connection)) continue;
        Moments moments;
        moments.m = state.mean_gradients.at(connection.name).values;
        moments.v = has_squares ? state.mean_squares.at(connection.name).values
                                : std::vector<double>(moments.m.size(), 0.0);
        own.program->set_moments(index, moments);
    }
    own.history = state.history;
    own.optimiser = state.optimiser;
    own.step = state.num_updates;
    own.next_epoch = state.next_epoch;
}

}  // namespace saltus
