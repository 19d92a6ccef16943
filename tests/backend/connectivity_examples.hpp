#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <saltus/network/connectivity.hpp>

#include "support/numbers.hpp"

namespace saltus::test {

/// A connectivity between two small populations.
struct ConnectivityExample {
    std::string label;
    Shape source;
    Shape target;
    std::function<std::unique_ptr<Connectivity>(Numbers&)> make;
    std::vector<MatrixType> matrix_types;
    std::size_t max_delay_steps = 0;
};

void PrintTo(const ConnectivityExample& example, std::ostream* stream);

/// Every class, with weights that are multiples of 2^-10, so that sums are exact in float32; with
/// constant, array and random delays.
std::vector<ConnectivityExample> connectivity_examples();

/// A convolution of random size, strides, padding, dilation, groups and pool.
ConnectivityExample random_convolution(std::uint64_t seed);

}  // namespace saltus::test
