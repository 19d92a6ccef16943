#pragma once

#include <memory>

#include <saltus/network/loss.hpp>

namespace saltus {

/// A loss of the times of first spikes, which readouts give as -t in ms: neurons that stay silent
/// count as if they spiked at the end T of the example, where nothing changes; and for labels
/// alpha / (1.01 T - t) of the label's neuron is added, which draws it to early times, unless the
/// loss compares times itself.
class FirstSpikeLoss : public Loss {
  public:
    FirstSpikeLoss(std::shared_ptr<const Loss> loss, double duration, double alpha)
        : loss_(std::move(loss)), duration_(duration), alpha_(alpha) {}
    std::string name() const override { return loss_->name(); }
    bool takes_values() const override { return loss_->takes_values(); }
    void check_labels(std::span<const std::int32_t> labels, std::size_t num_outputs,
                      const std::string& where) const override {
        loss_->check_labels(labels, num_outputs, where);
    }
    double evaluate(std::span<const double> readout, const Target& target,
                    std::span<double> gradient) const override;

  private:
    std::shared_ptr<const Loss> loss_;
    double duration_;
    double alpha_;
};

}  // namespace saltus
