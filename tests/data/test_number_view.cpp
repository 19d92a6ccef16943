#include <array>
#include <limits>

#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/data/number_view.hpp>

#include "data/errors_of.hpp"

namespace saltus::test {
namespace {

template <class Number>
std::vector<double> read_all(const std::vector<Number>& numbers) {
    const NumberView view(numbers.data(), Shape{numbers.size() / 2, 2});
    std::vector<double> doubles(numbers.size() - 1);
    view.read(1, std::span<double>(doubles));
    std::vector<float> floats(numbers.size() - 1);
    view.read(1, std::span<float>(floats));
    for (std::size_t k = 0; k < floats.size(); ++k)
        EXPECT_EQ(floats[k], static_cast<float>(doubles[k]));
    return doubles;
}

TEST(NumberView, ReadsEveryType) {
    const std::vector<double> expected{2.0, 255.0, 0.0};
    EXPECT_EQ(read_all(std::vector<double>{1.0, 2.0, 255.0, 0.0}), expected);
    EXPECT_EQ(read_all(std::vector<float>{1.0F, 2.0F, 255.0F, 0.0F}), expected);
    EXPECT_EQ(read_all(std::vector<std::uint8_t>{1, 2, 255, 0}), expected);
}

TEST(NumberView, LooksAtMemoryThatMayChange) {
    std::array<float, 2> numbers{1.0F, 2.0F};
    const NumberView view(numbers.data(), Shape{1, 2});
    numbers[1] = 7.0F;
    std::array<double, 2> out{};
    view.read(0, out);
    EXPECT_EQ(out[1], 7.0);
}

TEST(NumberView, KeepsItsOwnerAlive) {
    auto array = std::make_shared<const Array>(Shape{1, 2}, std::vector<double>{3.0, 4.0});
    const std::weak_ptr<const Array> watched = array;
    {
        const NumberView view(array);
        array.reset();
        EXPECT_FALSE(watched.expired());
        EXPECT_EQ(view.size(), 2U);
    }
    EXPECT_TRUE(watched.expired());
}

TEST(NumberView, HasNoNumbersWithoutAShape) {
    EXPECT_EQ(NumberView().size(), 0U);
    EXPECT_EQ(NumberView(std::make_shared<const Array>()).size(), 0U);
}

TEST(NumberView, RefusesWhatIsNoNumber) {
    const std::vector<float> numbers{1.0F, std::numeric_limits<float>::infinity()};
    EXPECT_EQ(model_error([&] {
                  NumberView(numbers.data(), Shape{2}).require_finite("Input x", "its values");
              }),
              "[Input x] its values holds inf at element 1; give finite numbers only");
    const std::vector<double> large{1.0, -1e39};
    EXPECT_EQ(model_error([&] {
                  NumberView(large.data(), Shape{2}).require_finite("Input x", "its values");
              }),
              "[Input x] its values holds -1e+39 at element 1, too large for float32; give smaller "
              "numbers");
}

}  // namespace
}  // namespace saltus::test
