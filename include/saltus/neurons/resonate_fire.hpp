#pragma once

#include <saltus/network/neuron.hpp>

namespace saltus {

/// Arguments of ResonateFire; what is left out takes the network's default for the class,
/// then the value given here.
struct ResonateFireOptions {
    std::optional<InitValue> v_thresh = {};    ///< 1
    std::optional<InitValue> x_reset = {};     ///< 0
    std::optional<InitValue> y_reset = {};     ///< 0
    std::optional<InitValue> omega = {};       ///< 0.5 1 / ms
    std::optional<InitValue> tau_mem = {};     ///< 20 ms
    std::optional<InitValue> x = {};           ///< 0
    std::optional<InitValue> y = {};           ///< 0
    std::optional<InitValue> tau_refrac = {};  ///< none
    std::shared_ptr<const Readout> readout = nullptr;
};

/// Calls visit(name, argument) for every parameter and initial value.
template <typename Visit>
void for_each_argument(ResonateFireOptions& options, const Visit& visit) {
    visit("v_thresh", options.v_thresh);
    visit("x_reset", options.x_reset);
    visit("y_reset", options.y_reset);
    visit("omega", options.omega);
    visit("tau_mem", options.tau_mem);
    visit("x", options.x);
    visit("y", options.y);
    visit("tau_refrac", options.tau_refrac);
}

/// Resonate-and-fire neuron: a damped oscillation that spikes when it swings far enough.
///
///     dx/dt = -x / tau_mem - omega y + i        dy/dt = omega x - y / tau_mem
///     spike when y >= v_thresh        reset: x = x_reset, y = y_reset
///
/// Steps are solved exactly. Input in phase with the oscillation adds up, other input does not.
/// The input current i is in 1 / ms. While it is refractory x and y are held.
///
/// | parameter  | default | unit   | meaning                              |
/// |------------|---------|--------|--------------------------------------|
/// | v_thresh   | 1       | 1      | swing at which the neuron spikes     |
/// | x_reset    | 0       | 1      | x after a spike                      |
/// | y_reset    | 0       | 1      | y after a spike                      |
/// | omega      | 0.5     | 1 / ms | angular frequency                    |
/// | tau_mem    | 20      | ms     | time constant of the damping         |
/// | x          | 0       | 1      | x at the start of an example         |
/// | y          | 0       | 1      | y at the start of an example         |
/// | tau_refrac | none    | ms     | no spike for this long after a spike |
///
/// E. M. Izhikevich, Neural Networks 14, 883 (2001).
class ResonateFire : public Neuron {
  public:
    /// @throws ModelError for what has to be positive and is not, or values that are not finite.
    explicit ResonateFire(ResonateFireOptions options = {});
    std::string name() const override { return "resonate_fire"; }
    std::string class_name() const override { return "ResonateFire"; }
    std::unique_ptr<Neuron> clone() const override;
    NeuronDeclaration declare() const override;
    void apply_defaults(const ParameterDefaults& defaults) override;

  private:
    ResonateFireOptions options_;
};

}  // namespace saltus
