#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <saltus/common/array.hpp>
#include <saltus/runtime/inputs.hpp>

#include "io/hdf5_handle.hpp"

namespace saltus {

/// What a file has to be, and what to say when it is not.
struct FileKind {
    const char* format;  ///< its attribute "format"
    int version;
    const char* advice;
    /// The oldest that can still be read; that version alone when 0.
    int oldest = 0;
};

/// The bytes of a file of ours, without their checksum.
/// @throws RuntimeFault (field "file") when the file cannot be read, is no HDF5 file, or is
/// damaged: HDF5 itself is not safe with damaged files.
std::string read_checked_file(const std::string& file, const FileKind& kind);

/// An HDF5 file in memory. Whatever it says about itself is compared with its size before memory is
/// taken, and only what Hdf5Image writes is followed: no links, no other files, no filters. To be
/// used within an Hdf5Session.
class Hdf5Reader {
  public:
    /// @throws ModelError or RuntimeFault naming the file, as all functions do.
    Hdf5Reader(std::string_view contents, std::string name, const FileKind& kind);

    /// Whether there is a group or dataset of that name.
    bool has(const char* entry) const;
    std::string text(const char* dataset_name) const;
    /// The arrays of a group by name; all values are finite.
    /// @param what its values, for messages.
    std::map<std::string, Array> arrays(const char* group_name, const std::string& what) const;
    /// The numbers of a group by name.
    Metrics numbers(const char* group_name) const;

    int format_version() const;

    [[noreturn]] void fail(const std::string& problem) const;

  private:
    void require_format() const;
    [[noreturn]] void fail_to_read(const std::string& part) const;
    Hdf5Handle open_image(std::string_view contents) const;
    void require_hard_link(hid_t location, const char* name, const std::string& path) const;
    Hdf5Handle open_group(const char* name) const;
    Hdf5Handle open_dataset(hid_t location, const char* name, const std::string& path) const;
    std::vector<std::string> entries(hid_t group, const std::string& path) const;
    Shape shape_of(hid_t dataset, const std::string& path) const;
    std::vector<double> values_of(hid_t dataset, const Shape& shape, const std::string& path) const;
    void require_stored(hid_t dataset, const Shape& shape, const std::string& path) const;
    std::size_t text_size(hid_t type, hid_t space, const std::string& path) const;
    Hdf5Handle open_attribute(const char* name) const;
    std::string attribute_text(const char* name) const;

    std::size_t size_;
    std::string name_;
    FileKind kind_;
    Hdf5Handle file_;
};

}  // namespace saltus
