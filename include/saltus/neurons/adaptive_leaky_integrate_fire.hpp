#pragma once

#include <saltus/network/neuron.hpp>

namespace saltus {

/// Arguments of AdaptiveLeakyIntegrateFire; what is left out takes the network's default for the
/// class, then the value given here.
struct AdaptiveLeakyIntegrateFireOptions {
    std::optional<InitValue> v_thresh = {};            ///< 1
    std::optional<InitValue> v_reset = {};             ///< 0
    std::optional<InitValue> v = {};                   ///< 0
    std::optional<InitValue> a = {};                   ///< 0
    std::optional<InitValue> beta = {};                ///< 0.0174
    std::optional<InitValue> tau_mem = {};             ///< 20 ms
    std::optional<InitValue> tau_refrac = {};          ///< none
    std::optional<InitValue> tau_adapt = {};           ///< 2000 ms
    std::optional<bool> relative_reset = {};           ///< true
    std::optional<bool> integrate_during_refrac = {};  ///< true
    std::optional<bool> scale_i = {};                  ///< false
    std::shared_ptr<const Readout> readout = nullptr;
};

/// Leaky integrate-and-fire neuron whose threshold rises with its spikes.
///
///     dv/dt = (r i - v) / tau_mem      da/dt = -a / tau_adapt
///     spike when v >= v_thresh + beta a
///     reset: a = a + 1,  v = v - (v_thresh - v_reset)  (relative)   or   v = v_reset  (absolute)
///
/// with r = 1 when scale_i is true, otherwise r = 1 / (1 - exp(-dt / tau_mem)), so that a step adds
/// the whole input. The threshold of a step is that after the decay of a in it.
///
/// | parameter  | default | unit | meaning                                              |
/// |------------|---------|------|------------------------------------------------------|
/// | v_thresh   | 1       | 1    | threshold of a neuron that has not spiked            |
/// | v_reset    | 0       | 1    | membrane voltage after a spike                       |
/// | v          | 0       | 1    | membrane voltage at the start of an example          |
/// | a          | 0       | 1    | adaptation at the start of an example                |
/// | beta       | 0.0174  | 1    | what a spike adds to the threshold                   |
/// | tau_mem    | 20      | ms   | membrane time constant                               |
/// | tau_refrac | none    | ms   | no spike for this long after a spike; with           |
/// |            |         |      | integrate_during_refrac false, v is held meanwhile   |
/// | tau_adapt  | 2000    | ms   | time constant of the adaptation                      |
///
/// G. Bellec, D. Salaj, A. Subramoney, R. Legenstein, W. Maass, NeurIPS 31 (2018).
class AdaptiveLeakyIntegrateFire : public Neuron {
  public:
    /// @throws ModelError for a time constant that is not positive, or values that are not finite.
    explicit AdaptiveLeakyIntegrateFire(AdaptiveLeakyIntegrateFireOptions options = {});
    std::string name() const override { return "adaptive_leaky_integrate_fire"; }
    std::string class_name() const override { return "AdaptiveLeakyIntegrateFire"; }
    std::unique_ptr<Neuron> clone() const override;
    NeuronDeclaration declare() const override;
    void apply_defaults(const ParameterDefaults& defaults) override;

  private:
    AdaptiveLeakyIntegrateFireOptions options_;
};

}  // namespace saltus
