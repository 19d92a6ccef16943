#include "plan/check_exact_times.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

using expr::Expression;

[[noreturn]] void refuse(const PopulationPlan& population, const std::string& problem,
                         const std::string& advice) {
    throw ModelError("Population " + population.name, problem, advice)
        .with("population", population.name)
        .with("parameter", "spike_times")
        .unsupported();
}

bool is_linear(const Expression& expression, const std::vector<std::string>& states) {
    for (const std::string& state : states) {
        const Expression slope = derivative(expression, state);
        for (const std::string& other : states)
            if (depends_on(slope, other)) return false;
    }
    return true;
}

void check_population(const PopulationPlan& population) {
    const NeuronKernel& kernel = population.kernel;
    const char* const on_grid = "use spike_times = \"grid\"";
    if (population.input != InputKind::kNone) {
        if (population.input == InputKind::kSpikes) return;
        refuse(
            population,
            fmt::format("exact spike times need spikes as input, and it is a {}", population.model),
            "give SpikeInput spike trains, or use spike_times = \"grid\"");
    }
    for (std::size_t a = 0; a < kernel.num_states() && !population.flow.linear; ++a) {
        if (is_linear(population.flow.right_sides[a], kernel.states) && a + 1 < kernel.num_states())
            continue;
        refuse(population,
               fmt::format("exact spike times need linear equations that are solved exactly, and "
                           "d{}/dt = {} is not",
                           kernel.states[a], to_string(population.flow.right_sides[a])),
               on_grid);
    }
    if (!kernel.spiking) return;
    if (!is_linear(population.flow.crossing, kernel.states)) {
        refuse(population,
               fmt::format("exact spike times need a threshold that is linear in the states, and "
                           "{} is not",
                           to_string(kernel.spike)),
               on_grid);
    }
    for (std::size_t a = 0; a < kernel.num_states(); ++a) {
        if (is_linear(kernel.reset[a], kernel.states)) continue;
        refuse(population,
               fmt::format("exact spike times need resets that are linear in the states, and {} = "
                           "{} is not",
                           kernel.states[a], to_string(kernel.reset[a])),
               on_grid);
    }
}

[[noreturn]] void refuse(const ConnectionPlan& connection, const std::string& problem,
                         const std::string& advice) {
    throw ModelError("Connection " + connection.name, problem, advice)
        .with("connection", connection.name)
        .with("parameter", "spike_times")
        .unsupported();
}

void check_connection(const Plan& plan, const ConnectionPlan& connection) {
    if (!plan.populations[connection.target].kernel.group_has_state[connection.group]) {
        refuse(connection,
               "exact spike times need synapses whose current lasts, and these are "
               "impulses (delta)",
               "use an exponential synapse, or spike_times = \"grid\"");
    }
    if (connection.num_weights() == 0) {
        refuse(connection,
               "exact spike times need weights in memory, and these are computed "
               "whenever they are used",
               "use the matrix types DENSE or SPARSE, or spike_times = \"grid\"");
    }
}

double shortest_delay(const ConnectionPlan& connection) {
    if (connection.has_uniform_delay()) return connection.exact_delay;
    const std::vector<double>& delays =
        connection.learned_delay ? connection.learned_delay->initial : *connection.exact_delays;
    return delays.empty() ? 1.0 : *std::min_element(delays.begin(), delays.end());
}

void check_loops(const Plan& plan) {
    for (const Stage& stage : plan.forward) {
        const auto inside = [&](std::size_t population) {
            return std::find(stage.populations.begin(), stage.populations.end(), population) !=
                   stage.populations.end();
        };
        for (const ConnectionPlan& connection : plan.connections) {
            if (!inside(connection.source) || !inside(connection.target)) continue;
            const double delay = shortest_delay(connection);
            if (delay >= 1.0) continue;
            refuse(connection,
                   fmt::format("with exact spike times a spike that comes back to its population "
                               "needs a delay, and its delay is {:g} timesteps",
                               delay),
                   "give the recurrent connection a delay of at least 1 timestep");
        }
    }
}

}  // namespace

void check_exact_times(const Plan& plan) {
    for (const PopulationPlan& population : plan.populations)
        check_population(population);
    for (const ConnectionPlan& connection : plan.connections)
        check_connection(plan, connection);
    check_loops(plan);
}

}  // namespace saltus
