#pragma once

#include <memory>
#include <string>
#include <utility>

#include <saltus/network/neuron.hpp>
#include <saltus/network/synapse.hpp>

namespace saltus::test {

/// A neuron model of a user: nothing but its declaration.
class DeclaredNeuron : public Neuron {
  public:
    explicit DeclaredNeuron(NeuronDeclaration declaration,
                            std::shared_ptr<const Readout> how_read = nullptr)
        : declaration_(std::move(declaration)) {
        readout = std::move(how_read);
    }
    std::string name() const override { return "declared"; }
    std::string class_name() const override { return "Declared"; }
    std::unique_ptr<Neuron> clone() const override {
        return std::make_unique<DeclaredNeuron>(*this);
    }
    NeuronDeclaration declare() const override { return declaration_; }

  private:
    NeuronDeclaration declaration_;
};

/// A synapse model of a user.
class DeclaredSynapse : public Synapse {
  public:
    explicit DeclaredSynapse(SynapseDeclaration declaration)
        : declaration_(std::move(declaration)) {}
    std::string name() const override { return "declared"; }
    std::string class_name() const override { return "DeclaredSynapse"; }
    std::unique_ptr<Synapse> clone() const override {
        return std::make_unique<DeclaredSynapse>(*this);
    }
    SynapseDeclaration declare() const override { return declaration_; }

  private:
    SynapseDeclaration declaration_;
};

/// A leaky integrate-and-fire neuron, written out.
inline NeuronDeclaration plain_neuron() {
    NeuronDeclaration model;
    model.parameters = {{"tau", 20.0, "ms", "membrane time constant"}};
    model.states = {{"v", 0.0, "1"}};
    model.equations = {"dv/dt = (i - v) / tau"};
    model.threshold = "v >= 1";
    model.reset = {"v = 0"};
    model.output = "v";
    return model;
}

}  // namespace saltus::test
