#pragma once

#include <memory>
#include <vector>

#include <saltus/plan/plan.hpp>

#include "backend/exact/flow_parameters.hpp"
#include "backend/exact/linear_flow.hpp"
#include "plan/synapse_table.hpp"

namespace saltus {

/// One connection: who hears a spike, when, and how strongly.
struct ExactConnection {
    std::size_t source = 0;
    std::size_t target = 0;
    std::size_t row = 0;    ///< of the target's y, on which spikes act
    double delay = 0.0;     ///< ms; of all synapses, unless `delays` has those of each weight
    double scale = 1.0;     ///< of a weight on its way to the target
    bool is_dense = false;  ///< whether synapse k of a row is that to neuron k, with its own weight
    bool trainable = false;
    /// Whether its source learns from the time of its spikes.
    bool feeds_back = false;
    std::shared_ptr<const SynapseTable> table;
    std::vector<double> delays;  ///< ms
    double shortest = 0.0;       ///< of all delays
    double longest = 0.0;

    bool has_own_delays() const { return !delays.empty(); }
    /// That of synapse number `synapse` of the table.
    double delay_of(std::size_t synapse) const {
        return has_own_delays() ? delays[table->weight_of(synapse)] : delay;
    }
    /// Calls visit(target neuron, number of the weight) for the synapses of a source neuron.
    template <class Visit>
    void for_each(std::size_t pre, const Visit& visit) const {
        for (std::size_t s = table->row_begin[pre]; s < table->row_begin[pre + 1]; ++s)
            visit(std::size_t{table->post[s]}, table->weight_of(s));
    }
};

/// Populations that run together: in windows of time within which none of their spikes can reach
/// another of them.
struct ExactStage {
    std::vector<std::size_t> populations;
    double window = 0.0;  ///< ms; the whole example where no spike comes back
};

/// What a population does for some time after each spike of a neuron.
struct ExactHold {
    std::vector<double> times;  ///< ms, by neuron; empty without a refractory time
    std::vector<bool> held;     ///< states that stay as they are
    LinearFlow flow;            ///< meanwhile
    FlowParameters parameters;  ///< of that flow

    bool any() const { return !times.empty(); }
};

/// A plan with exact spike times, as numbers that are the same for every example.
struct ExactNetwork {
    explicit ExactNetwork(const Plan& described);

    /// Takes other delays of a connection, in timesteps by weight.
    void take_delays(std::size_t connection, const std::vector<double>& steps);
    /// Takes the numbers of a population's equations from its coefficients as they are now.
    void take_flow(std::size_t population);
    /// Puts others in the place of a connection's synapses.
    void replace_synapses(std::size_t connection, std::shared_ptr<const SynapseTable> table);

    Plan plan;
    double duration = 0.0;                   ///< ms
    std::vector<LinearFlow> flows;           ///< by population; empty for inputs
    std::vector<FlowParameters> parameters;  ///< likewise
    std::vector<ExactHold> holds;            ///< likewise
    std::vector<ExactConnection> connections;
    std::vector<std::vector<std::size_t>> incoming;  ///< by population: connections
    std::vector<ExactStage> stages;
    double min_slope = 0.0;

    /// Finds how long populations of a stage can run before a spike comes back.
    void find_windows();

    /// By connection.
    std::vector<std::vector<double>> weights;
};

}  // namespace saltus
