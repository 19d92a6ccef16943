#pragma once

#include <memory>
#include <string>
#include <vector>

#include <saltus/network/defaults.hpp>
#include <saltus/network/neuron.hpp>

namespace saltus {

/// A synapse model as an equation: one state (or none) that jumps by the weight when a spike
/// arrives, decays by its linear equation, and injects a current into the neuron.
struct SynapseDeclaration {
    std::vector<ParameterDeclaration> parameters;
    /// The state's name; empty for an impulse that lasts exactly the step in which it arrives.
    std::string state;
    /// "di/dt = -i / tau"; empty without a state.
    std::string equation;
    /// The current that the neuron receives during a step, per unit of the state at its start
    /// (after the arrivals): "1", or the average of the decaying current over the step.
    std::string gain = "1";
};

/// How a spike that arrives becomes an input current.
class Synapse {
  public:
    virtual ~Synapse() = default;
    /// The name in network files, for example "exponential".
    virtual std::string name() const = 0;
    /// The name in DefaultParams, for example "Exponential".
    virtual std::string class_name() const = 0;
    virtual std::unique_ptr<Synapse> clone() const = 0;
    virtual SynapseDeclaration declare() const = 0;
    /// Takes the defaults for arguments that were not given.
    virtual void apply_defaults(const ParameterDefaults& defaults);
};

}  // namespace saltus
