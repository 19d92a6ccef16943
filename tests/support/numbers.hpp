#pragma once

#include <cstdint>
#include <vector>

#include <saltus/common/array.hpp>

namespace saltus::test {

/// Numbers that are the same on every machine and in every run.
class Numbers {
  public:
    explicit Numbers(std::uint64_t seed) : state_(seed * 2 + 1) {}
    /// Uniform in [0, 1).
    double uniform();
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    /// A whole number in [0, bound).
    std::size_t below(std::size_t bound);
    /// A multiple of 2^-10 around `mean`, at most `spread` away: sums of many are exact in float32.
    double dyadic(double mean, double spread);
    /// An array [rows, columns] of dyadic numbers.
    Array dyadic(std::size_t rows, std::size_t columns, double mean, double spread);

  private:
    std::uint64_t next();
    std::uint64_t state_;
};

/// The largest |a - b| relative to the largest |b|; infinite when a value is not a number or the
/// sizes differ. 0 when both are all zero.
double relative_error(const std::vector<double>& a, const std::vector<double>& b);
/// The largest |a - b|; infinite as above.
double absolute_error(const std::vector<double>& a, const std::vector<double>& b);
/// The cosine of the angle between two vectors.
double cosine(const std::vector<double>& a, const std::vector<double>& b);
/// The largest absolute value.
double largest(const std::vector<double>& values);

}  // namespace saltus::test
