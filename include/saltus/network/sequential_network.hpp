#pragma once

#include <optional>
#include <string>
#include <vector>

#include <saltus/network/network.hpp>

namespace saltus {

/// A network whose populations form a chain: each layer receives from the one before it.
class SequentialNetwork : public Network {
  public:
    using Network::Network;

    /// Starts the chain. @throws ModelError when it was started already.
    Population& input(const Neuron& neuron, std::optional<Shape> shape = {},
                      const std::string& name = {});
    /// Adds a population and the connection from the previous layer to it.
    /// @throws ModelError when there is no previous layer.
    Population& layer(const Connectivity& connectivity, const Neuron& neuron,
                      const Synapse& synapse, std::optional<Shape> shape = {},
                      const std::string& name = {});
    /// The populations, in order.
    const std::vector<Population*>& layers() const { return layers_; }

  private:
    std::vector<Population*> layers_;
};

}  // namespace saltus
