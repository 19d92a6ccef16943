#include "io/hdf5_handle.hpp"

namespace saltus {
namespace {

std::mutex& hdf5_mutex() {
    static std::mutex mutex;
    return mutex;
}

/// The first entry is the innermost, which says most.
herr_t take_description(unsigned depth, const H5E_error2_t* error, void* reason) {
    if (depth == 0 && error->desc) *static_cast<std::string*>(reason) = error->desc;
    return 0;
}

}  // namespace

Hdf5Session::Hdf5Session() : lock_(hdf5_mutex()) {
    H5Eget_auto2(H5E_DEFAULT, &handler_, &handler_data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Hdf5Session::~Hdf5Session() {
    H5Eset_auto2(H5E_DEFAULT, handler_, handler_data_);
}

std::string hdf5_reason() {
    std::string reason;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_description, &reason);
    return reason.empty() ? "HDF5 gives no reason" : reason;
}

}  // namespace saltus
