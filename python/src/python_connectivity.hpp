#pragma once

#include <saltus/connectivity/row_connectivity.hpp>

#include "python_object.hpp"

namespace saltus::python {

/// A connectivity written in Python: an object with connect(source, target) and
/// _row(pre, num_pre, num_post, stream), which gives targets, weights or None, delays or None.
class PythonConnectivity : public RowConnectivity {
  public:
    PythonConnectivity(nb::object object, std::string name, InitValue weight_value,
                       InitValue delay_value, bool independent)
        : RowConnectivity(std::move(weight_value), std::move(delay_value)),
          object_(std::move(object)),
          name_(std::move(name)),
          independent_(independent) {}

    std::string name() const override { return name_; }
    std::unique_ptr<Connectivity> clone() const override {
        return std::make_unique<PythonConnectivity>(*this);
    }
    /// @throws nb::python_error from the object's own code, as row() does.
    void connect(Population& source, Population& target) const override;
    void row(const RowRequest& request, ConnectivityRow& row) const override;
    bool rows_are_independent() const override { return independent_; }

  private:
    PythonObject object_;
    std::string name_;
    bool independent_;
};

}  // namespace saltus::python
