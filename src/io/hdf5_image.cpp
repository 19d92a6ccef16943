#include "io/hdf5_image.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "io/model_names.hpp"

namespace saltus {
namespace {

constexpr std::size_t kMemoryIncrement = 1 << 20;

}  // namespace

Hdf5Image::Hdf5Image(std::string where, const std::string& format, int version)
    : where_(std::move(where)), file_(create_file()) {
    write_attribute("format", format);
    write_attribute("library_version", SALTUS_VERSION);
    const Hdf5Handle space = checked({H5Screate(H5S_SCALAR), H5Sclose});
    const Hdf5Handle attribute = checked({H5Acreate2(file_.get(), "format_version", H5T_STD_I32LE,
                                                     space.get(), H5P_DEFAULT, H5P_DEFAULT),
                                          H5Aclose});
    check(H5Awrite(attribute.get(), H5T_NATIVE_INT, &version));
}

void Hdf5Image::write_text(const char* name, const std::string& text) {
    const Hdf5Handle type = text_type(text);
    const Hdf5Handle space = checked({H5Screate(H5S_SCALAR), H5Sclose});
    const Hdf5Handle dataset = create_dataset(file_.get(), name, type.get(), space.get());
    check(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, text.c_str()));
}

void Hdf5Image::write_arrays(const char* group_name, const std::map<std::string, Array>& arrays) {
    const Hdf5Handle group = create_group(group_name);
    for (const auto& [name, array] : arrays) {
        const std::vector<hsize_t> extents(array.shape.extents().begin(),
                                           array.shape.extents().end());
        write_values(group.get(), name, extents, array.values.data());
    }
}

void Hdf5Image::write_numbers(const char* group_name, const Metrics& numbers) {
    const Hdf5Handle group = create_group(group_name);
    for (const auto& [name, value] : numbers)
        write_values(group.get(), name, {}, &value);
}

std::string Hdf5Image::bytes() {
    check(H5Fflush(file_.get(), H5F_SCOPE_LOCAL));
    const ssize_t size = H5Fget_file_image(file_.get(), nullptr, 0);
    if (size < 0) check(-1);
    std::string image(static_cast<std::size_t>(size), '\0');
    if (H5Fget_file_image(file_.get(), image.data(), image.size()) < 0) check(-1);
    return image;
}

void Hdf5Image::check(herr_t status) const {
    if (status >= 0) return;
    throw RuntimeFault(where_, "HDF5 fails: " + hdf5_reason(), "check the free memory");
}

Hdf5Handle Hdf5Image::checked(Hdf5Handle handle) const {
    if (!handle.is_valid()) check(-1);
    return handle;
}

Hdf5Handle Hdf5Image::create_file() const {
    const Hdf5Handle access = checked({H5Pcreate(H5P_FILE_ACCESS), H5Pclose});
    check(H5Pset_fapl_core(access.get(), kMemoryIncrement, false));
    return checked(
        {H5Fcreate("saltus-model-in-memory", H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose});
}

Hdf5Handle Hdf5Image::create_group(const char* name) const {
    return checked(
        {H5Gcreate2(file_.get(), name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose});
}

Hdf5Handle Hdf5Image::text_type(const std::string& text) const {
    Hdf5Handle type = checked({H5Tcopy(H5T_C_S1), H5Tclose});
    check(H5Tset_size(type.get(), std::max<std::size_t>(text.size(), 1)));
    check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD));
    check(H5Tset_cset(type.get(), H5T_CSET_UTF8));
    return type;
}

Hdf5Handle Hdf5Image::create_dataset(hid_t location, const char* name, hid_t type,
                                     hid_t space) const {
    const Hdf5Handle creation = checked({H5Pcreate(H5P_DATASET_CREATE), H5Pclose});
    // The same model makes the same file.
    check(H5Pset_obj_track_times(creation.get(), false));
    return checked(
        {H5Dcreate2(location, name, type, space, H5P_DEFAULT, creation.get(), H5P_DEFAULT),
         H5Dclose});
}

void Hdf5Image::write_values(hid_t group, const std::string& name,
                             const std::vector<hsize_t>& extents, const double* values) const {
    const Hdf5Handle space =
        checked({extents.empty()
                     ? H5Screate(H5S_SCALAR)
                     : H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
                 H5Sclose});
    const Hdf5Handle dataset =
        create_dataset(group, escaped_name(name).c_str(), H5T_IEEE_F64LE, space.get());
    check(H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
}

void Hdf5Image::write_attribute(const char* name, const std::string& text) const {
    const Hdf5Handle type = text_type(text);
    const Hdf5Handle space = checked({H5Screate(H5S_SCALAR), H5Sclose});
    const Hdf5Handle attribute =
        checked({H5Acreate2(file_.get(), name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                 H5Aclose});
    check(H5Awrite(attribute.get(), type.get(), text.c_str()));
}

void require_savable(const std::string& connection, const Array& array, const std::string& what) {
    const auto refuse = [&](const std::string& problem, const std::string& advice) {
        throw ModelError("Connection " + connection, problem, advice)
            .with("connection", connection);
    };
    const Shape& shape = array.shape;
    if (connection.empty()) refuse("a connection to be saved has no name", "give it one");
    if (shape.rank() == 0 || shape.size() != array.size() || array.size() == 0) {
        refuse(fmt::format("{}s of shape {} with {} values cannot be saved", what, to_string(shape),
                           array.size()),
               "give one value for each element of the shape, and at least one");
    }
    const auto odd = std::find_if(array.values.begin(), array.values.end(),
                                  [](double value) { return !std::isfinite(value); });
    if (odd == array.values.end()) return;
    const auto index = static_cast<std::size_t>(odd - array.values.begin());
    const std::string which =
        shape.rank() == 2
            ? fmt::format("from neuron {} to neuron {}", index / shape[1], index % shape[1])
            : fmt::format("number {} of shape {}", index, to_string(shape));
    refuse(fmt::format("the {} {} is {}, so nothing is saved", what, which, *odd),
           "train with a smaller learning rate");
}

}  // namespace saltus
