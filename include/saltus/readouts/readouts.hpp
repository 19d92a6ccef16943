#pragma once

#include <saltus/network/readout.hpp>

namespace saltus {

/// The output variable at the end of the example.
class Var : public Readout {
  public:
    std::string name() const override { return "var"; }
    ReadoutDeclaration declare(std::size_t num_steps) const override;
};

/// The sum of the output variable over the steps of the example.
class SumVar : public Readout {
  public:
    std::string name() const override { return "sum_var"; }
    ReadoutDeclaration declare(std::size_t num_steps) const override;
};

/// The mean of the output variable over the steps of the example.
class AvgVar : public Readout {
  public:
    std::string name() const override { return "avg_var"; }
    ReadoutDeclaration declare(std::size_t num_steps) const override;
};

/// The number of spikes of each neuron during the example.
class SpikeCount : public Readout {
  public:
    std::string name() const override { return "spike_count"; }
    ReadoutDeclaration declare(std::size_t num_steps) const override;
};

/// The readout of that name ("var", "sum_var", "avg_var", "spike_count").
/// @throws ModelError with the nearest name when there is none.
std::shared_ptr<const Readout> readout_by_name(const std::string& name);

}  // namespace saltus
