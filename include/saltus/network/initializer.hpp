#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <saltus/common/random.hpp>

namespace saltus {

/// A rule that gives every element of an array its value as a function of the seed and the
/// element's index alone, so that no order of evaluation changes it.
class Initializer {
  public:
    virtual ~Initializer() = default;
    /// The name in network files, for example "normal".
    virtual std::string name() const = 0;
    /// The value of one element.
    virtual double value(const RandomStream& stream, std::uint64_t element) const = 0;
    /// For messages and `explain`, for example "normal(mean 0.1, sd 0.05)".
    virtual std::string describe() const = 0;
};

}  // namespace saltus
