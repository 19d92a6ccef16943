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

/// The mean of the output variable over the steps of the example, of which early ones count more:
/// step s of N with the weight exp(-s / N) / N.
class AvgVarExpWeight : public Readout {
  public:
    std::string name() const override { return "avg_var_exp_weight"; }
    ReadoutDeclaration declare(std::size_t num_steps) const override;
};

/// The greatest value of the output variable in the example, at least 0. For inference.
class MaxVar : public Readout {
  public:
    std::string name() const override { return "max_var"; }
    ReadoutDeclaration declare(std::size_t num_steps) const override;
};

/// Minus the time (ms) of each neuron's first spike, so that the earliest is the greatest;
/// kNoFirstSpike for a neuron without one. For inference.
class FirstSpikeTime : public Readout {
  public:
    std::string name() const override { return "first_spike_time"; }
    ReadoutDeclaration declare(std::size_t num_steps) const override;
};

/// The number of spikes of each neuron during the example.
class SpikeCount : public Readout {
  public:
    std::string name() const override { return "spike_count"; }
    ReadoutDeclaration declare(std::size_t num_steps) const override;
};

/// The readout of that name ("var", "sum_var", "avg_var", "avg_var_exp_weight", "max_var",
/// "spike_count", "first_spike_time").
/// @throws ModelError with the nearest name when there is none.
std::shared_ptr<const Readout> readout_by_name(const std::string& name);

}  // namespace saltus
