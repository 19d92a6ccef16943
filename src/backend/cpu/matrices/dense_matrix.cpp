#include <algorithm>

#include "backend/cpu/matrices/synapse_matrix.hpp"

namespace saltus {
namespace {

/// Row-major weights, rows padded to whole vectors.
class DenseMatrix : public SynapseMatrix {
  public:
    DenseMatrix(std::size_t num_rows, std::size_t num_columns)
        : num_rows_(num_rows), num_columns_(num_columns), stride_(padded_size(num_columns)) {}

    std::size_t num_floats() const override { return num_rows_ * stride_; }
    std::size_t place(std::size_t weight) const override {
        return weight / num_columns_ * stride_ + weight % num_columns_;
    }

    void propagate(const Floats& weights, const SpikeRows& spikes, bool accumulate,
                   const StepRows<float>& input) const override {
        kernels::sum_rows(weights.data(), stride_, spikes.begin, spikes.index, spikes.num_steps,
                          accumulate, input.values);
    }

    float product(const Floats& weights, std::uint32_t row, const float* values) const override {
        const std::uint32_t begin[] = {0, 1};
        float sum = 0.0F;
        kernels::dot_rows(weights.data() + row * stride_, stride_, begin, begin, 1, values, &sum,
                          0);
        return sum;
    }

    void feedback(const Floats& weights, const SpikeRows& spikes,
                  const StepRows<const float>& shift, const StepRows<float>& kappa) const override {
        kernels::dot_rows(weights.data(), stride_, spikes.begin, spikes.index, spikes.num_steps,
                          shift.values, kappa.values, kappa.stride);
    }

    void add_gradient(std::uint32_t row, const float* values, float* gradient) const override {
        float* const target = gradient + row * stride_;
        for (std::size_t column = 0; column < num_columns_; ++column)
            target[column] += values[column];
    }

  private:
    std::size_t num_rows_;
    std::size_t num_columns_;
    std::size_t stride_;
};

}  // namespace

void SynapseMatrix::feedback(const Floats& weights, const SpikeRows& spikes,
                             const StepRows<const float>& shift,
                             const StepRows<float>& kappa) const {
    for (std::size_t step = 0; step < spikes.num_steps; ++step) {
        for (std::uint32_t k = spikes.begin[step]; k < spikes.begin[step + 1]; ++k) {
            kappa.row(step)[spikes.index[k]] += product(weights, spikes.index[k], shift.row(step));
        }
    }
}

std::unique_ptr<SynapseMatrix> make_dense_matrix(std::size_t num_rows, std::size_t num_columns) {
    return std::make_unique<DenseMatrix>(num_rows, num_columns);
}

}  // namespace saltus
