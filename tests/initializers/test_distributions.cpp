#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include <saltus/common/errors.hpp>
#include <saltus/initializers/binomial.hpp>
#include <saltus/initializers/constant.hpp>
#include <saltus/initializers/exponential_values.hpp>
#include <saltus/initializers/gamma.hpp>
#include <saltus/initializers/kernel.hpp>
#include <saltus/initializers/materialise.hpp>
#include <saltus/initializers/normal_clipped.hpp>
#include <saltus/initializers/sparse_values.hpp>
#include <saltus/initializers/uniform.hpp>

#include "initializers/message_of.hpp"

namespace saltus::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const RandomStream kStream(1, RandomPurpose::kWeights, 0);

std::vector<double> values_of(const Initializer& initializer, std::size_t count) {
    std::vector<double> values(count);
    for (std::size_t element = 0; element < count; ++element)
        values[element] = initializer.value(kStream, element);
    return values;
}

struct Moments {
    explicit Moments(const std::vector<double>& values) {
        const auto count = static_cast<double>(values.size());
        for (const double value : values)
            mean += value / count;
        for (const double value : values)
            variance += (value - mean) * (value - mean) / count;
    }
    double mean = 0.0;
    double variance = 0.0;
};

/// The greatest distance between the distribution of values and the one they should have, times
/// the root of their number: above 2 once in 1500 times (Kolmogorov and Smirnov).
double distance(std::vector<double> values, const std::function<double(double)>& distribution) {
    std::sort(values.begin(), values.end());
    const auto count = static_cast<double>(values.size());
    double greatest = 0.0;
    for (std::size_t k = 0; k < values.size(); ++k) {
        const double expected = distribution(values[k]);
        greatest = std::max({greatest, std::fabs(expected - static_cast<double>(k) / count),
                             std::fabs(expected - static_cast<double>(k + 1) / count)});
    }
    return greatest * std::sqrt(count);
}

