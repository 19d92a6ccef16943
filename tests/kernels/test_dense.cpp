// The dense kernels against plain loops.
#include <gtest/gtest.h>

#include "common/aligned_allocator.hpp"
#include "kernels/cpu/dense.hpp"
#include "support/numbers.hpp"

namespace saltus::test {
namespace {

using Floats = std::vector<float, AlignedAllocator<float>>;

/// Numbers of which float32 sums and products are exact.
Floats matrix(Numbers& numbers, std::size_t rows, std::size_t stride) {
    Floats values(rows * stride);
    for (float& value : values)
        value = static_cast<float>(numbers.below(64)) / 16.0F - 2.0F;
    return values;
}

/// Rows of indices into `rows` rows, some of them empty.
struct Lists {
    std::vector<std::uint32_t> begin{0};
    std::vector<std::uint32_t> index;
};

Lists lists(Numbers& numbers, std::size_t count, std::size_t rows, std::size_t offset) {
    Lists made;
    // Lists need not begin at the first index.
    made.index.assign(offset, 0xFFFFFFFFU);
    made.begin[0] = static_cast<std::uint32_t>(offset);
    for (std::size_t list = 0; list < count; ++list) {
        const std::size_t entries = numbers.below(4) == 0 ? 0 : numbers.below(20);
        for (std::size_t k = 0; k < entries; ++k) {
            made.index.push_back(static_cast<std::uint32_t>(numbers.below(rows)));
        }
        made.begin.push_back(static_cast<std::uint32_t>(made.index.size()));
    }
    return made;
}

class DenseKernels : public testing::TestWithParam<std::size_t> {
  protected:
    std::size_t stride() const { return GetParam(); }
    Numbers numbers_{GetParam()};
};

TEST_P(DenseKernels, SumRows) {
    for (const std::size_t rows : {1, 7, 50}) {
        for (const bool accumulate : {false, true}) {
            const Floats source = matrix(numbers_, rows, stride());
            const Lists spikes = lists(numbers_, 9, rows, rows);
            Floats out = matrix(numbers_, 9, stride());
            Floats expected = out;
            for (std::size_t row = 0; row < 9; ++row) {
                for (std::size_t column = 0; column < stride(); ++column) {
                    float& sum = expected[row * stride() + column];
                    if (!accumulate) sum = 0.0F;
                    for (std::uint32_t k = spikes.begin[row]; k < spikes.begin[row + 1]; ++k) {
                        sum += source[spikes.index[k] * stride() + column];
                    }
                }
            }
            Floats narrow_out = out;
            kernels::sum_rows(source.data(), stride(), spikes.begin.data(), spikes.index.data(), 9,
                              accumulate, out.data());
            EXPECT_EQ(out, expected) << rows << " rows, accumulate " << accumulate;
            const std::vector<std::uint16_t> narrow(spikes.index.begin(), spikes.index.end());
            kernels::sum_rows(source.data(), stride(), spikes.begin.data(), narrow.data(), 9,
                              accumulate, narrow_out.data());
            EXPECT_EQ(narrow_out, expected)
                << "16 bits, " << rows << " rows, accumulate " << accumulate;
        }
    }
}

TEST_P(DenseKernels, DotRows) {
    for (const std::size_t rows : {1, 7, 50}) {
        const std::size_t out_stride = 64;
        const Floats weights = matrix(numbers_, rows, stride());
        const Floats adjoints = matrix(numbers_, 9, stride());
        const Lists spikes = lists(numbers_, 9, rows, 3);
        Floats out = matrix(numbers_, 9, out_stride);
        Floats expected = out;
        for (std::size_t row = 0; row < 9; ++row) {
            for (std::uint32_t k = spikes.begin[row]; k < spikes.begin[row + 1]; ++k) {
                float sum = 0.0F;
                for (std::size_t column = 0; column < stride(); ++column) {
                    sum += weights[spikes.index[k] * stride() + column] *
                           adjoints[row * stride() + column];
                }
                expected[row * out_stride + spikes.index[k]] += sum;
            }
        }
        kernels::dot_rows(weights.data(), stride(), spikes.begin.data(), spikes.index.data(), 9,
                          adjoints.data(), out.data(), out_stride);
        EXPECT_EQ(out, expected) << rows;
    }
}

TEST_P(DenseKernels, Multiply) {
    for (const std::size_t rows : {0, 1, 10}) {
        const Floats a = matrix(numbers_, rows, stride());
        const Floats x = matrix(numbers_, 1, stride());
        const std::size_t sums = kernels::num_sum_blocks(stride()) * rows;
        std::vector<double> out(sums + 1, 77.0);
        std::vector<double> expected(sums, 0.0);
        expected.push_back(77.0);
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t column = 0; column < stride(); ++column) {
                expected[column / kernels::kSumBlock * rows + row] +=
                    double(a[row * stride() + column]) * double(x[column]);
            }
        }
        kernels::multiply(a.data(), stride(), rows, x.data(), out.data());
        EXPECT_EQ(out, expected) << rows;
    }
}

