#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <saltus/common/random.hpp>
#include <saltus/common/shape.hpp>

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
    /// The same rule for values of a shape, when it needs to know one; nothing when it needs none.
    /// @param shape of all values: (source, target) of a dense matrix, (rows, columns, input
    /// channels, output channels) of a kernel; without axes when they have none.
    /// @throws ModelError when it needs a shape of another kind.
    virtual std::shared_ptr<const Initializer> bound_to(const Shape& shape) const {
        (void)shape;
        return nullptr;
    }
    /// For messages and `explain`, for example "normal(mean 0.1, sd 0.05)".
    virtual std::string describe() const = 0;
};

}  // namespace saltus