double normal_distribution(double x) {
    return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

TEST(Distributions, NormalClipped) {
    const std::vector<double> values = values_of(NormalClipped(1.0, 2.0, 0.0, 4.0), 50000);
    const double below = normal_distribution(-0.5);
    const double above = normal_distribution(1.5);
    EXPECT_LT(distance(values,
                       [&](double x) {
                           return (normal_distribution((x - 1.0) / 2.0) - below) / (above - below);
                       }),
              2.0);
    EXPECT_GE(*std::min_element(values.begin(), values.end()), 0.0);
    EXPECT_LE(*std::max_element(values.begin(), values.end()), 4.0);
    EXPECT_EQ(values_of(NormalClipped(1.0, 0.0, 0.5, 1.0), 2), (std::vector<double>{1.0, 1.0}));
}

TEST(Distributions, Exponential) {
    const std::vector<double> values = values_of(ExponentialValues(2.5), 50000);
    EXPECT_LT(distance(values, [](double x) { return 1.0 - std::exp(-x / 2.5); }), 2.0);
    EXPECT_LT(ExponentialValues(-1.0).value(kStream, 3), 0.0);
}

TEST(Distributions, Gamma) {
    // Shapes for which the distribution is known: 1/2 (a squared normal number), 1 and 3.
    EXPECT_LT(distance(values_of(Gamma(0.5, 2.0), 50000),
                       [](double x) { return std::erf(std::sqrt(x / 2.0)); }),
              2.0);
    EXPECT_LT(
        distance(values_of(Gamma(1.0, 1.0), 50000), [](double x) { return 1.0 - std::exp(-x); }),
        2.0);
    EXPECT_LT(
        distance(values_of(Gamma(3.0, 0.5), 50000),
                 [](double x) { return 1.0 - std::exp(-2.0 * x) * (1.0 + 2.0 * x + 2.0 * x * x); }),
        2.0);
    for (const double a : {0.1, 0.9, 7.5, 400.0}) {
        const Moments moments(values_of(Gamma(a, 3.0), 50000));
        EXPECT_NEAR(moments.mean / (3.0 * a), 1.0, 4.0 / std::sqrt(50000.0 * a)) << a;
        EXPECT_NEAR(moments.variance / (9.0 * a), 1.0, 4.0 * std::sqrt((2.0 + 6.0 / a) / 50000.0))
            << a;
    }
}

TEST(Distributions, Binomial) {
    // Exact probabilities for a few trials ...
    const std::vector<double> few = values_of(Binomial(3, 0.3), 100000);
    const double expected[] = {0.343, 0.441, 0.189, 0.027};
    double statistic = 0.0;
    for (int k = 0; k < 4; ++k) {
        const double off =
            static_cast<double>(std::count(few.begin(), few.end(), k)) - expected[k] * 100000.0;
        statistic += off * off / (expected[k] * 100000.0);
    }
    EXPECT_LT(statistic, 18.0);
    // ... and moments for many.
    for (const std::uint64_t n : {1ULL, 20ULL, 1000ULL, 2000000000ULL}) {
        for (const double p : {0.001, 0.4, 0.97}) {
            const std::size_t count = n > 1000000 ? 500 : 20000;
            const std::vector<double> values = values_of(Binomial(n, p), count);
            const Moments moments(values);
            const double mean = static_cast<double>(n) * p;
            const double variance = mean * (1.0 - p);
            const double kurtosis = 2.0 + 1.0 / variance;
            const auto number = static_cast<double>(count);
            EXPECT_NEAR(moments.mean, mean, 4.5 * std::sqrt(variance / number)) << n << " " << p;
            EXPECT_NEAR(moments.variance / variance, 1.0, 4.5 * std::sqrt(kurtosis / number))
                << n << " " << p;
            for (const double value : values) {
                ASSERT_EQ(value, std::floor(value));
                ASSERT_TRUE(value >= 0.0 && value <= static_cast<double>(n));
            }
        }
    }
    EXPECT_EQ(values_of(Binomial(9, 0.0), 2), (std::vector<double>{0.0, 0.0}));
    EXPECT_EQ(values_of(Binomial(9, 1.0), 2), (std::vector<double>{9.0, 9.0}));
    EXPECT_EQ(values_of(Binomial(0, 0.5), 2), (std::vector<double>{0.0, 0.0}));
}

TEST(Distributions, ConstantAndKernel) {
    EXPECT_EQ(values_of(Constant(2.5), 2), (std::vector<double>{2.5, 2.5}));
    const Kernel kernel(Array(Shape{2, 2}, {1.0, 2.0, 3.0, 4.0}));
    EXPECT_EQ(values_of(kernel, 4), (std::vector<double>{1.0, 2.0, 3.0, 4.0}));
    EXPECT_EQ(kernel.value(kStream, 2), 3.0);
}

TEST(Distributions, SparseValuesKeepTheValuesOfTheInner) {
    const auto inner = std::make_shared<const Uniform>(1.0, 2.0);
    const std::vector<double> all = values_of(*inner, 20000);
    const std::vector<double> some = values_of(SparseValues(0.2, inner), 20000);
    double count = 0.0;
    for (std::size_t k = 0; k < all.size(); ++k) {
        ASSERT_TRUE(some[k] == 0.0 || some[k] == all[k]);
        count += some[k] == 0.0 ? 0.0 : 1.0;
    }
    EXPECT_NEAR(count, 4000.0, 4.0 * std::sqrt(4000.0 * 0.8));
    EXPECT_EQ(values_of(SparseValues(0.0, inner), 100), std::vector<double>(100, 0.0));
    EXPECT_EQ(values_of(SparseValues(1.0, inner), 20000), all);
    const Moments normal(values_of(SparseValues(0.5), 20000));
    EXPECT_NEAR(normal.variance, 0.5, 0.03);
}

TEST(Distributions, DescribeThemselves) {
    EXPECT_EQ(NormalClipped(0.1, 0.2, 0.0, 1.0).describe(),
              "normal_clipped(mean 0.1, sd 0.2, min 0, max 1)");
    EXPECT_EQ(ExponentialValues(2.0).describe(), "exponential(lambda 2)");
    EXPECT_EQ(Gamma(2.0, 0.5).describe(), "gamma(a 2, b 0.5)");
    EXPECT_EQ(Binomial(10, 0.5).describe(), "binomial(n 10, p 0.5)");
    EXPECT_EQ(Constant(3.0).describe(), "constant(3)");
    EXPECT_EQ(Kernel(Array(Shape{3, 2})).describe(), "kernel(3, 2)");
    EXPECT_EQ(SparseValues(0.1).describe(), "sparse(p 0.1, normal(mean 0, sd 1))");
}

TEST(Distributions, Errors) {
    EXPECT_EQ(message_of([] { NormalClipped(0.0, -1.0, 0.0, 1.0); }),
              "[NormalClipped] sd is -1; give sd >= 0");
    EXPECT_EQ(message_of([] { NormalClipped(0.0, 1.0, 5.0, 6.0); }),
              "[NormalClipped] 2.9e-07 of the values of mean 0 and sd 1 lie between 5 and 6; give "
              "bounds that hold at least one in 10000");
    EXPECT_EQ(message_of([] { NormalClipped(0.0, 1.0, 1.0, -1.0); }),
              "[NormalClipped] 0 of the values of mean 0 and sd 1 lie between 1 and -1; give "
              "bounds that hold at least one in 10000");
    EXPECT_EQ(message_of([] { NormalClipped(0.0, 1.0, -kInfinity, 1.0); }),
              "[NormalClipped] min is -inf; give a finite number");
    EXPECT_EQ(message_of([] { ExponentialValues{kInfinity}; }),
              "[ExponentialValues] lambda is inf; give a finite number");
    EXPECT_EQ(message_of([] { Gamma(0.0, 1.0); }), "[Gamma] a is 0; give a shape greater than 0");
    EXPECT_EQ(message_of([] { Gamma(1.0, kInfinity); }), "[Gamma] b is inf; give a finite number");
    EXPECT_EQ(message_of([] { Binomial(3, 1.5); }),
              "[Binomial] p is 1.5; give a probability, 0 to 1");
    EXPECT_EQ(message_of([] { Binomial(std::uint64_t{1} << 40, 0.5); }),
              "[Binomial] n is 1099511627776; give at most 2147483647 trials");
    EXPECT_EQ(message_of([] { Constant c(kInfinity); }),
              "[Constant] value is inf; give a finite number");
    EXPECT_EQ(message_of([] { SparseValues(2.0); }),
              "[SparseValues] p is 2; give a probability, 0 to 1");
    EXPECT_EQ(message_of([] { SparseValues(0.5, nullptr); }),
              "[SparseValues] the inner initializer is null; give an initializer");
    EXPECT_EQ(message_of([] {
                  Kernel(Array(Shape{2, 2})).value(kStream, 4);
              }),
              "[Kernel] values have shape (2, 2), which holds 4, but element 4 is asked for; give "
              "one value for each");
}

}  // namespace
}  // namespace saltus::test
