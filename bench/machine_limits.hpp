#pragma once

#include <cstddef>

namespace saltus::bench {

/// Bytes per second that one core of this machine reads from a buffer of that size, over and over.
double read_bandwidth(std::size_t bytes);

/// Bytes per second that one core reads (and writes back) when it updates a buffer of that size.
double update_bandwidth(std::size_t bytes);

/// Numbers per second that one core updates at random places of a buffer of that size.
double random_update_rate(std::size_t bytes);

}  // namespace saltus::bench
