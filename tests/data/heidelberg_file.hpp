#pragma once

#include <cstdint>
#include <vector>

#include <hdf5.h>

namespace saltus {

/// How a file in the Heidelberg layout is written.
struct HeidelbergFormat {
    /// Type of the times: float16 when it is invalid.
    hid_t time_type = H5I_INVALID_HID;
    hid_t unit_type = H5T_STD_U16LE;
    hid_t label_type = H5T_STD_U16LE;
    /// The oldest version of the format, or the newest.
    bool is_old = true;
    /// Chunks of three recordings instead of contiguous data.
    bool has_chunks = false;
    /// deflate and shuffle, with chunks.
    bool is_compressed = false;
    bool has_keys = true;
};

/// Recordings that such a file holds.
struct HeidelbergContents {
    std::vector<std::vector<double>> times = {{0.5, 0.25}, {}, {0.125, 0.75, 1.0}, {0.0}};
    std::vector<std::vector<std::uint16_t>> units = {{3, 699}, {}, {0, 1, 2}, {350}};
    std::vector<std::uint16_t> labels = {4, 0, 19, 4};
};

/// A type of 16-bit floating point numbers.
hid_t half_type();

/// The bytes of a file in memory.
std::vector<std::uint8_t> heidelberg_file(const HeidelbergFormat& format = {},
                                          const HeidelbergContents& contents = {});

}  // namespace saltus
