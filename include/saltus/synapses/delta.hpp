#pragma once

#include <saltus/network/synapse.hpp>

namespace saltus {

/// Impulse synapse: the weight is the input current of the one step in which the spike arrives.
class Delta : public Synapse {
  public:
    std::string name() const override { return "delta"; }
    std::string class_name() const override { return "Delta"; }
    std::unique_ptr<Synapse> clone() const override { return std::make_unique<Delta>(*this); }
    SynapseDeclaration declare() const override { return {}; }
};

}  // namespace saltus
