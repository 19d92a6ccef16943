#pragma once

#include <mutex>
#include <string>
#include <utility>

#include <hdf5.h>

namespace saltus {

/// An HDF5 identifier that is closed at the end of its scope.
class Hdf5Handle {
  public:
    using Close = herr_t (*)(hid_t);
    Hdf5Handle(hid_t id, Close close) : id_(id), close_(close) {}
    Hdf5Handle(Hdf5Handle&& other) noexcept
        : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
    Hdf5Handle(const Hdf5Handle&) = delete;
    Hdf5Handle& operator=(const Hdf5Handle&) = delete;
    Hdf5Handle& operator=(Hdf5Handle&&) = delete;
    ~Hdf5Handle() {
        if (is_valid()) close_(id_);
    }

    bool is_valid() const { return id_ >= 0; }
    hid_t get() const { return id_; }

  private:
    hid_t id_;
    Close close_;
};

/// The right to call HDF5, which is not made for several threads. Its own printing of errors is off
/// meanwhile.
class Hdf5Session {
  public:
    Hdf5Session();
    Hdf5Session(const Hdf5Session&) = delete;
    Hdf5Session& operator=(const Hdf5Session&) = delete;
    ~Hdf5Session();

  private:
    std::unique_lock<std::mutex> lock_;
    H5E_auto2_t handler_ = nullptr;
    void* handler_data_ = nullptr;
};

/// Why the last call failed, in HDF5's words.
std::string hdf5_reason();

}  // namespace saltus
