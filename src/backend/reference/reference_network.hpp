#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <saltus/plan/plan.hpp>

#include "backend/reference/reference_population.hpp"
#include "plan/synapse_table.hpp"

namespace saltus {

/// What all examples share: the plan, its equations, all synapses, weights and their gradients.
template <class T>
struct ReferenceNetwork {
    explicit ReferenceNetwork(const Plan& described);
    ReferenceNetwork(const ReferenceNetwork&) = delete;
    ReferenceNetwork& operator=(const ReferenceNetwork&) = delete;

    /// Puts others in the place of a connection's synapses.
    void replace_synapses(std::size_t connection, std::shared_ptr<const SynapseTable> table);
    /// What a spike adds at a synapse with that number of a weight.
    T effective_weight(std::size_t connection, std::size_t weight) const {
        return static_cast<T>(plan.connections[connection].weight_scale) *
               weights[connection][weight];
    }

    /// Timesteps that a synapse takes on top of the connection's delay.
    std::uint32_t delay_of(std::size_t connection, std::size_t synapse) const {
        const SynapseTable& table = *tables[connection];
        return learned_delays[connection].empty()
                   ? table.delay_of(synapse)
                   : learned_delays[connection][table.weight_of(synapse)];
    }

    Plan plan;
    /// Steps that lists of spikes begin with before those of the example.
    std::size_t past;
    std::vector<ReferencePopulation<T>> populations;
    /// By connection.
    std::vector<std::shared_ptr<const SynapseTable>> tables;
    std::vector<std::vector<T>> weights;
    std::vector<std::vector<T>> gradients;
    std::vector<std::vector<T>> delay_gradients;
    /// By weight, in whole timesteps; empty where they are not learned.
    std::vector<std::vector<std::uint32_t>> learned_delays;
};

extern template struct ReferenceNetwork<float>;
extern template struct ReferenceNetwork<double>;

}  // namespace saltus
