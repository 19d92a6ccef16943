#pragma once

#include <saltus/network/neuron.hpp>

namespace saltus {

/// Arguments of LeakyIntegrate; what is left out takes the network's default for the class, then
/// the value given here.
struct LeakyIntegrateOptions {
    std::optional<InitValue> v = {};        ///< 0
    std::optional<InitValue> bias = {};     ///< 0
    std::optional<InitValue> tau_mem = {};  ///< 20 ms
    std::optional<bool> scale_i = {};       ///< false
    std::shared_ptr<const Readout> readout = nullptr;
};

/// Leaky integrator, a neuron that never spikes: the usual output.
///
///     dv/dt = (r i + r_bias bias - v) / tau_mem
///
/// with r_bias = 1 / (1 - exp(-dt / tau_mem)), so that a step adds the whole bias, and r = 1 when
/// scale_i is true, otherwise r = r_bias: v <- exp(-dt / tau_mem) v + s i + bias.
///
/// | parameter | default | unit | meaning                                     |
/// |-----------|---------|------|---------------------------------------------|
/// | v         | 0       | 1    | membrane voltage at the start of an example |
/// | bias      | 0       | 1    | added to the voltage in every step          |
/// | tau_mem   | 20      | ms   | membrane time constant                      |
class LeakyIntegrate : public Neuron {
  public:
    /// @throws ModelError for a time constant that is not positive, or values that are not finite.
    explicit LeakyIntegrate(LeakyIntegrateOptions options = {});
    std::string name() const override { return "leaky_integrate"; }
    std::string class_name() const override { return "LeakyIntegrate"; }
    std::unique_ptr<Neuron> clone() const override;
    NeuronDeclaration declare() const override;
    void apply_defaults(const ParameterDefaults& defaults) override;

  private:
    LeakyIntegrateOptions options_;
};

}  // namespace saltus
