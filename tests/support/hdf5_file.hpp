#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <saltus/common/array.hpp>

namespace saltus::test {

/// Reads arrays and attributes of an HDF5 file of tests/oracle.
class Hdf5File {
  public:
    explicit Hdf5File(const std::string& name);
    Hdf5File(const Hdf5File&) = delete;
    Hdf5File& operator=(const Hdf5File&) = delete;
    ~Hdf5File();

    /// Names of the members of a group, sorted.
    std::vector<std::string> members(const std::string& group) const;
    bool has(const std::string& path) const;
    Array array(const std::string& path) const;
    bool has_attribute(const std::string& object, const std::string& name) const;
    double number(const std::string& object, const std::string& name) const;
    std::string text(const std::string& object, const std::string& name) const;

  private:
    std::int64_t file_;
};

}  // namespace saltus::test
