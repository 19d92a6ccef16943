// The kernels of compressed rows against plain loops.
#include <gtest/gtest.h>

#include "kernels/cpu/sparse.hpp"
#include "support/numbers.hpp"

namespace saltus::test {
namespace {

/// Numbers of which float32 sums and products are exact.
std::vector<float> floats(Numbers& numbers, std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values)
        value = static_cast<float>(numbers.below(64)) / 16.0F - 2.0F;
    return values;
}

template <class Post, class Weight>
struct Widths {
    using PostIndex = Post;
    using WeightIndex = Weight;
};

template <class Types>
class SparseKernels : public testing::Test {
  protected:
    using Post = typename Types::PostIndex;
    using Weight = typename Types::WeightIndex;
    using Rows = kernels::SparseRows<Post, Weight>;

    static constexpr std::size_t kColumns = 50;
    static constexpr std::size_t kWeights = 40;

    /// Rows of 0 to 140 synapses; many reach a column several times.
    SparseKernels() {
        for (std::size_t row = 0; row < 36; ++row) {
            const std::size_t count =
                row % 3 == 0 ? numbers_.below(5) : row * 4 + numbers_.below(4);
            for (std::size_t k = 0; k < count; ++k) {
                post_.push_back(static_cast<Post>(numbers_.below(kColumns)));
                number_.push_back(static_cast<Weight>(numbers_.below(kWeights)));
            }
            begin_.push_back(post_.size());
        }
    }

    std::size_t num_rows() const { return begin_.size() - 1; }
    Rows rows(bool is_numbered) const {
        return {begin_.data(), post_.data(), is_numbered ? number_.data() : nullptr};
    }
    std::size_t weight_of(bool is_numbered, std::size_t synapse) const {
        return is_numbered ? std::size_t{number_[synapse]} : synapse;
    }

    Numbers numbers_{7};
    std::vector<std::size_t> begin_{0};
    std::vector<Post> post_;
    std::vector<Weight> number_;
};

using AllWidths =
    testing::Types<Widths<std::uint16_t, std::uint16_t>, Widths<std::uint16_t, std::uint32_t>,
                   Widths<std::uint32_t, std::uint16_t>, Widths<std::uint32_t, std::uint32_t>>;
TYPED_TEST_SUITE(SparseKernels, AllWidths);

TYPED_TEST(SparseKernels, ScatterRows) {
    const std::size_t stride = this->kColumns + 3;
    for (const bool is_numbered : {false, true}) {
        const std::vector<float> weights = floats(this->numbers_, this->post_.size());
        // Steps without spikes, with one, and with every row in any order.
        std::vector<std::uint32_t> step_begin{0, 0, 1};
        std::vector<std::uint32_t> index{4};
        for (std::size_t k = 0; k < this->num_rows(); ++k)
            index.push_back(static_cast<std::uint32_t>(k * 7 % this->num_rows()));
        step_begin.push_back(static_cast<std::uint32_t>(index.size()));
        std::vector<float> out = floats(this->numbers_, 3 * stride);
        std::vector<float> expected = out;
        for (std::size_t step = 0; step < 3; ++step) {
            for (std::uint32_t k = step_begin[step]; k < step_begin[step + 1]; ++k) {
                for (std::size_t i = this->begin_[index[k]]; i < this->begin_[index[k] + 1]; ++i) {
                    expected[step * stride + this->post_[i]] +=
                        weights[this->weight_of(is_numbered, i)];
                }
            }
        }
        kernels::scatter_rows(this->rows(is_numbered), weights.data(), step_begin.data(),
                              index.data(), 3, out.data(), stride);
        EXPECT_EQ(out, expected) << "numbered " << is_numbered;
    }
}

TYPED_TEST(SparseKernels, Product) {
    for (const bool is_numbered : {false, true}) {
        const std::vector<float> weights = floats(this->numbers_, this->post_.size());
        const std::vector<float> values = floats(this->numbers_, this->kColumns);
        for (std::uint32_t row = 0; row < this->num_rows(); ++row) {
            float expected = 0.0F;
            for (std::size_t i = this->begin_[row]; i < this->begin_[row + 1]; ++i)
                expected += weights[this->weight_of(is_numbered, i)] * values[this->post_[i]];
            EXPECT_EQ(kernels::sparse_product(this->rows(is_numbered), weights.data(), row,
                                              values.data()),
                      expected)
                << "row " << row << ", numbered " << is_numbered;
        }
    }
}

TYPED_TEST(SparseKernels, GatherRow) {
    for (const bool is_numbered : {false, true}) {
        const std::vector<float> values = floats(this->numbers_, this->kColumns);
        std::vector<float> gradient = floats(this->numbers_, this->post_.size());
        std::vector<float> expected = gradient;
        for (std::uint32_t row = 0; row < this->num_rows(); ++row) {
            for (std::size_t i = this->begin_[row]; i < this->begin_[row + 1]; ++i)
                expected[this->weight_of(is_numbered, i)] += values[this->post_[i]];
            kernels::gather_row(this->rows(is_numbered), row, values.data(), gradient.data());
        }
        EXPECT_EQ(gradient, expected) << "numbered " << is_numbered;
    }
}

// The order of additions to one column is that of spikes and synapses, so that the same network
// gives the same bits however it is cut.
TYPED_TEST(SparseKernels, ScatterRowsAddsInOrder) {
    std::vector<float> weights(this->post_.size());
    for (float& weight : weights)
        weight = static_cast<float>(this->numbers_.uniform(-1.0, 1.0));
    std::vector<std::uint32_t> index(this->num_rows());
    for (std::size_t k = 0; k < index.size(); ++k)
        index[k] = static_cast<std::uint32_t>(k);
    const std::vector<std::uint32_t> step_begin{0, static_cast<std::uint32_t>(index.size())};
    std::vector<float> out(this->kColumns, 0.0F);
    std::vector<float> expected = out;
    for (std::size_t i = 0; i < this->post_.size(); ++i)
        expected[this->post_[i]] += weights[i];
    kernels::scatter_rows(this->rows(false), weights.data(), step_begin.data(), index.data(), 1,
                          out.data(), this->kColumns);
    EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace saltus::test
