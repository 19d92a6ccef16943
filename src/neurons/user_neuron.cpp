#include <saltus/neurons/user_neuron.hpp>

namespace saltus {

UserNeuron::UserNeuron(NeuronDeclaration declaration, std::shared_ptr<const Readout> how_read)
    : declaration_(std::move(declaration)) {
    readout = std::move(how_read);
}

std::unique_ptr<Neuron> UserNeuron::clone() const {
    return std::make_unique<UserNeuron>(*this);
}

}  // namespace saltus
