#pragma once

#include <saltus/neurons/integrate_fire.hpp>

namespace saltus {

/// Arguments of IntegrateFireInput; those of the neuron may come from the network's defaults.
struct IntegrateFireInputOptions {
    IntegrateFireOptions neuron = {};
    /// Frames of an example, each held for so many timesteps, the last one until the end.
    InputFrames frames = {};
};

/// Integrate-and-fire neuron (see IntegrateFire) whose input current is its value in the data: in
/// every step v <- v + value. Nothing can be connected to it.
class IntegrateFireInput : public IntegrateFire {
  public:
    /// @throws ModelError for values that are not finite, 0 frames or timesteps.
    explicit IntegrateFireInput(IntegrateFireInputOptions options = {});
    std::string name() const override { return "integrate_fire_input"; }
    std::string class_name() const override { return "IntegrateFireInput"; }
    std::unique_ptr<Neuron> clone() const override;
    InputKind input_kind() const override { return InputKind::kCurrent; }
    InputFrames input_frames() const override { return frames_; }

  private:
    InputFrames frames_;
};

}  // namespace saltus
