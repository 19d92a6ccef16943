#pragma once

#include <saltus/network/loss.hpp>

namespace saltus {

/// Cross-entropy of class labels and the softmax of the readout y, for one example
///
///     L = -log softmax(y / temperature)[label]        dL/dy = (softmax - onehot) / temperature
///
/// A temperature below 1 sharpens the softmax of readouts whose values are small.
class SparseCategoricalCrossentropy : public Loss {
  public:
    /// @throws ModelError for a temperature that is not positive and finite.
    explicit SparseCategoricalCrossentropy(double temperature = 1.0);
    std::string name() const override { return "sparse_categorical_crossentropy"; }
    void check_labels(std::span<const std::int32_t> labels, std::size_t num_outputs,
                      const std::string& where) const override;
    double evaluate(std::span<const double> readout, const Target& target,
                    std::span<double> gradient) const override;

  private:
    double inverse_temperature_;
};

}  // namespace saltus
