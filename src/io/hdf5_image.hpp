#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <saltus/common/array.hpp>
#include <saltus/runtime/inputs.hpp>

#include "io/hdf5_handle.hpp"

namespace saltus {

/// An HDF5 file that is built in memory, so that writing it is one step that succeeds or fails. To
/// be used within an Hdf5Session.
class Hdf5Image {
  public:
    /// @param where what messages name, such as the function that saves.
    Hdf5Image(std::string where, const std::string& format, int version);

    void write_text(const char* name, const std::string& text);
    /// A group with an array of float64 for each name.
    void write_arrays(const char* group_name, const std::map<std::string, Array>& arrays);
    /// A group with a number for each name.
    void write_numbers(const char* group_name, const Metrics& numbers);
    /// The finished file.
    std::string bytes();

  private:
    void check(herr_t status) const;
    Hdf5Handle checked(Hdf5Handle handle) const;
    Hdf5Handle create_file() const;
    Hdf5Handle create_group(const char* name) const;
    Hdf5Handle text_type(const std::string& text) const;
    Hdf5Handle create_dataset(hid_t location, const char* name, hid_t type, hid_t space) const;
    void write_values(hid_t group, const std::string& name, const std::vector<hsize_t>& extents,
                      const double* values) const;
    void write_attribute(const char* name, const std::string& text) const;

    std::string where_;
    Hdf5Handle file_;
};

/// Refuses to save an array that could not be read again.
/// @param what one of its values, such as "weight".
/// @throws ModelError naming the connection.
void require_savable(const std::string& connection, const Array& array, const std::string& what);

}  // namespace saltus
