#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

namespace saltus {

/// Extents of a population or an array, outermost first: (rows, columns, channels), row-major.
class Shape {
  public:
    Shape() = default;
    Shape(std::initializer_list<std::size_t> extents) : extents_(extents) {}
    explicit Shape(std::vector<std::size_t> extents) : extents_(std::move(extents)) {}

    /// Number of elements: the product of the extents (1 for a shape without axes).
    /// @throws ModelError when the product does not fit into 64 bits.
    std::size_t size() const;
    /// Number of axes.
    std::size_t rank() const { return extents_.size(); }
    bool empty() const { return extents_.empty(); }
    std::size_t operator[](std::size_t axis) const { return extents_[axis]; }
    const std::vector<std::size_t>& extents() const { return extents_; }
    bool operator==(const Shape&) const = default;

  private:
    std::vector<std::size_t> extents_;
};

/// "(28, 28, 1)"; "()" for a shape without axes.
std::string to_string(const Shape& shape);

}  // namespace saltus
