#include "io/hdf5_reader.hpp"

#include <cstddef>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "common/text.hpp"
#include "io/checksum.hpp"
#include "io/model_names.hpp"
#include "io/read_file.hpp"
#include "io/toml_table.hpp"

namespace saltus {
namespace {

constexpr std::string_view kSignature("\x89HDF\r\n\x1a\n", 8);

void require_signature(const std::string& contents, const std::string& file, const FileKind& kind) {
    if (contents.starts_with(kSignature)) return;
    throw RuntimeFault(file, contents.empty() ? "is empty" : "is not an HDF5 file", kind.advice)
        .with("file", file);
}

std::string trimmed(const std::string& padded) {
    return padded.substr(0, padded.find_last_not_of('\0') + 1);
}

}  // namespace

std::string read_checked_file(const std::string& file, const FileKind& kind) {
    // Before all of a file of another kind is read.
    require_signature(read_file(file, kSignature.size()), file, kind);
    std::string contents = read_file(file);
    require_signature(contents, file, kind);
    const std::string problem = checksum_problem(contents);
    if (!problem.empty()) {
        throw RuntimeFault(file, "is damaged, or was changed after it was saved: " + problem,
                           "give another copy")
            .with("file", file);
    }
    contents.resize(without_checksum(contents).size());
    return contents;
}

Hdf5Reader::Hdf5Reader(std::string_view contents, std::string name, const FileKind& kind)
    : size_(contents.size()), name_(std::move(name)), kind_(kind), file_(open_image(contents)) {
    require_format();
}

void Hdf5Reader::require_format() const {
    const std::string format = attribute_text("format");
    if (format != kind_.format) {
        fail(fmt::format("its format is '{}', not '{}'", printable(format), kind_.format));
    }
    const int version = format_version();
    const int oldest = kind_.oldest == 0 ? kind_.version : kind_.oldest;
    if (version >= oldest && version <= kind_.version) return;
    const std::string readable = oldest == kind_.version
                                     ? fmt::format("version {}", oldest)
                                     : fmt::format("versions {} to {}", oldest, kind_.version);
    throw ModelError(
        name_, fmt::format("its format version is {}, this library reads {}", version, readable),
        fmt::format("use the Saltus that has saved it ({})",
                    printable(attribute_text("library_version"))))
        .with("file", name_);
}

bool Hdf5Reader::has(const char* entry) const {
    return H5Lexists(file_.get(), entry, H5P_DEFAULT) > 0;
}

std::string Hdf5Reader::text(const char* dataset_name) const {
    const Hdf5Handle dataset = open_dataset(file_.get(), dataset_name, dataset_name);
    const Hdf5Handle type(H5Dget_type(dataset.get()), H5Tclose);
    const Hdf5Handle space(H5Dget_space(dataset.get()), H5Sclose);
    std::string value(text_size(type.get(), space.get(), dataset_name), '\0');
    if (H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, value.data()) < 0) {
        fail_to_read(dataset_name);
    }
    return trimmed(value);
}

std::map<std::string, Array> Hdf5Reader::arrays(const char* group_name,
                                                const std::string& what) const {
    std::map<std::string, Array> all;
    const Hdf5Handle group = open_group(group_name);
    for (const std::string& entry : entries(group.get(), group_name)) {
        const std::string path = group_name + ("/" + printable(entry));
        const Hdf5Handle dataset = open_dataset(group.get(), entry.c_str(), path);
        Array array;
        array.shape = shape_of(dataset.get(), path);
        if (array.shape.rank() == 0) fail(fmt::format("'{}' is one number, no array", path));
        array.values = values_of(dataset.get(), array.shape, path);
        try {
            require_finite(array, path, what);
        } catch (const ModelError& error) {
            fail(error.where() + ": " + error.problem());
        }
        all[unescaped_name(entry)] = std::move(array);
    }
    return all;
}

Metrics Hdf5Reader::numbers(const char* group_name) const {
    Metrics all;
    const Hdf5Handle group = open_group(group_name);
    for (const std::string& entry : entries(group.get(), group_name)) {
        const std::string path = group_name + ("/" + printable(entry));
        const Hdf5Handle dataset = open_dataset(group.get(), entry.c_str(), path);
        const Shape shape = shape_of(dataset.get(), path);
        if (shape.size() != 1) {
            fail(fmt::format("'{}' has shape {}, not one number", path, to_string(shape)));
        }
        all[unescaped_name(entry)] = values_of(dataset.get(), shape, path).front();
    }
    return all;
}

void Hdf5Reader::fail(const std::string& problem) const {
    throw ModelError(name_, problem, kind_.advice).with("file", name_);
}

void Hdf5Reader::fail_to_read(const std::string& part) const {
    throw RuntimeFault(name_, fmt::format("'{}' cannot be read: {}", part, hdf5_reason()),
                       "the file is damaged; give another copy")
        .with("file", name_);
}

Hdf5Handle Hdf5Reader::open_image(std::string_view contents) const {
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    // HDF5 copies the image.
    void* image = const_cast<char*>(contents.data());
    if (H5Pset_fapl_core(access.get(), 1 << 20, false) < 0 ||
        H5Pset_file_image(access.get(), image, contents.size()) < 0) {
        fail_to_read("/");
    }
    Hdf5Handle file(H5Fopen("saltus-model-in-memory", H5F_ACC_RDONLY, access.get()), H5Fclose);
    if (!file.is_valid()) fail_to_read("/");
    return file;
}