TEST_P(DenseKernels, CombineRows) {
    for (const std::size_t rows : {0, 1, 10}) {
        for (const bool accumulate : {false, true}) {
            const Floats a = matrix(numbers_, rows, stride());
            std::vector<double> factors(rows);
            for (double& factor : factors)
                factor = numbers_.dyadic(0.0, 2.0);
            Floats out = matrix(numbers_, 1, stride());
            Floats expected = out;
            for (std::size_t column = 0; column < stride(); ++column) {
                if (!accumulate) expected[column] = 0.0F;
                for (std::size_t row = 0; row < rows; ++row) {
                    expected[column] +=
                        static_cast<float>(factors[row]) * a[row * stride() + column];
                }
            }
            kernels::combine_rows(a.data(), stride(), rows, factors.data(), accumulate, out.data());
            EXPECT_EQ(out, expected) << rows << " rows, accumulate " << accumulate;
        }
    }
}

TEST_P(DenseKernels, AddCombinations) {
    for (const std::size_t rows : {0, 1, 3, 10}) {
        for (const std::size_t steps : {1, 4}) {
            const Floats a = matrix(numbers_, rows + 1, stride());
            const Floats factors = matrix(numbers_, steps, 16);
            Floats out = matrix(numbers_, steps, stride());
            Floats expected = out;
            for (std::size_t step = 0; step < steps; ++step) {
                for (std::size_t column = 0; column < stride(); ++column) {
                    for (std::size_t row = 0; row < rows; ++row) {
                        expected[step * stride() + column] +=
                            0.5F * factors[step * 16 + row] * a[row * stride() + column];
                    }
                }
            }
            kernels::add_combinations(a.data(), stride(), rows, factors.data(), 16, steps, 0.5F,
                                      out.data(), stride());
            EXPECT_EQ(out, expected) << rows << " rows, " << steps << " steps";
        }
    }
}

TEST_P(DenseKernels, AddOuter) {
    for (const std::size_t rows : {0, 1, 10}) {
        const Floats x = matrix(numbers_, 1, stride());
        std::vector<double> factors(rows);
        for (double& factor : factors)
            factor = numbers_.dyadic(0.0, 2.0);
        Floats out = matrix(numbers_, rows + 1, stride());
        Floats expected = out;
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t column = 0; column < stride(); ++column) {
                expected[row * stride() + column] += static_cast<float>(factors[row]) * x[column];
            }
        }
        kernels::add_outer(factors.data(), x.data(), stride(), rows, out.data());
        EXPECT_EQ(out, expected) << rows;
    }
}

INSTANTIATE_TEST_SUITE_P(Strides, DenseKernels,
                         testing::Values(16, 32, 48, 64, 80, 112, 128, 144, 240, 256, 272));

}  // namespace
}  // namespace saltus::test
