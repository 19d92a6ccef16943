#pragma once

#include <saltus/network/neuron.hpp>

namespace saltus {

/// Arguments of AdaptiveExponential; what is left out takes the network's default for the class,
/// then the value given here.
struct AdaptiveExponentialOptions {
    std::optional<InitValue> c_m = {};         ///< 281 pF
    std::optional<InitValue> g_l = {};         ///< 30 nS
    std::optional<InitValue> v_rest = {};      ///< -70.6 mV
    std::optional<InitValue> v_thresh = {};    ///< -50.4 mV
    std::optional<InitValue> delta_t = {};     ///< 2 mV
    std::optional<InitValue> v_spike = {};     ///< 20 mV
    std::optional<InitValue> v_reset = {};     ///< -70.6 mV
    std::optional<InitValue> a = {};           ///< 4 nS
    std::optional<InitValue> b = {};           ///< 80.5 pA
    std::optional<InitValue> tau_w = {};       ///< 144 ms
    std::optional<InitValue> v = {};           ///< -70.6 mV
    std::optional<InitValue> w = {};           ///< 0 pA
    std::optional<InitValue> tau_refrac = {};  ///< none
    /// How steps are taken, and in how many sub-steps.
    Solver solver = Solver::kRungeKutta4;
    std::size_t sub_steps = 2;
    std::shared_ptr<const Readout> readout = nullptr;
};

/// Calls visit(name, argument) for every parameter and initial value.
template <typename Visit>
void for_each_argument(AdaptiveExponentialOptions& options, const Visit& visit) {
    visit("c_m", options.c_m);
    visit("g_l", options.g_l);
    visit("v_rest", options.v_rest);
    visit("v_thresh", options.v_thresh);
    visit("delta_t", options.delta_t);
    visit("v_spike", options.v_spike);
    visit("v_reset", options.v_reset);
    visit("a", options.a);
    visit("b", options.b);
    visit("tau_w", options.tau_w);
    visit("v", options.v);
    visit("w", options.w);
    visit("tau_refrac", options.tau_refrac);
}

/// Adaptive exponential integrate-and-fire neuron.
///
///     c_m dv/dt = -g_l (v - v_rest) + g_l delta_t exp((min(v, v_spike) - v_thresh) / delta_t) - w
///     + i tau_w dw/dt = a (v - v_rest) - w spike when v >= v_spike        reset: v = v_reset, w =
///     w + b
///
/// The upstroke is cut at v_spike, as the spike is.
/// The input current i is in pA. While it is refractory v is held.
///
/// | parameter  | default | unit | meaning                                       |
/// |------------|---------|------|-----------------------------------------------|
/// | c_m        | 281     | pF   | membrane capacitance                          |
/// | g_l        | 30      | nS   | leak conductance                              |
/// | v_rest     | -70.6   | mV   | resting potential                             |
/// | v_thresh   | -50.4   | mV   | voltage from which on the upstroke is fast    |
/// | delta_t    | 2       | mV   | sharpness of the upstroke                     |
/// | v_spike    | 20      | mV   | membrane voltage at which the neuron spikes   |
/// | v_reset    | -70.6   | mV   | membrane voltage after a spike                |
/// | a          | 4       | nS   | coupling of the adaptation to the voltage     |
/// | b          | 80.5    | pA   | what a spike adds to the adaptation           |
/// | tau_w      | 144     | ms   | time constant of the adaptation               |
/// | v          | -70.6   | mV   | membrane voltage at the start of an example   |
/// | w          | 0       | pA   | adaptation current at the start of an example |
/// | tau_refrac | none    | ms   | no spike for this long after a spike          |
///
/// R. Brette, W. Gerstner, Journal of Neurophysiology 94, 3637 (2005).
class AdaptiveExponential : public Neuron {
  public:
    /// @throws ModelError for what has to be positive and is not, or values that are not finite.
    explicit AdaptiveExponential(AdaptiveExponentialOptions options = {});
    std::string name() const override { return "adaptive_exponential"; }
    std::string class_name() const override { return "AdaptiveExponential"; }
    std::unique_ptr<Neuron> clone() const override;
    NeuronDeclaration declare() const override;
    void apply_defaults(const ParameterDefaults& defaults) override;

  private:
    AdaptiveExponentialOptions options_;
};

}  // namespace saltus
