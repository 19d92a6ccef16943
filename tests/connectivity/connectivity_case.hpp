#pragma once

#include <memory>
#include <optional>
#include <string>

#include <saltus/network/connectivity.hpp>

#include "support/hdf5_file.hpp"

namespace saltus::test {

/// One case of tests/oracle/connectivity.h5.
class ConnectivityCase {
  public:
    ConnectivityCase(const Hdf5File& file, const std::string& name)
        : file_(file), path_("cases/" + name) {}

    /// The other implementation's name of the class, for example "Conv2D".
    std::string class_name() const { return file_.text(path_, "class"); }
    /// Whether the other implementation computes it.
    bool is_ok() const { return file_.text(path_, "status") == "ok"; }
    Shape source() const { return shape("in_shape"); }
    /// The shape that the target was given, if any.
    std::optional<Shape> given_target() const;
    Shape target() const { return shape("out_shape"); }
    /// What a spike of each source neuron adds to each target neuron, [pre, post].
    Array matrix() const { return file_.array(path_ + "/W"); }
    /// @throws what its constructor throws.
    std::unique_ptr<Connectivity> connectivity() const;

  private:
    Shape shape(const std::string& name) const;
    InitValue weight() const;

    const Hdf5File& file_;
    std::string path_;
};

}  // namespace saltus::test
