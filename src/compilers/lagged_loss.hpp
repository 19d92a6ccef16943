#pragma once

#include <memory>

#include <saltus/network/loss.hpp>

namespace saltus {

/// A loss of every timestep whose derivatives come late, as errors do in mlGeNN: those of an output
/// variable reach its synapses one step later, and a softmax is made at the end of a step for the
/// next one, which is another step. In the first step a softmax is 0.
class LaggedLoss : public Loss {
  public:
    /// @param loss one that compares every timestep.
    LaggedLoss(std::shared_ptr<const Loss> loss, std::size_t num_steps)
        : loss_(std::move(loss)), num_steps_(num_steps) {}
    std::string name() const override { return loss_->name(); }
    bool takes_values() const override { return loss_->takes_values(); }
    bool takes_steps() const override { return true; }
    bool compares_every_step() const override { return true; }
    void check_labels(std::span<const std::int32_t> labels, std::size_t num_outputs,
                      const std::string& where) const override;
    double evaluate(std::span<const double> outputs, const Target& target,
                    std::span<double> gradient) const override;

  private:
    /// The derivative by the output of the label where its softmax is 0.
    double first_slope(std::size_t num_outputs, const Target& target) const;

    std::shared_ptr<const Loss> loss_;
    std::size_t num_steps_;
};

}  // namespace saltus
