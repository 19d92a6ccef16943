#pragma once

#include <saltus/network/synapse.hpp>

namespace saltus {

/// Arguments of Alpha; what is left out takes the network's default for the class, then the value
/// given here.
struct AlphaOptions {
    std::optional<InitValue> tau = {};  ///< 5 ms
    std::optional<bool> scale_i = {};   ///< false
};

/// Synaptic current that rises and decays with one time constant: the alpha function.
///
///     dx/dt = -x / tau      dg/dt = (e x - g) / tau      on arrival: x = x + weight
///
/// The current g of one spike is weight (t / tau) exp(1 - t / tau): it reaches the weight after
/// tau. During a step the neuron receives the current at its start or, with scale_i, its average.
///
/// | parameter | default | unit | meaning                          |
/// |-----------|---------|------|----------------------------------|
/// | tau       | 5       | ms   | time from arrival to the maximum |
///
/// W. Rall, Journal of Neurophysiology 30, 1138 (1967).
class Alpha : public Synapse {
  public:
    /// @throws ModelError for a time constant that is not positive and finite.
    explicit Alpha(AlphaOptions options = {});
    /// With a time constant in ms.
    explicit Alpha(InitValue tau) : Alpha(AlphaOptions{std::move(tau), {}}) {}
    std::string name() const override { return "alpha"; }
    std::string class_name() const override { return "Alpha"; }
    std::unique_ptr<Synapse> clone() const override { return std::make_unique<Alpha>(*this); }
    SynapseDeclaration declare() const override;
    void apply_defaults(const ParameterDefaults& defaults) override;

  private:
    AlphaOptions options_;
};

}  // namespace saltus
