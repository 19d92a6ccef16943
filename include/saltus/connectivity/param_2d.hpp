#pragma once

#include <cstddef>

namespace saltus {

/// Sizes or steps along rows and columns; one number stands for both.
struct Param2D {
    Param2D(std::size_t both) : rows(both), columns(both) {}  // NOLINT(google-explicit-constructor)
    Param2D(std::size_t along_rows, std::size_t along_columns)
        : rows(along_rows), columns(along_columns) {}
    bool operator==(const Param2D&) const = default;

    std::size_t rows;
    std::size_t columns;
};

}  // namespace saltus
