#include <algorithm>

#include "backend/cpu/matrices/synapse_matrix.hpp"
#include "backend/cpu/spike_relay.hpp"
#include "connectivity/dense_rows.hpp"
#include "kernels/cpu/sparse.hpp"

namespace saltus {
namespace {

/// Compressed rows in memory. Rows of synapses with different delays are those of one delay each.
class SparseMatrix : public SynapseMatrix {
  public:
    explicit SparseMatrix(const ConnectionPlan& plan) : table_(plan.table) {
        if (!table_->delay.empty()) delay_rows_ = SpikeRelay::delay_rows(*table_);
        // Weights of a dense matrix with delays are numbered, but each belongs to one synapse.
        shares_weights_ = plan.rows->num_elements().has_value() &&
                          dynamic_cast<const DenseRows*>(plan.rows.get()) == nullptr;
    }

    std::size_t num_floats() const override { return padded_size(table_->num_weights); }
    std::size_t place(std::size_t weight) const override { return weight; }
    bool shares_weights() const override { return shares_weights_; }

    void propagate(const Floats& weights, const SpikeRows& spikes, bool accumulate,
                   const StepRows<float>& input) const override {
        if (!accumulate)
            std::fill(input.values, input.values + spikes.num_steps * input.stride, 0.0F);
        visit([&](const auto& rows) {
            kernels::scatter_rows(rows, weights.data(), spikes.begin, spikes.index,
                                  spikes.num_steps, input.values, input.stride);
        });
    }

    float product(const Floats& weights, std::uint32_t row, const float* values) const override {
        float sum = 0.0F;
        visit([&](const auto& rows) {
            sum = kernels::sparse_product(rows, weights.data(), row, values);
        });
        return sum;
    }

    void add_gradient(std::uint32_t row, const float* values, float* gradient) const override {
        visit([&](const auto& rows) { kernels::gather_row(rows, row, values, gradient); });
    }

    void add_delay_gradient(const Floats& weights, std::uint32_t row, const float* values,
                            double* gradient) const override {
        const std::vector<std::size_t>& begin = row_begin();
        for (std::size_t k = begin[row]; k < begin[row + 1]; ++k) {
            const std::size_t weight = table_->weight_of(k);
            gradient[weight] +=
                static_cast<double>(weights[weight]) * static_cast<double>(values[table_->post[k]]);
        }
    }

  private:
    const std::vector<std::size_t>& row_begin() const {
        return delay_rows_.empty() ? table_->row_begin : delay_rows_;
    }

    /// Calls use() with the rows, whose indices have one of two widths each.
    template <class Use>
    void visit(const Use& use) const {
        const std::size_t* const begin = row_begin().data();
        const bool is_numbered = table_->weight.size() > 0;
        table_->post.visit([&]<class Post>(const Post* post) {
            table_->weight.visit([&]<class Weight>(const Weight* weight) {
                use(kernels::SparseRows<Post, Weight>{begin, post, is_numbered ? weight : nullptr});
            });
        });
    }

    std::shared_ptr<const SynapseTable> table_;
    std::vector<std::size_t> delay_rows_;
    bool shares_weights_;
};

}  // namespace

std::unique_ptr<SynapseMatrix> make_sparse_matrix(const ConnectionPlan& plan) {
    return std::make_unique<SparseMatrix>(plan);
}

}  // namespace saltus
