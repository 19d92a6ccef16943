#pragma once

#include <memory>
#include <string>
#include <vector>

#include <saltus/network/defaults.hpp>
#include <saltus/network/neuron.hpp>

namespace saltus {

/// A synapse model as linear equations: a state jumps by the weight when a spike arrives, and one
/// (the same, or one that follows it) is the current that the neuron receives. Without states the
/// weight is an impulse that lasts exactly the step in which it arrives.
struct SynapseDeclaration {
    std::vector<ParameterDeclaration> parameters;
    /// In terms of the parameters and `dt`.
    std::vector<DerivedDeclaration> derived;
    /// They begin at 0 and decay to it.
    std::vector<std::string> states;
    /// "dg/dt = -g / tau", one a state.
    std::vector<std::string> equations;
    /// The state that jumps: the first when empty.
    std::string arrival;
    /// The state that is the current: the last when empty.
    std::string current;
    /// The current that the neuron receives during a step, per unit of that state at its start
    /// (after the arrivals): "1", or what makes it the mean over the step.
    std::string gain = "1";
    /// Whether the neuron receives the mean of the current over the step, whatever the equations,
    /// in place of gain.
    bool averages = false;
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
