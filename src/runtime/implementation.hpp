#pragma once

#include <cmath>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include <saltus/runtime/compiled_network.hpp>

#include "backend/program.hpp"
#include "plan/replace_synapses.hpp"
#include "runtime/bound_data.hpp"

namespace saltus {

/// Where a trained parameter is: in a population's list, or the delays of a connection.
struct ParameterPlace {
    std::size_t owner = 0;   ///< population, or connection
    std::size_t number = 0;  ///< in the population's list
    bool is_delay = false;

    const TrainedParameter& described(const Plan& plan) const {
        return is_delay ? *plan.connections[owner].learned_delay
                        : plan.populations[owner].trained[number];
    }
    ParameterState state(const Program& program) const {
        return is_delay ? program.delays(owner) : program.parameter(owner, number);
    }
    void set_state(Program& program, const ParameterState& state) const {
        if (is_delay) {
            program.set_delays(owner, state);
        } else {
            program.set_parameter(owner, number, state);
        }
    }
};

/// What a compiled network consists of.
struct NetworkState {
    Plan plan;
    BackendOptions backend;
    Losses losses;
    Optimiser optimiser;
    GradientClip clip;
    /// By population and trained parameter; that of the weights where there is none.
    std::vector<std::vector<std::optional<Optimiser>>> parameter_optimisers;
    /// Of learned delays; that of the weights where there is none.
    std::optional<Optimiser> delay_optimiser;
    /// Number of weight updates so far.
    std::uint64_t step = 0;
    /// Number of the epoch after the last that was completed.
    std::size_t next_epoch = 0;
    /// What those gave.
    EpochHistory history;
    std::unique_ptr<Program> program;
    /// Steps of all batches so far, when the plan's clock goes on.
    std::size_t clock = 0;

    /// Factor of feedback weights that fade with every update.
    double feedback_scale() const {
        return std::pow(1.0 - plan.feedback_decay, static_cast<double>(step));
    }
    /// Lets the plan know which synapses there are, after training has rewired some.
    void take_synapses() {
        for (std::size_t index = 0; index < plan.connections.size(); ++index) {
            if (plan.connections[index].rewiring)
                replace_synapses(program->synapses(index), plan.connections[index]);
        }
    }
    std::size_t connection_index(const std::string& name) const;
    /// @throws ModelError with the nearest name when there is none.
    ParameterPlace parameter_place(const std::string& name) const;
    bool is_parameter(const std::string& name) const {
        bool found = false;
        for_each_parameter([&](const ParameterPlace&, const TrainedParameter& parameter) {
            found |= parameter.name() == name;
        });
        return found;
    }
    /// Calls visit(place, parameter) for each of them, learned delays last.
    template <class Visit>
    void for_each_parameter(const Visit& visit) const {
        for (std::size_t index = 0; index < plan.populations.size(); ++index) {
            const std::vector<TrainedParameter>& trained = plan.populations[index].trained;
            for (std::size_t k = 0; k < trained.size(); ++k)
                visit(ParameterPlace{index, k, false}, trained[k]);
        }
        for (std::size_t index = 0; index < plan.connections.size(); ++index) {
            if (plan.connections[index].learned_delay)
                visit(ParameterPlace{index, 0, true}, *plan.connections[index].learned_delay);
        }
    }
    /// What updates one of them.
    const Optimiser& optimiser_of(const ParameterPlace& place) const {
        const std::optional<Optimiser>& own =
            place.is_delay ? delay_optimiser : parameter_optimisers[place.owner][place.number];
        return own ? *own : optimiser;
    }
    /// Runs `body` for every batch of an order of examples and tells the callbacks, counting on in
    /// progress.batch. Ends after the batch at which a callback wanted to stop.
    /// @param example_offset what to add to their numbers for those in the whole dataset.
    /// @return whether one did.
    bool for_each_batch(const BoundData& data, std::span<const std::uint32_t> order,
                        Progress& progress, const std::vector<std::shared_ptr<Callback>>& callbacks,
                        const std::function<void(Batch& batch)>& body,
                        std::size_t example_offset = 0);
    std::size_t num_batches_of(std::size_t num_examples) const {
        return (num_examples + plan.batch_size - 1) / plan.batch_size;
    }
};

struct CompiledNetwork::Implementation : NetworkState {};

/// The shape of a trained parameter as users see it.
inline Shape shape_of(const TrainedParameter& parameter) {
    if (!parameter.shape.empty()) return parameter.shape;
    return parameter.initial.size() == 1 ? Shape() : Shape{parameter.initial.size()};
}

/// @throws ModelError for values that a trained parameter cannot take.
void require_settable(const TrainedParameter& trained, const Array& values);

/// Copies the weights of all connections that keep any, with the synapses that they belong to,
/// trained parameters and learned delays.
void copy_weights(const Plan& plan, const Program& from, Program& to);

using Callbacks = std::vector<std::shared_ptr<Callback>>;

/// Refuses null callbacks. @throws ModelError.
void check_callbacks(const Callbacks& callbacks);

/// Calls a function of every callback.
inline void tell(const Callbacks& callbacks, void (Callback::*event)(const Progress&),
                 const Progress& progress) {
    for (const auto& callback : callbacks)
        ((*callback).*event)(progress);
}

/// Asks all callbacks, each of them, whether the run shall end.
bool want_to_stop(const Callbacks& callbacks);

}  // namespace saltus
