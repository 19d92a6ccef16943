#pragma once

#include <saltus/network/neuron.hpp>

namespace saltus {

/// Arguments of LeakyIntegrateFire; what is left out takes the network's default for the class,
/// then the value given here.
struct LeakyIntegrateFireOptions {
    std::optional<InitValue> v_thresh = {};            ///< 1
    std::optional<InitValue> v_reset = {};             ///< 0
    std::optional<InitValue> v = {};                   ///< 0
    std::optional<InitValue> tau_mem = {};             ///< 20 ms
    std::optional<InitValue> tau_refrac = {};          ///< none
    std::optional<bool> relative_reset = {};           ///< true
    std::optional<bool> integrate_during_refrac = {};  ///< true
    std::optional<bool> scale_i = {};                  ///< false
    std::shared_ptr<const Readout> readout = nullptr;
};

/// Leaky integrate-and-fire neuron.
///
///     dv/dt = (r i - v) / tau_mem      spike when v >= v_thresh
///     reset: v = v - (v_thresh - v_reset)  (relative)   or   v = v_reset  (absolute)
///
/// with r = 1 when scale_i is true, otherwise r = 1 / (1 - exp(-dt / tau_mem)), so that a step adds
/// the whole input: v <- exp(-dt / tau_mem) v + i.
///
/// | parameter  | default | unit | meaning                                              |
/// |------------|---------|------|------------------------------------------------------|
/// | v_thresh   | 1       | 1    | membrane voltage at which the neuron spikes          |
/// | v_reset    | 0       | 1    | membrane voltage after a spike                       |
/// | v          | 0       | 1    | membrane voltage at the start of an example          |
/// | tau_mem    | 20      | ms   | membrane time constant                               |
/// | tau_refrac | none    | ms   | no spike for this long after a spike; with           |
/// |            |         |      | integrate_during_refrac false, v is held meanwhile   |
///
/// L. Lapicque, J. Physiol. Pathol. Gen. 9, 620 (1907).
class LeakyIntegrateFire : public Neuron {
  public:
    /// @throws ModelError for a time constant that is not positive, or values that are not finite.
    explicit LeakyIntegrateFire(LeakyIntegrateFireOptions options = {});
    std::string name() const override { return "leaky_integrate_fire"; }
    std::string class_name() const override { return "LeakyIntegrateFire"; }
    std::unique_ptr<Neuron> clone() const override;
    NeuronDeclaration declare() const override;
    void apply_defaults(const ParameterDefaults& defaults) override;

  protected:
    /// @param model the name of the class, for messages.
    LeakyIntegrateFire(LeakyIntegrateFireOptions options, const std::string& model);

  private:
    LeakyIntegrateFireOptions options_;
};

}  // namespace saltus
