#pragma once

#include <saltus/network/initializer.hpp>

#include "python_object.hpp"

namespace saltus::python {

/// An initializer written in Python: an object with value(stream, element).
class PythonInitializer : public Initializer {
  public:
    PythonInitializer(nb::object object, std::string name, std::string description)
        : object_(std::move(object)),
          name_(std::move(name)),
          description_(std::move(description)) {}

    std::string name() const override { return name_; }
    /// Any thread of the engine may ask. @throws nb::python_error from the object's own code.
    double value(const RandomStream& stream, std::uint64_t element) const override;
    std::string describe() const override { return description_; }

  private:
    PythonObject object_;
    std::string name_;
    std::string description_;
};

}  // namespace saltus::python
