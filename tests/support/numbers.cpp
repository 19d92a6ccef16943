#include "support/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace saltus::test {

// SplitMix64.
std::uint64_t Numbers::next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
}

double Numbers::uniform() {
    return static_cast<double>(next() >> 11U) * 0x1p-53;
}

std::size_t Numbers::below(std::size_t bound) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(bound));
}

double Numbers::dyadic(double mean, double spread) {
    return std::round(uniform(mean - spread, mean + spread) * 1024.0) / 1024.0;
}

Array Numbers::dyadic(std::size_t rows, std::size_t columns, double mean, double spread) {
    Array array(Shape{rows, columns});
    for (double& value : array.values)
        value = dyadic(mean, spread);
    return array;
}

double largest(const std::vector<double>& values) {
    double result = 0.0;
    for (const double value : values)
        result = std::max(result, std::abs(value));
    return result;
}

double absolute_error(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
    double worst = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) {
        const double error = std::abs(a[k] - b[k]);
        if (!std::isfinite(error)) return std::numeric_limits<double>::infinity();
        worst = std::max(worst, error);
    }
    return worst;
}

double relative_error(const std::vector<double>& a, const std::vector<double>& b) {
    const double error = absolute_error(a, b);
    return error == 0.0 ? 0.0 : error / largest(b);
}

double cosine(const std::vector<double>& a, const std::vector<double>& b) {
    double ab = 0.0;
    double aa = 0.0;
    double bb = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) {
        ab += a[k] * b[k];
        aa += a[k] * a[k];
        bb += b[k] * b[k];
    }
    return ab / std::sqrt(aa * bb);
}

}  // namespace saltus::test
