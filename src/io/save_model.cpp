#include <saltus/io/model_file.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/io/atomic_file.hpp>

#include "io/checksum.hpp"
#include "io/hdf5_handle.hpp"
#include "io/model_names.hpp"

namespace saltus {
namespace {

constexpr std::size_t kMemoryIncrement = 1 << 20;

ModelError weights_error(const std::string& connection, const std::string& problem,
                         const std::string& advice) {
    return ModelError("Connection " + connection, problem, advice).with("connection", connection);
}

void check_weights(const std::string& connection, const Array& weights) {
    const Shape& shape = weights.shape;
    if (connection.empty()) {
        throw weights_error(connection, "a connection to be saved has no name", "give it one");
    }
    if (shape.rank() == 0 || shape.size() != weights.size() || weights.size() == 0) {
        throw weights_error(connection,
                            fmt::format("weights of shape {} with {} values cannot be saved",
                                        to_string(shape), weights.size()),
                            "give one value for each element of the shape, and at least one");
    }
    const auto odd = std::find_if(weights.values.begin(), weights.values.end(),
                                  [](double value) { return !std::isfinite(value); });
    if (odd == weights.values.end()) return;
    const auto index = static_cast<std::size_t>(odd - weights.values.begin());
    const std::string which =
        shape.rank() == 2
            ? fmt::format("from neuron {} to neuron {}", index / shape[1], index % shape[1])
            : fmt::format("number {} of shape {}", index, to_string(shape));
    throw weights_error(connection,
                        fmt::format("the weight {} is {}, so nothing is saved", which, *odd),
                        "train with a smaller learning rate");
}

/// Builds the file in memory, so that writing it is one step that succeeds or fails.
class ModelImage {
  public:
    ModelImage() : file_(create_file()) {}

    void write_format() {
        write_attribute("format", kModelFormat);
        write_attribute("library_version", SALTUS_VERSION);
        const Hdf5Handle space = checked({H5Screate(H5S_SCALAR), H5Sclose});
        const Hdf5Handle attribute =
            checked({H5Acreate2(file_.get(), "format_version", H5T_STD_I32LE, space.get(),
                                H5P_DEFAULT, H5P_DEFAULT),
                     H5Aclose});
        check(H5Awrite(attribute.get(), H5T_NATIVE_INT, &kModelFormatVersion));
    }

    void write_text(const char* name, const std::string& text) {
        const Hdf5Handle type = text_type(text);
        const Hdf5Handle space = checked({H5Screate(H5S_SCALAR), H5Sclose});
        const Hdf5Handle dataset = create_dataset(file_.get(), name, type.get(), space.get());
        check(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, text.c_str()));
    }

    void write_weights(const std::map<std::string, Array>& weights) {
        const Hdf5Handle group = create_group("weights");
        for (const auto& [connection, array] : weights) {
            const std::vector<hsize_t> extents(array.shape.extents().begin(),
                                               array.shape.extents().end());
            write_numbers(group.get(), connection, extents, array.values.data());
        }
    }

    void write_metrics(const Metrics& metrics) {
        const Hdf5Handle group = create_group("metrics");
        for (const auto& [name, value] : metrics)
            write_numbers(group.get(), name, {}, &value);
    }

    std::string bytes() {
        check(H5Fflush(file_.get(), H5F_SCOPE_LOCAL));
        const ssize_t size = H5Fget_file_image(file_.get(), nullptr, 0);
        if (size < 0) check(-1);
        std::string image(static_cast<std::size_t>(size), '\0');
        if (H5Fget_file_image(file_.get(), image.data(), image.size()) < 0) check(-1);
        return image;
    }

  private:
    static void check(herr_t status) {
        if (status >= 0) return;
        throw RuntimeFault("save_model", "HDF5 fails: " + hdf5_reason(), "check the free memory");
    }

    static Hdf5Handle checked(Hdf5Handle handle) {
        if (!handle.is_valid()) check(-1);
        return handle;
    }

    static Hdf5Handle create_file() {
        const Hdf5Handle access = checked({H5Pcreate(H5P_FILE_ACCESS), H5Pclose});
        check(H5Pset_fapl_core(access.get(), kMemoryIncrement, false));
        return checked(
            {H5Fcreate("saltus-model-in-memory", H5F_ACC_TRUNC, H5P_DEFAULT, access.get()),
             H5Fclose});
    }

    static Hdf5Handle text_type(const std::string& text) {
        Hdf5Handle type = checked({H5Tcopy(H5T_C_S1), H5Tclose});
        check(H5Tset_size(type.get(), std::max<std::size_t>(text.size(), 1)));
        check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD));
        check(H5Tset_cset(type.get(), H5T_CSET_UTF8));
        return type;
    }

    static Hdf5Handle create_dataset(hid_t location, const char* name, hid_t type, hid_t space) {
        const Hdf5Handle creation = checked({H5Pcreate(H5P_DATASET_CREATE), H5Pclose});
        // The same model makes the same file.
        check(H5Pset_obj_track_times(creation.get(), false));
        return checked(
            {H5Dcreate2(location, name, type, space, H5P_DEFAULT, creation.get(), H5P_DEFAULT),
             H5Dclose});
    }

    static void write_numbers(hid_t group, const std::string& name,
                              const std::vector<hsize_t>& extents, const double* values) {
        const Hdf5Handle space =
            checked({extents.empty() ? H5Screate(H5S_SCALAR)
                                     : H5Screate_simple(static_cast<int>(extents.size()),
                                                        extents.data(), nullptr),
                     H5Sclose});
        const Hdf5Handle dataset =
            create_dataset(group, escaped_name(name).c_str(), H5T_IEEE_F64LE, space.get());
        check(H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
    }

    Hdf5Handle create_group(const char* name) {
        return checked(
            {H5Gcreate2(file_.get(), name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose});
    }

    void write_attribute(const char* name, const std::string& text) {
        const Hdf5Handle type = text_type(text);
        const Hdf5Handle space = checked({H5Screate(H5S_SCALAR), H5Sclose});
        const Hdf5Handle attribute = checked(
            {H5Acreate2(file_.get(), name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
             H5Aclose});
        check(H5Awrite(attribute.get(), type.get(), text.c_str()));
    }

    Hdf5Handle file_;
};

std::string image_of(const ModelFile& model) {
    const Hdf5Session session;
    ModelImage image;
    image.write_format();
    image.write_text("network_name", model.network_name);
    image.write_text("network_text", model.network_text);
    image.write_weights(model.weights);
    image.write_metrics(model.metrics);
    return image.bytes();
}

}  // namespace

void save_model(const std::filesystem::path& path, const ModelFile& model) {
    for (const auto& [connection, weights] : model.weights)
        check_weights(connection, weights);
    write_file_atomically(path, with_checksum(image_of(model)));
}

}  // namespace saltus
