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

/// Arguments of inputs that turn values into spikes.
struct ValueInputOptions {
    /// Whether a negative value makes negative spikes, each of which delivers minus the weight.
    /// They stand apart from the others: recorders show only those of positive values.
    bool signed_spikes = false;
    /// Frames of an example, each held for so many timesteps, the last one until the end. Data are
    /// then of shape (examples, frames) + the population's.
    std::size_t input_frames = 1;
    std::size_t input_frame_timesteps = 1;

    InputFrames frames() const { return {input_frames, input_frame_timesteps}; }
};

/// What inputs that turn values into spikes have in common.
class ValueInput : public Neuron {
  public:
    InputFrames input_frames() const override { return options_.frames(); }
    bool signed_spikes() const override { return options_.signed_spikes; }

  protected:
    ValueInput(ValueInputOptions options, const std::string& model);

  private:
    ValueInputOptions options_;
};

/// Input that spikes in every step while its value in the data is positive.
class BinarySpikeInput : public ValueInput {
  public:
    /// @throws ModelError for 0 frames or timesteps.
    explicit BinarySpikeInput(ValueInputOptions options = {})
        : ValueInput(options, "BinarySpikeInput") {}
    std::string name() const override { return "binary_spike_input"; }
    std::string class_name() const override { return "BinarySpikeInput"; }
    std::unique_ptr<Neuron> clone() const override;
    InputKind input_kind() const override { return InputKind::kBinary; }
};

/// Input that spikes at random with its value in the data as rate (spikes per ms): in each step
/// with probability 1 - exp(-value dt). Values that are not positive never spike, unless spikes are
/// signed: negative ones then make negative spikes of the rate -value.
class PoissonInput : public ValueInput {
  public:
    /// @throws ModelError for 0 frames or timesteps.
    explicit PoissonInput(ValueInputOptions options = {}) : ValueInput(options, "PoissonInput") {}
    std::string name() const override { return "poisson_input"; }
    std::string class_name() const override { return "PoissonInput"; }
    std::unique_ptr<Neuron> clone() const override;
    InputKind input_kind() const override { return InputKind::kPoisson; }
};

}  // namespace saltus
