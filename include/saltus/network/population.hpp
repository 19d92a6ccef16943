#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <saltus/common/shape.hpp>
#include <saltus/network/neuron.hpp>

namespace saltus {

class Connection;
class Network;

/// A group of neurons of one model. Created by Network::population.
class Population {
  public:
    const std::string& name() const { return name_; }
    const Neuron& neuron() const { return *neuron_; }
    /// Position in the network, by order of creation.
    std::size_t index() const { return index_; }
    bool has_shape() const { return shape_.has_value(); }
    /// @throws ModelError when no shape was given and none could be inferred.
    const Shape& shape() const;
    /// Number of neurons.
    std::size_t size() const { return shape().size(); }
    /// Gives a population without shape its shape. @throws ModelError for a shape without neurons.
    void set_shape(Shape shape);
    bool is_input() const { return neuron_->input_kind() != InputKind::kNone; }
    const std::vector<const Connection*>& incoming() const { return incoming_; }
    const std::vector<const Connection*>& outgoing() const { return outgoing_; }

  private:
    friend class Network;
    Population(std::string name, std::size_t index, std::unique_ptr<Neuron> neuron);

    std::string name_;
    std::size_t index_;
    std::unique_ptr<Neuron> neuron_;
    std::optional<Shape> shape_;
    std::vector<const Connection*> incoming_;
    std::vector<const Connection*> outgoing_;
};

}  // namespace saltus
