#pragma once

#include <memory>
#include <optional>
#include <string>

#include <saltus/network/connectivity.hpp>
#include <saltus/network/population.hpp>
#include <saltus/network/synapse.hpp>

namespace saltus {

/// The synapses from one population to another. Created by Network::connect.
class Connection {
  public:
    const std::string& name() const { return name_; }
    /// Position in the network, by order of creation.
    std::size_t index() const { return index_; }
    const Population& source() const { return *source_; }
    const Population& target() const { return *target_; }
    const Connectivity& connectivity() const { return *connectivity_; }
    const Synapse& synapse() const { return *synapse_; }
    /// The greatest delay that its synapses may have, in timesteps, where the user said so.
    std::optional<std::size_t> max_delay_steps() const { return max_delay_steps_; }

  private:
    friend class Network;
    Connection(std::string name, std::size_t index, Population& source, Population& target,
               std::unique_ptr<Connectivity> connectivity, std::unique_ptr<Synapse> synapse,
               std::optional<std::size_t> max_delay_steps);

    std::string name_;
    std::size_t index_;
    Population* source_;
    Population* target_;
    std::unique_ptr<Connectivity> connectivity_;
    std::unique_ptr<Synapse> synapse_;
    std::optional<std::size_t> max_delay_steps_;
};

}  // namespace saltus
