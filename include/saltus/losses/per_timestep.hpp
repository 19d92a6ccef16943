#pragma once

#include <memory>
#include <string>

#include <saltus/network/loss.hpp>

namespace saltus {

/// The mean over all timesteps of a loss of the output variable at the end of each, in place of a
/// loss of the readout. Compilers make it of their losses when they are asked for a per-timestep
/// loss. Targets are the same for every timestep (labels, values [neurons]) or its own (values
/// [timesteps, neurons]).
class PerTimestep : public Loss {
  public:
    PerTimestep(std::shared_ptr<const Loss> loss, std::size_t num_steps)
        : loss_(std::move(loss)), num_steps_(num_steps) {}
    std::string name() const override { return loss_->name(); }
    bool takes_values() const override { return loss_->takes_values(); }
    bool takes_steps() const override { return true; }
    bool compares_every_step() const override { return true; }
    void check_labels(std::span<const std::int32_t> labels, std::size_t num_outputs,
                      const std::string& where) const override {
        loss_->check_labels(labels, num_outputs, where);
    }
    double evaluate(std::span<const double> outputs, const Target& target,
                    std::span<double> gradient) const override;

  private:
    std::shared_ptr<const Loss> loss_;
    std::size_t num_steps_;
};

}  // namespace saltus
