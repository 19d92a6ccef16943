#pragma once

#include <saltus/neurons/leaky_integrate_fire.hpp>

namespace saltus {

/// Arguments of LeakyIntegrateFireInput; those of the neuron may come from the network's defaults.
struct LeakyIntegrateFireInputOptions {
    LeakyIntegrateFireOptions neuron = {};
    /// Frames of an example, each held for so many timesteps, the last one until the end.
    InputFrames frames = {};
};

/// Leaky integrate-and-fire neuron (see LeakyIntegrateFire) whose input current is its value in the
/// data. Nothing can be connected to it.
class LeakyIntegrateFireInput : public LeakyIntegrateFire {
  public:
    /// @throws ModelError for a time constant that is not positive, values that are not finite, 0
    /// frames or timesteps.
    explicit LeakyIntegrateFireInput(LeakyIntegrateFireInputOptions options = {});
    std::string name() const override { return "leaky_integrate_fire_input"; }
    std::string class_name() const override { return "LeakyIntegrateFireInput"; }
    std::unique_ptr<Neuron> clone() const override;
    InputKind input_kind() const override { return InputKind::kCurrent; }
    InputFrames input_frames() const override { return frames_; }

  private:
    InputFrames frames_;
};

}  // namespace saltus
