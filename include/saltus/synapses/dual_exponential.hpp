#pragma once

#include <saltus/network/synapse.hpp>

namespace saltus {

/// Arguments of DualExponential; what is left out takes the network's default for the class, then
/// the value given here.
struct DualExponentialOptions {
    std::optional<InitValue> tau_rise = {};   ///< 1 ms
    std::optional<InitValue> tau_decay = {};  ///< 5 ms
    std::optional<bool> scale_i = {};         ///< false
};

/// Synaptic current that rises with one time constant and decays with another.
///
///     dx/dt = -x / tau_rise      dg/dt = k x - g / tau_decay      on arrival: x = x + weight
///
/// with k such that the current g of one spike reaches the weight. Equal time constants give the
/// alpha function. During a step the neuron receives the current at its start or, with scale_i, its
/// average.
///
/// | parameter | default | unit | meaning                    |
/// |-----------|---------|------|----------------------------|
/// | tau_rise  | 1       | ms   | time constant of the rise  |
/// | tau_decay | 5       | ms   | time constant of the decay |
///
/// A. Destexhe, Z. F. Mainen, T. J. Sejnowski, in Methods in Neuronal Modeling, MIT Press (1998).
class DualExponential : public Synapse {
  public:
    /// @throws ModelError for a time constant that is not positive and finite.
    explicit DualExponential(DualExponentialOptions options = {});
    std::string name() const override { return "dual_exponential"; }
    std::string class_name() const override { return "DualExponential"; }
    std::unique_ptr<Synapse> clone() const override {
        return std::make_unique<DualExponential>(*this);
    }
    SynapseDeclaration declare() const override;
    void apply_defaults(const ParameterDefaults& defaults) override;

  private:
    DualExponentialOptions options_;
};

}  // namespace saltus
