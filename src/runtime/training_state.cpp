#include <algorithm>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "runtime/implementation.hpp"

namespace saltus {
namespace {

using Arrays = std::map<std::string, Array>;

[[noreturn]] void refuse(const std::string& owner, const std::string& problem) {
    throw ModelError("TrainingState", problem, "give a state of a network with this description")
        .with("connection", owner);
}

/// Weights of a connection, or a trained parameter, as part of a state.
struct Kept {
    std::string name;
    Shape shape;
    bool has_gradients = false;
    bool has_squares = false;
};

/// All of a network.
std::vector<Kept> all_kept(const NetworkState& network) {
    std::vector<Kept> all;
    for (const ConnectionPlan& connection : network.plan.connections) {
        if (connection.num_weights() == 0) continue;
        all.push_back({connection.name, connection.weight_shape, connection.trainable,
                       connection.trainable && keeps_squares(network.optimiser)});
    }
    network.for_each_parameter([&](const ParameterPlace& place, const TrainedParameter& parameter) {
        // With an axis in any case, as files want it.
        const Shape shape =
            parameter.shape.empty() ? Shape{parameter.initial.size()} : parameter.shape;
        all.push_back({parameter.name(), shape, true, keeps_squares(network.optimiser_of(place))});
    });
    return all;
}

/// Whether arrays are there for what needs them, for nothing else, and fit.
/// @param kind what messages call one of them.
void check_arrays(const std::vector<Kept>& all, const Arrays& arrays, const std::string& kind,
                  bool (*needs)(const Kept&)) {
    std::size_t expected = 0;
    for (const Kept& kept : all) {
        if (!needs(kept)) continue;
        ++expected;
        const std::string& name = kept.name;
        const auto found = arrays.find(name);
        if (found == arrays.end()) refuse(name, fmt::format("it has no {} of '{}'", kind, name));
        const Array& array = found->second;
        if (!(array.shape == kept.shape) || array.values.size() != array.shape.size()) {
            refuse(name, fmt::format("the {} of '{}' has shape {}, the network's {}", kind, name,
                                     to_string(array.shape), to_string(kept.shape)));
        }
        require_finite(array, "TrainingState", fmt::format("the {} of '{}'", kind, name));
    }
    if (arrays.size() == expected) return;
    for (const auto& [name, array] : arrays) {
        bool known = false;
        for (const Kept& kept : all)
            known |= kept.name == name && needs(kept);
        if (!known) refuse(name, fmt::format("it has a {} of '{}', the network not", kind, name));
    }
}

/// Moments of a name; zeros where the optimiser keeps none.
Moments moments_of(const TrainingState& state, const Kept& kept) {
    Moments moments;
    moments.m = state.mean_gradients.at(kept.name).values;
    moments.v = kept.has_squares ? state.mean_squares.at(kept.name).values
                                 : std::vector<double>(moments.m.size(), 0.0);
    return moments;
}

void keep_moments(Moments moments, const Kept& kept, TrainingState& state) {
    state.mean_gradients[kept.name] = {kept.shape, std::move(moments.m)};
    if (kept.has_squares) state.mean_squares[kept.name] = {kept.shape, std::move(moments.v)};
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

/// The tables of a state's synapses, by connection; null for those that keep theirs.
/// @throws ModelError when they are not those of the connections that are rewired.
std::vector<std::shared_ptr<const SynapseTable>> tables_of(const TrainingState& state,
                                                           const NetworkState& network) {
    std::vector<std::shared_ptr<const SynapseTable>> tables;
    std::size_t expected = 0;
    for (const ConnectionPlan& connection : network.plan.connections) {
        tables.emplace_back();
        if (!connection.rewiring) continue;
        ++expected;
        const auto found = state.synapses.find(connection.name);
        if (found == state.synapses.end())
            refuse(connection.name, fmt::format("it has no synapses of '{}'", connection.name));
        tables.back() = table_of(found->second, connection, "TrainingState");
    }
    if (state.synapses.size() == expected) return tables;
    for (const auto& [name, pairs] : state.synapses) {
        const auto& own = network.plan.connections;
        const bool known = std::any_of(own.begin(), own.end(), [&name = name](const auto& c) {
            return c.rewiring && c.name == name;
        });
        if (known) continue;
        throw ModelError(
            "TrainingState",
            fmt::format("it has synapses of '{}', which the network does not rewire", name),
            "compile the network with this connection among deep_r_conns")
            .with("connection", name);
    }
    return tables;
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
    state.history = own.history;
    for (const Kept& kept : all_kept(own)) {
        if (own.is_parameter(kept.name)) {
            const ParameterPlace place = own.parameter_place(kept.name);
            ParameterState parameter = place.state(*own.program);
            state.weights[kept.name] = {kept.shape, std::move(parameter.values)};
            keep_moments(std::move(parameter.moments), kept, state);
            continue;
        }
        const std::size_t index = own.connection_index(kept.name);
        state.weights[kept.name] = {kept.shape, own.program->weights(index)};
        if (kept.has_gradients) keep_moments(own.program->moments(index), kept, state);
        const ConnectionPlan& connection = own.plan.connections[index];
        if (connection.rewiring) state.synapses[kept.name] = pairs_of(*connection.table);
    }
    return state;
}

void CompiledTrainingNetwork::restore(const TrainingState& state) {
    NetworkState& own = *implementation_;
    // All of it first, so that nothing is half restored.
    check(state.optimiser);
    require_same_kind(state.optimiser, own.optimiser);
    const std::vector<Kept> all = all_kept(own);
    check_arrays(all, state.weights, "weight array", [](const Kept&) { return true; });
    check_arrays(all, state.mean_gradients, "mean gradient",
                 [](const Kept& kept) { return kept.has_gradients; });
    check_arrays(all, state.mean_squares, "mean squared gradient",
                 [](const Kept& kept) { return kept.has_squares; });
    for (const auto& [name, squares] : state.mean_squares) {
        for (const double value : squares.values) {
            if (value < 0.0)
                refuse(name, fmt::format("a mean square of '{}' is {:g}", name, value));
        }
    }
    own.for_each_parameter([&](const ParameterPlace&, const TrainedParameter& parameter) {
        require_settable(parameter, state.weights.at(parameter.name()));
    });
    const std::vector<std::shared_ptr<const SynapseTable>> tables = tables_of(state, own);
    for (const std::string& name : parameters())
        set_parameter(name, state.weights.at(name));
    for (const Kept& kept : all) {
        if (own.is_parameter(kept.name)) {
            const ParameterPlace place = own.parameter_place(kept.name);
            ParameterState parameter = place.state(*own.program);
            parameter.moments = moments_of(state, kept);
            place.set_state(*own.program, parameter);
            continue;
        }
        const std::size_t index = own.connection_index(kept.name);
        if (tables[index]) own.program->set_synapses(index, tables[index]);
        own.program->set_weights(index, state.weights.at(kept.name).values);
        if (kept.has_gradients) own.program->set_moments(index, moments_of(state, kept));
    }
    own.take_synapses();
    own.history = state.history;
    own.optimiser = state.optimiser;
    own.step = state.num_updates;
    own.next_epoch = state.next_epoch;
}

}  // namespace saltus
