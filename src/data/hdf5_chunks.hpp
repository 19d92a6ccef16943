#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/hdf5_bytes.hpp"

namespace saltus {

/// What was done to chunks before they were written.
struct Hdf5Filter {
    std::uint64_t id;
    /// Its first number of its own: of "shuffle" the bytes of an element.
    std::uint64_t parameter;
};

/// The filters in a message, in the order in which they were applied.
/// @param path of the data set, for errors.
std::vector<Hdf5Filter> read_filters(const Hdf5Bytes& file, std::span<const std::uint8_t> message,
                                     const std::string& path);

/// Data in chunks along one axis.
struct Hdf5Chunks {
    std::uint64_t tree;      ///< address of the tree that lists them
    std::uint64_t elements;  ///< of a chunk
    std::size_t element_bytes;
    std::vector<Hdf5Filter> filters;
};

/// Reads `count` elements.
/// @throws ModelError when a chunk is missing or damaged.
std::vector<std::uint8_t> read_chunks(const Hdf5Bytes& file, const Hdf5Chunks& chunks,
                                      std::uint64_t count, const std::string& path);

}  // namespace saltus
