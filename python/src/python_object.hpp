#pragma once

#include <memory>

#include <nanobind/nanobind.h>

namespace saltus::python {

namespace nb = nanobind;

/// A Python object that the engine may copy and drop on any of its threads, with or without the
/// interpreter's lock.
class PythonObject {
  public:
    explicit PythonObject(nb::object object)
        : object_(new nb::object(std::move(object)), Release()) {}

    /// To be used with the lock held.
    const nb::object& get() const { return *object_; }

  private:
    struct Release {
        void operator()(nb::object* object) const noexcept {
            // After the interpreter's end there is no lock to take and nothing to give back.
            if (!nb::is_alive()) return;
            const nb::gil_scoped_acquire lock;
            delete object;
        }
    };

    std::shared_ptr<nb::object> object_;
};

}  // namespace saltus::python