/// @param path what the messages call it.
void Hdf5Reader::require_hard_link(hid_t location, const char* name,
                                   const std::string& path) const {
    if (H5Lexists(location, name, H5P_DEFAULT) <= 0)
        fail(fmt::format("there is no '{}' in it", path));
    H5L_info_t info;
    if (H5Lget_info(location, name, &info, H5P_DEFAULT) < 0) fail_to_read(path);
    if (info.type != H5L_TYPE_HARD) fail(fmt::format("'{}' is a link to elsewhere", path));
}

Hdf5Handle Hdf5Reader::open_group(const char* name) const {
    require_hard_link(file_.get(), name, name);
    Hdf5Handle group(H5Gopen2(file_.get(), name, H5P_DEFAULT), H5Gclose);
    if (!group.is_valid()) fail(fmt::format("'{}' is not a group", name));
    return group;
}

Hdf5Handle Hdf5Reader::open_dataset(hid_t location, const char* name,
                                    const std::string& path) const {
    require_hard_link(location, name, path);
    Hdf5Handle dataset(H5Dopen2(location, name, H5P_DEFAULT), H5Dclose);
    if (!dataset.is_valid()) fail(fmt::format("'{}' is not a dataset", path));
    const Hdf5Handle creation(H5Dget_create_plist(dataset.get()), H5Pclose);
    const H5D_layout_t layout =
        creation.is_valid() ? H5Pget_layout(creation.get()) : H5D_LAYOUT_ERROR;
    if (layout != H5D_CONTIGUOUS && layout != H5D_COMPACT) {
        fail(fmt::format("'{}' is compressed or in pieces", path));
    }
    if (H5Pget_external_count(creation.get()) != 0) {
        fail(fmt::format("'{}' takes its data from other files", path));
    }
    return dataset;
}

std::vector<std::string> Hdf5Reader::entries(hid_t group, const std::string& path) const {
    std::vector<std::string> names;
    const auto take = [](hid_t, const char* name, const H5L_info_t*, void* list) -> herr_t {
        try {
            static_cast<std::vector<std::string>*>(list)->emplace_back(name);
            return 0;
        } catch (...) {
            return -1;
        }
    };
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, take, &names) < 0) {
        fail_to_read(path);
    }
    return names;
}

Shape Hdf5Reader::shape_of(hid_t dataset, const std::string& path) const {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
    const int rank = H5Sget_simple_extent_ndims(space.get());
    if (rank < 0 || H5Sget_simple_extent_type(space.get()) == H5S_NULL) {
        fail(fmt::format("'{}' has no shape", path));
    }
    std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr);
    return Shape(std::vector<std::size_t>(extents.begin(), extents.end()));
}

std::vector<double> Hdf5Reader::values_of(hid_t dataset, const Shape& shape,
                                          const std::string& path) const {
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    if (H5Tget_class(type.get()) != H5T_FLOAT || H5Tget_size(type.get()) != sizeof(double)) {
        fail(fmt::format("'{}' does not hold numbers of type float64", path));
    }
    require_stored(dataset, shape, path);
    std::vector<double> values(shape.size());
    if (H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
        fail_to_read(path);
    }
    return values;
}

void Hdf5Reader::require_stored(hid_t dataset, const Shape& shape, const std::string& path) const {
    const std::size_t held = size_ / sizeof(double);
    std::size_t count = 1;
    for (const std::size_t extent : shape.extents()) {
        if (extent == 0 || count > held / extent)
            count = held + 1;
        else
            count *= extent;
    }
    if (count <= held && H5Dget_storage_size(dataset) == count * sizeof(double)) return;
    fail(fmt::format("'{}' claims to have shape {}, but the file of {} bytes does not hold it",
                     path, to_string(shape), size_));
}

std::size_t Hdf5Reader::text_size(hid_t type, hid_t space, const std::string& path) const {
    const std::size_t size = H5Tget_size(type);
    if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 ||
        H5Sget_simple_extent_npoints(space) != 1) {
        fail(fmt::format("'{}' is not a text of fixed length", path));
    }
    if (size > size_) {
        fail(fmt::format("'{}' claims to have {} bytes, but the file has only {}", path, size,
                         size_));
    }
    return size;
}

Hdf5Handle Hdf5Reader::open_attribute(const char* name) const {
    if (H5Aexists(file_.get(), name) <= 0)
        fail(fmt::format("there is no attribute '{}' in it", name));
    Hdf5Handle attribute(H5Aopen(file_.get(), name, H5P_DEFAULT), H5Aclose);
    if (!attribute.is_valid()) fail_to_read(name);
    return attribute;
}

std::string Hdf5Reader::attribute_text(const char* name) const {
    const Hdf5Handle attribute = open_attribute(name);
    const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
    const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
    std::string value(text_size(type.get(), space.get(), name), '\0');
    if (H5Aread(attribute.get(), type.get(), value.data()) < 0) fail_to_read(name);
    return trimmed(value);
}

int Hdf5Reader::format_version() const {
    const Hdf5Handle attribute = open_attribute("format_version");
    const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
    const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
    if (H5Tget_class(type.get()) != H5T_INTEGER || H5Sget_simple_extent_npoints(space.get()) != 1) {
        fail("'format_version' is not a whole number");
    }
    int version = 0;
    if (H5Aread(attribute.get(), H5T_NATIVE_INT, &version) < 0) fail_to_read("format_version");
    return version;
}

}  // namespace saltus
