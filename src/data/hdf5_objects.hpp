#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/hdf5_bytes.hpp"

namespace saltus {

/// A message of an object's header: one of the facts about a group or a data set.
struct Hdf5Message {
    std::uint64_t type;
    std::uint64_t flags;
    std::span<const std::uint8_t> data;
};

/// Types of messages.
enum : std::uint64_t {
    kHdf5Dataspace = 0x01,
    kHdf5Datatype = 0x03,
    kHdf5Link = 0x06,
    kHdf5ExternalFiles = 0x07,
    kHdf5Layout = 0x08,
    kHdf5Filters = 0x0B,
    kHdf5Continuation = 0x10,
    kHdf5SymbolTable = 0x11,
};

/// Where the header of the root group lies.
/// @throws ModelError (field "file") when this is no HDF5 file, as all functions do for damage.
std::uint64_t hdf5_root(const Hdf5Bytes& file);

/// The messages of the header that lies at an address.
std::vector<Hdf5Message> hdf5_messages(const Hdf5Bytes& file, std::uint64_t address);

/// The one message of a type; nullptr when there is none.
const Hdf5Message* find_message(const std::vector<Hdf5Message>& messages, std::uint64_t type);

/// The address of the header of an object, such as "spikes/times"; nothing when there is none.
std::optional<std::uint64_t> find_hdf5_object(const Hdf5Bytes& file, const std::string& path);

}  // namespace saltus
