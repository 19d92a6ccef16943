#include <random>

#include <gtest/gtest.h>
#include <saltus/data/compact_numbers.hpp>

namespace saltus {
namespace {

std::vector<std::uint32_t> all_of(const CompactNumbers& numbers) {
    std::vector<std::uint32_t> copies(numbers.size());
    numbers.copy(0, numbers.size(), copies.data());
    return copies;
}

TEST(CompactNumbers, WidensWhenANumberDoesNotFit) {
    std::vector<std::uint32_t> expected(1000);
    std::mt19937 generator(3);
    for (std::uint32_t& number : expected)
        number = generator() & 0xFFFFU;
    CompactNumbers numbers;
    numbers.reserve(1000);
    numbers.append(expected);
    EXPECT_EQ(all_of(numbers), expected);
    EXPECT_EQ(numbers.memory_bytes(), 2000U);

    const std::vector<std::uint32_t> wide = {65535, 65536, 0xFFFFFFFFU};
    numbers.append(wide);
    expected.insert(expected.end(), wide.begin(), wide.end());
    EXPECT_EQ(all_of(numbers), expected);
    EXPECT_GE(numbers.memory_bytes(), 4012U);
    numbers.append(std::vector<std::uint32_t>{1});
    numbers.reserve(2000);
    expected.push_back(1);
    EXPECT_EQ(all_of(numbers), expected);
}

TEST(CompactNumbers, CopiesAnyPart) {
    CompactNumbers numbers;
    std::vector<std::uint32_t> expected;
    for (std::uint32_t i = 0; i < 100; ++i)
        expected.push_back(i * i);
    numbers.append(expected);
    for (std::size_t first = 0; first < 40; ++first) {
        for (std::size_t count = 0; count < 40; ++count) {
            std::vector<std::uint32_t> part(count);
            numbers.copy(first, count, part.data());
            const auto begin = expected.begin() + static_cast<std::ptrdiff_t>(first);
            const auto end = begin + static_cast<std::ptrdiff_t>(count);
            ASSERT_EQ(part, std::vector<std::uint32_t>(begin, end));
        }
    }
}

}  // namespace
}  // namespace saltus
