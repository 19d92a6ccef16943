#pragma once

#include <cstddef>

#include <saltus/network/neuron.hpp>

namespace saltus {

/// Input whose spikes come from the data: spike trains, one an example.
class SpikeInput : public Neuron {
  public:
    /// @param max_spikes accepted for compatibility; storage grows with the spikes, nothing is
    /// lost.
    explicit SpikeInput(std::size_t max_spikes = 1000000);
    std::string name() const override { return "spike_input"; }
    std::string class_name() const override { return "SpikeInput"; }
    std::unique_ptr<Neuron> clone() const override;
    InputKind input_kind() const override { return InputKind::kSpikes; }
};

/// Input that spikes in every step while its value in the data is positive.
class BinarySpikeInput : public Neuron {
  public:
    std::string name() const override { return "binary_spike_input"; }
    std::string class_name() const override { return "BinarySpikeInput"; }
    std::unique_ptr<Neuron> clone() const override;
    InputKind input_kind() const override { return InputKind::kBinary; }
};

/// Input that spikes at random with its value in the data as rate (spikes per ms): in each step
/// with probability 1 - exp(-value dt). Values that are not positive never spike.
class PoissonInput : public Neuron {
  public:
    std::string name() const override { return "poisson_input"; }
    std::string class_name() const override { return "PoissonInput"; }
    std::unique_ptr<Neuron> clone() const override;
    InputKind input_kind() const override { return InputKind::kPoisson; }
};

}  // namespace saltus
