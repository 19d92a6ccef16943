#include <saltus/neurons/integrate_fire_input.hpp>
#include <saltus/neurons/leaky_integrate_fire_input.hpp>

namespace saltus {

IntegrateFireInput::IntegrateFireInput(IntegrateFireInputOptions options)
    : IntegrateFire(std::move(options.neuron), "IntegrateFireInput"), frames_(options.frames) {
    frames_.check("IntegrateFireInput");
}

std::unique_ptr<Neuron> IntegrateFireInput::clone() const {
    return std::make_unique<IntegrateFireInput>(*this);
}

LeakyIntegrateFireInput::LeakyIntegrateFireInput(LeakyIntegrateFireInputOptions options)
    : LeakyIntegrateFire(std::move(options.neuron), "LeakyIntegrateFireInput"),
      frames_(options.frames) {
    frames_.check("LeakyIntegrateFireInput");
}

std::unique_ptr<Neuron> LeakyIntegrateFireInput::clone() const {
    return std::make_unique<LeakyIntegrateFireInput>(*this);
}

}  // namespace saltus
