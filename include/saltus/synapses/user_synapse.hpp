#pragma once

#include <saltus/network/synapse.hpp>

namespace saltus {

/// A synapse that is written as its equations: see SynapseDeclaration.
///
///     SynapseDeclaration slow;
///     slow.parameters = {{"tau_fast", 2.0, "ms", ""}, {"tau_slow", 50.0, "ms", ""}};
///     slow.equations = {"df/dt = -f / tau_fast", "ds/dt = (f - s) / tau_slow"};
///     network.connect(input, hidden, Dense(0.1), UserSynapse(slow));
///
/// Mistakes in equations are found when a network is compiled, with line and column.
class UserSynapse : public Synapse {
  public:
    /// Without states they are those of the equations, in their order.
    /// @throws ModelError for an equation that cannot be read.
    explicit UserSynapse(SynapseDeclaration declaration);
    std::string name() const override { return "user_synapse"; }
    std::string class_name() const override { return "UserSynapse"; }
    std::unique_ptr<Synapse> clone() const override { return std::make_unique<UserSynapse>(*this); }
    SynapseDeclaration declare() const override { return declaration_; }

  private:
    SynapseDeclaration declaration_;
};

}  // namespace saltus
