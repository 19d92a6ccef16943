// The kernels of synapses with delays of their own against plain loops.
#include <gtest/gtest.h>

#include "kernels/cpu/delayed.hpp"
#include "support/numbers.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kTable = 700;
constexpr std::uint32_t kAll = 0xFFFFFFFF;

/// Numbers of which float32 sums and products are exact.
std::vector<float> floats(Numbers& numbers, std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values)
        value = static_cast<float>(numbers.below(64)) / 16.0F - 2.0F;
    return values;
}

/// Rows of many lengths, of which some reach a place several times.
class DelayedKernels : public testing::TestWithParam<std::size_t> {
  protected:
    DelayedKernels() : weight_(floats(numbers_, GetParam())), table_(floats(numbers_, kTable)) {
        for (std::size_t k = 0; k < GetParam(); ++k)
            offset_.push_back(static_cast<std::uint32_t>(numbers_.below(kTable / (1 + k % 3))));
    }
    kernels::DelayedRow row() const { return {weight_.data(), offset_.data(), GetParam()}; }

    Numbers numbers_{3};
    std::vector<float> weight_;
    std::vector<float> table_;
    std::vector<std::uint32_t> offset_;
};

TEST_P(DelayedKernels, ScatterWithinARange) {
    for (const auto& [first, end] : {std::pair{0U, kAll}, {0U, 300U}, {120U, kAll}, {50U, 60U}}) {
        std::vector<float> found = table_;
        std::vector<float> expected = table_;
        kernels::scatter_delayed(row(), -1.0F, {first, end}, found.data());
        for (std::size_t k = 0; k < GetParam(); ++k)
            if (offset_[k] >= first && offset_[k] < end) expected[offset_[k]] -= weight_[k];
        EXPECT_EQ(found, expected) << first << " " << end;
    }
}

TEST_P(DelayedKernels, MultiplyBelowAnEnd) {
    for (const std::uint32_t end : {kAll, 300U, 0U}) {
        float expected = 0.0F;
        for (std::size_t k = 0; k < GetParam(); ++k)
            if (offset_[k] < end) expected += weight_[k] * table_[offset_[k]];
        EXPECT_EQ(kernels::product_delayed(row(), end, table_.data()), expected);
    }
}

TEST_P(DelayedKernels, AddGradientsBelowAnEnd) {
    const std::vector<float> shift = floats(numbers_, kTable);
    for (const std::uint32_t end : {kAll, 300U}) {
        std::vector<float> by_weight = floats(numbers_, GetParam());
        std::vector<float> by_delay = by_weight;
        std::vector<float> expected_weight = by_weight;
        std::vector<float> expected_delay = by_delay;
        kernels::add_delayed_gradients(row(), -1.0F, end, table_.data(), shift.data(),
                                       by_weight.data(), by_delay.data());
        for (std::size_t k = 0; k < GetParam(); ++k) {
            if (offset_[k] >= end) continue;
            expected_weight[k] -= table_[offset_[k]];
            expected_delay[k] -= weight_[k] * shift[offset_[k]];
        }
        EXPECT_EQ(by_weight, expected_weight);
        EXPECT_EQ(by_delay, expected_delay);
    }
}

INSTANTIATE_TEST_SUITE_P(Rows, DelayedKernels, testing::Values(0, 1, 7, 8, 33, 256));

}  // namespace
}  // namespace saltus::test
