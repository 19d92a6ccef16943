#pragma once

#include <saltus/network/neuron.hpp>

namespace saltus {

/// A neuron that is written as its equations: see NeuronDeclaration.
///
///     NeuronDeclaration quadratic;
///     quadratic.parameters = {{"tau", 10.0, "ms", "time constant"}};
///     quadratic.states = {{"v", 0.0, "1"}};
///     quadratic.equations = {"dv/dt = (v * (v - 0.5) + i) / tau"};
///     quadratic.threshold = "v >= 1";
///     quadratic.reset = {"v = 0"};
///     quadratic.output = "v";
///     network.population(UserNeuron(quadratic), Shape{128}, "hidden");
///
/// Mistakes in equations are found when a network is compiled, with line and column.
class UserNeuron : public Neuron {
  public:
    explicit UserNeuron(NeuronDeclaration declaration,
                        std::shared_ptr<const Readout> how_read = nullptr);
    std::string name() const override { return "user_neuron"; }
    std::string class_name() const override { return "UserNeuron"; }
    std::unique_ptr<Neuron> clone() const override;
    NeuronDeclaration declare() const override { return declaration_; }

  private:
    NeuronDeclaration declaration_;
};

}  // namespace saltus
