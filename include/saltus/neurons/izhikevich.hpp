#pragma once

#include <saltus/network/neuron.hpp>

namespace saltus {

/// Arguments of Izhikevich; what is left out takes the network's default for the class,
/// then the value given here.
struct IzhikevichOptions {
    std::optional<InitValue> a = {};           ///< 0.02 1 / ms
    std::optional<InitValue> b = {};           ///< 0.2 1 / ms
    std::optional<InitValue> c = {};           ///< -65 mV
    std::optional<InitValue> d = {};           ///< 8 mV / ms
    std::optional<InitValue> v_thresh = {};    ///< 30 mV
    std::optional<InitValue> v = {};           ///< -65 mV
    std::optional<InitValue> u = {};           ///< -13 mV / ms
    std::optional<InitValue> tau_refrac = {};  ///< none
    /// How steps are taken, and in how many sub-steps.
    Solver solver = Solver::kEuler;
    std::size_t sub_steps = 2;
    std::shared_ptr<const Readout> readout = nullptr;
};

/// Calls visit(name, argument) for every parameter and initial value.
template <typename Visit>
void for_each_argument(IzhikevichOptions& options, const Visit& visit) {
    visit("a", options.a);
    visit("b", options.b);
    visit("c", options.c);
    visit("d", options.d);
    visit("v_thresh", options.v_thresh);
    visit("v", options.v);
    visit("u", options.u);
    visit("tau_refrac", options.tau_refrac);
}

/// Izhikevich's neuron.
///
///     dv/dt = 0.04 v^2 + 5 v + 140 - u + i        du/dt = a (b v - u)
///     spike when v >= v_thresh        reset: v = c, u = u + d
///
/// The input current i is in mV / ms. While it is refractory v is held.
///
/// | parameter  | default | unit    | meaning                                     |
/// |------------|---------|---------|---------------------------------------------|
/// | a          | 0.02    | 1 / ms  | rate of the recovery                        |
/// | b          | 0.2     | 1 / ms  | coupling of the recovery to the voltage     |
/// | c          | -65     | mV      | membrane voltage after a spike              |
/// | d          | 8       | mV / ms | what a spike adds to the recovery           |
/// | v_thresh   | 30      | mV      | membrane voltage at which the neuron spikes |
/// | v          | -65     | mV      | membrane voltage at the start of an example |
/// | u          | -13     | mV / ms | recovery at the start of an example         |
/// | tau_refrac | none    | ms      | no spike for this long after a spike        |
///
/// E. M. Izhikevich, IEEE Transactions on Neural Networks 14, 1569 (2003).
class Izhikevich : public Neuron {
  public:
    /// @throws ModelError for what has to be positive and is not, or values that are not finite.
    explicit Izhikevich(IzhikevichOptions options = {});
    std::string name() const override { return "izhikevich"; }
    std::string class_name() const override { return "Izhikevich"; }
    std::unique_ptr<Neuron> clone() const override;
    NeuronDeclaration declare() const override;
    void apply_defaults(const ParameterDefaults& defaults) override;

  private:
    IzhikevichOptions options_;
};

}  // namespace saltus
