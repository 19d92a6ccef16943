#include <gtest/gtest.h>

#include <cmath>

#include <saltus/common/random.hpp>
#include <saltus/initializers/materialise.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/initializers/uniform.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

const RandomStream kStream(1, RandomPurpose::kWeights, 0);

std::vector<double> values_of(const InitValue& value, std::size_t count) {
    return materialise(value, count, kStream, "Connection a->b", "weight");
}

TEST(InitValue, HoldsWhatItWasGiven) {
    EXPECT_TRUE(InitValue(2).is_constant());
    EXPECT_EQ(InitValue(2.5).constant(), 2.5);
    EXPECT_TRUE(InitValue(std::vector<double>{1.0, 2.0}).is_array());
    EXPECT_TRUE(InitValue("normal").is_name());
    EXPECT_TRUE(InitValue(Normal(0.0, 1.0)).is_initializer());
    EXPECT_EQ(InitValue(20.0).describe(), "20");
    EXPECT_EQ(InitValue(Array(Shape{10, 5})).describe(), "array (10, 5)");
    EXPECT_EQ(InitValue(Normal(0.1, 0.05)).describe(), "normal(mean 0.1, sd 0.05)");
    EXPECT_EQ(InitValue(Uniform(-1.0, 1.0)).describe(), "uniform(min -1, max 1)");
}

TEST(InitValue, BecomesValues) {
    EXPECT_EQ(values_of(0.5, 3), (std::vector<double>{0.5, 0.5, 0.5}));
    EXPECT_EQ(values_of(std::vector<double>{1.0, 2.0}, 2), (std::vector<double>{1.0, 2.0}));
    EXPECT_EQ(values_of("normal", 5), values_of(Normal(), 5));
    EXPECT_EQ(values_of("uniform", 5), values_of(Uniform(), 5));
}

TEST(InitValue, InitializersHaveTheirDistribution) {
    constexpr std::size_t kCount = 20000;
    const std::vector<double> normal = values_of(Normal(2.0, 0.5), kCount);
    const std::vector<double> uniform = values_of(Uniform(-1.0, 3.0), kCount);
    const auto moments = [](const std::vector<double>& values) {
        double mean = 0.0;
        double square = 0.0;
        for (const double value : values)
            mean += value / kCount;
        for (const double value : values)
            square += (value - mean) * (value - mean) / kCount;
        return std::pair{mean, std::sqrt(square)};
    };
    EXPECT_NEAR(moments(normal).first, 2.0, 0.02);
    EXPECT_NEAR(moments(normal).second, 0.5, 0.02);
    EXPECT_NEAR(moments(uniform).first, 1.0, 0.04);
    EXPECT_NEAR(moments(uniform).second, 4.0 / std::sqrt(12.0), 0.03);
    for (const double value : uniform) {
        EXPECT_GE(value, -1.0);
        EXPECT_LE(value, 3.0);
    }
}

// An element is a function of its index, so that a larger array begins with a smaller one.
TEST(InitValue, ElementsDoNotDependOnTheirNumber) {
    const std::vector<double> few = values_of(Normal(), 10);
    const std::vector<double> many = values_of(Normal(), 1000);
    EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
}

}  // namespace
}  // namespace saltus::test
