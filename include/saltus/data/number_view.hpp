#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>

#include <saltus/common/array.hpp>
#include <saltus/common/shape.hpp>

namespace saltus {

/// Numbers of a dataset where they lie, in row-major order: nothing is copied. They are converted
/// when an example is used, and must not change while a network runs.
class NumberView {
  public:
    using Pointer = std::variant<const double*, const float*, const std::uint8_t*>;

    NumberView() = default;
    /// @param numbers the first of shape.size() numbers.
    /// @param owner keeps their memory alive; null when somebody else does.
    NumberView(Pointer numbers, Shape shape, std::shared_ptr<const void> owner = nullptr)
        : numbers_(numbers), shape_(std::move(shape)), owner_(std::move(owner)) {}
    /// Those of an array, which it keeps alive.
    explicit NumberView(const std::shared_ptr<const Array>& array);

    const Shape& shape() const { return shape_; }
    std::size_t size() const { return shape_.empty() ? 0 : shape_.size(); }
    /// Copies the numbers from `first` on.
    void read(std::size_t first, std::span<double> out) const;
    void read(std::size_t first, std::span<float> out) const;
    /// @throws ModelError naming `where` when one is a NaN, an infinity, or too large for float32,
    /// in which backends compute.
    void require_finite(const std::string& where, const std::string& what) const;

  private:
    Pointer numbers_;
    Shape shape_;
    std::shared_ptr<const void> owner_;
};

}  // namespace saltus
