#include "kernels/cpu/spike_bits.hpp"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace saltus::kernels {
namespace {

/// The numbers of the bits that are set, one by one.
std::vector<std::uint32_t> numbers_of(const std::vector<std::uint8_t>& bytes) {
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        if ((bytes[bit / 8] >> bit % 8 & 1) != 0) numbers.push_back(bit);
    }
    return numbers;
}

std::vector<std::uint32_t> listed(const std::vector<std::uint8_t>& bytes) {
    constexpr std::uint32_t kUntouched = 12345678;
    const std::size_t count = count_bits(bytes.data(), bytes.size());
    std::vector<std::uint32_t> numbers(count + kListSlack + 1, kUntouched);
    list_bits(bytes.data(), bytes.size(), numbers.data());
    EXPECT_EQ(numbers.back(), kUntouched);
    numbers.resize(count);
    return numbers;
}

TEST(SpikeBits, AreListedInOrder) {
    std::mt19937 random(1);
    for (std::size_t bytes = 0; bytes < 70; ++bytes) {
        for (const double density : {0.0, 0.01, 0.3, 0.9, 1.0}) {
            std::bernoulli_distribution is_set(density);
            std::vector<std::uint8_t> masks(bytes);
            for (std::uint8_t& mask : masks) {
                for (int bit = 0; bit < 8; ++bit)
                    mask = static_cast<std::uint8_t>(mask | (is_set(random) ? 1 << bit : 0));
            }
            EXPECT_EQ(listed(masks), numbers_of(masks)) << bytes << " bytes, density " << density;
        }
    }
}

}  // namespace
}  // namespace saltus::kernels
