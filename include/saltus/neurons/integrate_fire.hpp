#pragma once

#include <saltus/network/neuron.hpp>

namespace saltus {

/// Arguments of IntegrateFire; what is left out takes the network's default for the class, then the
/// value given here.
struct IntegrateFireOptions {
    std::optional<InitValue> v_thresh = {};  ///< 1
    std::optional<InitValue> v_reset = {};   ///< 0
    std::optional<InitValue> v = {};         ///< 0
    std::shared_ptr<const Readout> readout = nullptr;
};

/// Integrate-and-fire neuron without leak.
///
///     dv/dt = i / dt      spike when v >= v_thresh      reset: v = v_reset
///
/// so that a step adds the whole input: v <- v + i.
///
/// | parameter | default | unit | meaning                                     |
/// |-----------|---------|------|---------------------------------------------|
/// | v_thresh  | 1       | 1    | membrane voltage at which the neuron spikes |
/// | v_reset   | 0       | 1    | membrane voltage after a spike              |
/// | v         | 0       | 1    | membrane voltage at the start of an example |
class IntegrateFire : public Neuron {
  public:
    /// @throws ModelError for values that are not finite.
    explicit IntegrateFire(IntegrateFireOptions options = {});
    std::string name() const override { return "integrate_fire"; }
    std::string class_name() const override { return "IntegrateFire"; }
    std::unique_ptr<Neuron> clone() const override;
    NeuronDeclaration declare() const override;
    void apply_defaults(const ParameterDefaults& defaults) override;

  protected:
    /// @param model the name of the class, for messages.
    IntegrateFire(IntegrateFireOptions options, const std::string& model);

  private:
    IntegrateFireOptions options_;
};

}  // namespace saltus
