#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <saltus/common/random.hpp>
#include <saltus/network/init_value.hpp>
#include <saltus/plan/plan.hpp>

namespace saltus {

/// The delays of all weights of a connection that is laid out but for them, in timesteps that need
/// not be whole.
/// @throws ModelError naming the connection for arrays that do not fit, and for delays that are
/// negative or above `limit`. What initializers draw is cut to these bounds instead.
std::vector<double> delays_of_weights(const ConnectionPlan& plan, const InitValue& delay,
                                      std::optional<std::size_t> limit, const RandomStream& stream);

/// Lets training change the delays of a connection that is laid out but for them: from 0 to
/// `limit`, max_delay_steps of its description.
/// @throws ModelError naming the connection without a limit, for delays beyond it, and where a
/// weight, whose delay would be learned, is not that of one synapse or not in memory.
void learn_delays(const InitValue& delay, std::optional<std::size_t> limit,
                  const RandomStream& stream, ConnectionPlan& plan);

/// Checks what concerns the whole plan, which may be one for inference with delays that were
/// learned, and gives loops of exact spike times the bound they need: a spike comes back after a
/// timestep at the earliest.
/// @param names the connections that were asked for.
/// @throws ModelError for one that does not exist, for compilers that learn no delays, and when a
/// parameter has the name that learned delays would have.
void check_learned_delays(const std::vector<std::string>& names, Plan& plan);

}  // namespace saltus
