#pragma once

#include <functional>

#include <saltus/runtime/compiled_network.hpp>

#include "backend/program.hpp"
#include "runtime/bound_data.hpp"

namespace saltus {

struct CompiledNetwork::Implementation {
    Plan plan;
    BackendOptions backend;
    Losses losses;
    Adam optimiser;
    /// Number of weight updates so far.
    std::uint64_t step = 0;
    std::unique_ptr<Program> program;

    std::size_t connection_index(const std::string& name) const;
    /// Runs `body` for every batch of an order of examples and tells the callbacks.
    /// Ends after the batch at which a callback wanted to stop.
    /// @return whether one did.
    bool for_each_batch(const BoundData& data, const std::vector<std::uint32_t>& order,
                        Progress& progress, const std::vector<std::shared_ptr<Callback>>& callbacks,
                        const std::function<void(Batch& batch)>& body);
};

/// Copies the weights of all connections that keep any.
void copy_weights(const Plan& plan, const Program& from, Program& to);

/// Refuses null callbacks. @throws ModelError.
void check_callbacks(const std::vector<std::shared_ptr<Callback>>& callbacks);

}  // namespace saltus
