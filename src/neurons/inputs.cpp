#include <saltus/neurons/inputs.hpp>

namespace saltus {

SpikeInput::SpikeInput(std::size_t /*max_spikes*/) {}

std::unique_ptr<Neuron> SpikeInput::clone() const {
    return std::make_unique<SpikeInput>(*this);
}

ValueInput::ValueInput(ValueInputOptions options, const std::string& model) : options_(options) {
    options_.frames().check(model);
}

std::unique_ptr<Neuron> BinarySpikeInput::clone() const {
    return std::make_unique<BinarySpikeInput>(*this);
}

std::unique_ptr<Neuron> PoissonInput::clone() const {
    return std::make_unique<PoissonInput>(*this);
}

}  // namespace saltus
