#pragma once

#include <saltus/network/synapse.hpp>

namespace saltus {

/// Arguments of Exponential; what is left out takes the network's default for the class, then the
/// value given here.
struct ExponentialOptions {
    std::optional<InitValue> tau = {};  ///< 5 ms
    std::optional<bool> scale_i = {};   ///< false
};

/// Exponentially decaying synaptic current.
///
///     dg/dt = -g / tau      on arrival: g = g + weight
///
/// During a step the neuron receives the current at its start or, with scale_i, its average over
/// the step, (tau / dt) (1 - exp(-dt / tau)) g.
///
/// | parameter | default | unit | meaning                |
/// |-----------|---------|------|------------------------|
/// | tau       | 5       | ms   | synaptic time constant |
class Exponential : public Synapse {
  public:
    /// @throws ModelError for a time constant that is not positive and finite.
    explicit Exponential(ExponentialOptions options = {});
    /// With a time constant in ms.
    explicit Exponential(InitValue tau) : Exponential(ExponentialOptions{std::move(tau), {}}) {}
    std::string name() const override { return "exponential"; }
    std::string class_name() const override { return "Exponential"; }
    std::unique_ptr<Synapse> clone() const override { return std::make_unique<Exponential>(*this); }
    SynapseDeclaration declare() const override;
    void apply_defaults(const ParameterDefaults& defaults) override;

  private:
    ExponentialOptions options_;
};

}  // namespace saltus
