#pragma once

#include <cmath>
#include <functional>
#include <span>

#include <saltus/runtime/compiled_network.hpp>

#include "backend/program.hpp"
#include "runtime/bound_data.hpp"

namespace saltus {

/// What a compiled network consists of.
struct NetworkState {
    Plan plan;
    BackendOptions backend;
    Losses losses;
    Optimiser optimiser;
    GradientClip clip;
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
    std::size_t connection_index(const std::string& name) const;
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

/// Copies the weights of all connections that keep any.
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
