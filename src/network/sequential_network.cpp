#include <saltus/network/sequential_network.hpp>

#include <saltus/common/errors.hpp>

namespace saltus {

Population& SequentialNetwork::input(const Neuron& neuron, std::optional<Shape> shape,
                                     const std::string& name) {
    if (!layers_.empty()) {
        throw ModelError("SequentialNetwork",
                         "it has an input already, '" + layers_[0]->name() + "'",
                         "add further populations with layer()");
    }
    layers_.push_back(&population(neuron, std::move(shape), name));
    return *layers_.back();
}

Population& SequentialNetwork::layer(const Connectivity& connectivity, const Neuron& neuron,
                                     const Synapse& synapse, std::optional<Shape> shape,
                                     const std::string& name) {
    if (layers_.empty()) {
        throw ModelError("SequentialNetwork", "it has no input that a layer could follow",
                         "call input() first");
    }
    Population& added = population(neuron, std::move(shape), name);
    try {
        connect(*layers_.back(), added, connectivity, synapse);
    } catch (...) {
        remove_last_population();
        throw;
    }
    layers_.push_back(&added);
    return added;
}

}  // namespace saltus
