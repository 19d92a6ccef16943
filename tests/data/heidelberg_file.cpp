#include "data/heidelberg_file.hpp"

#include <stdexcept>

namespace saltus {
namespace {

hid_t require(hid_t id) {
    if (id < 0) throw std::runtime_error("HDF5 fails");
    return id;
}

hid_t creation_of(const HeidelbergFormat& format) {
    const hid_t creation = require(H5Pcreate(H5P_DATASET_CREATE));
    if (!format.has_chunks && !format.is_compressed) return creation;
    const hsize_t chunk = 3;
    H5Pset_chunk(creation, 1, &chunk);
    if (format.is_compressed) {
        H5Pset_shuffle(creation);
        H5Pset_deflate(creation, 6);
    }
    return creation;
}

void write(hid_t group, const char* name, hid_t file_type, hid_t memory_type, hsize_t count,
           const void* data, hid_t creation) {
    const hid_t space = require(H5Screate_simple(1, &count, nullptr));
    const hid_t set =
        require(H5Dcreate2(group, name, file_type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    if (count > 0) require(H5Dwrite(set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data));
    H5Dclose(set);
    H5Sclose(space);
}

template <typename Number>
void write_lists(hid_t group, const char* name, hid_t file_type, hid_t memory_type,
                 const std::vector<std::vector<Number>>& lists, hid_t creation) {
    std::vector<hvl_t> places;
    for (const auto& list : lists)
        places.push_back({list.size(), const_cast<Number*>(list.data())});
    const hid_t stored = require(H5Tvlen_create(file_type));
    const hid_t given = require(H5Tvlen_create(memory_type));
    write(group, name, stored, given, places.size(), places.data(), creation);
    H5Tclose(stored);
    H5Tclose(given);
}

}  // namespace

hid_t half_type() {
    const hid_t type = require(H5Tcopy(H5T_IEEE_F32LE));
    H5Tset_fields(type, 15, 10, 5, 0, 10);
    H5Tset_size(type, 2);
    H5Tset_ebias(type, 15);
    return type;
}

std::vector<std::uint8_t> heidelberg_file(const HeidelbergFormat& format,
                                          const HeidelbergContents& contents) {
    const hid_t access = require(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_fapl_core(access, 4096, false);
    if (!format.is_old) H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    const hid_t file = require(H5Fcreate("in-memory", H5F_ACC_TRUNC, H5P_DEFAULT, access));
    const hid_t creation = creation_of(format);
    const hid_t spikes = require(H5Gcreate2(file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    const hid_t times = format.time_type < 0 ? half_type() : format.time_type;
    write_lists(spikes, "times", times, H5T_NATIVE_DOUBLE, contents.times, creation);
    write_lists(spikes, "units", format.unit_type, H5T_NATIVE_UINT16, contents.units, creation);
    H5Gclose(spikes);
    write(file, "labels", format.label_type, H5T_NATIVE_UINT16, contents.labels.size(),
          contents.labels.data(), creation);
    if (format.has_keys) {
        const hid_t extra =
            require(H5Gcreate2(file, "extra", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        const hid_t text = require(H5Tcopy(H5T_C_S1));
        H5Tset_size(text, 6);
        write(extra, "keys", text, text, 2, "zero\0\0eleven", H5P_DEFAULT);
        H5Tclose(text);
        H5Gclose(extra);
    }
    H5Pclose(creation);
    H5Fflush(file, H5F_SCOPE_LOCAL);
    const ssize_t size = H5Fget_file_image(file, nullptr, 0);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
    H5Fget_file_image(file, bytes.data(), bytes.size());
    H5Fclose(file);
    H5Pclose(access);
    return bytes;
}

}  // namespace saltus
