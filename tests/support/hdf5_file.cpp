#include "support/hdf5_file.hpp"

#include <stdexcept>

#include <hdf5.h>

namespace saltus::test {
namespace {

void require(bool success, const std::string& what) {
    if (!success) throw std::runtime_error("HDF5: " + what);
}

}  // namespace

Hdf5File::Hdf5File(const std::string& name)
    : file_(H5Fopen((std::string(SALTUS_ORACLE_DIR) + "/" + name).c_str(), H5F_ACC_RDONLY,
                    H5P_DEFAULT)) {
    require(file_ >= 0, "cannot open " + name);
}

Hdf5File::~Hdf5File() {
    H5Fclose(file_);
}

std::vector<std::string> Hdf5File::members(const std::string& group) const {
    const hid_t id = H5Gopen2(file_, group.c_str(), H5P_DEFAULT);
    require(id >= 0, "no group " + group);
    H5G_info_t info;
    H5Gget_info(id, &info);
    std::vector<std::string> names;
    for (hsize_t index = 0; index < info.nlinks; ++index) {
        char name[256];
        H5Lget_name_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC, index, name, sizeof name,
                           H5P_DEFAULT);
        names.emplace_back(name);
    }
    H5Gclose(id);
    return names;
}

bool Hdf5File::has(const std::string& path) const {
    return H5Lexists(file_, path.c_str(), H5P_DEFAULT) > 0;
}

Array Hdf5File::array(const std::string& path) const {
    const hid_t set = H5Dopen2(file_, path.c_str(), H5P_DEFAULT);
    require(set >= 0, "no array " + path);
    const hid_t space = H5Dget_space(set);
    std::vector<hsize_t> extents(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
    H5Sget_simple_extent_dims(space, extents.data(), nullptr);
    Array array(Shape(std::vector<std::size_t>(extents.begin(), extents.end())));
    const herr_t status =
        H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data());
    H5Sclose(space);
    H5Dclose(set);
    require(status >= 0, "cannot read " + path);
    return array;
}

bool Hdf5File::has_attribute(const std::string& object, const std::string& name) const {
    return H5Aexists_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

double Hdf5File::number(const std::string& object, const std::string& name) const {
    const hid_t id = H5Aopen_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
    require(id >= 0, "no attribute " + name + " of " + object);
    double value = 0.0;
    const herr_t status = H5Aread(id, H5T_NATIVE_DOUBLE, &value);
    H5Aclose(id);
    require(status >= 0, "cannot read " + name);
    return value;
}

std::string Hdf5File::text(const std::string& object, const std::string& name) const {
    const hid_t id = H5Aopen_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
    require(id >= 0, "no attribute " + name + " of " + object);
    const hid_t type = H5Aget_type(id);
    std::string value(H5Tget_size(type), '\0');
    const herr_t status = H5Aread(id, type, value.data());
    H5Tclose(type);
    H5Aclose(id);
    require(status >= 0, "cannot read " + name);
    return value.substr(0, value.find('\0'));
}

}  // namespace saltus::test
