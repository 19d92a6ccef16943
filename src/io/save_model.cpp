#include <saltus/io/atomic_file.hpp>
#include <saltus/io/model_file.hpp>

#include "io/checksum.hpp"
#include "io/hdf5_image.hpp"
#include "io/model_names.hpp"
#include "io/synapse_arrays.hpp"

namespace saltus {
namespace {

std::string image_of(const ModelFile& model) {
    const Hdf5Session session;
    Hdf5Image image("save_model", kModelFormat, model.synapses.empty() ? 1 : kModelFormatVersion);
    image.write_text("network_name", model.network_name);
    image.write_text("network_text", model.network_text);
    image.write_arrays("weights", model.weights);
    image.write_numbers("metrics", model.metrics);
    write_synapses(model.synapses, image);
    return image.bytes();
}

}  // namespace

void save_model(const std::filesystem::path& path, const ModelFile& model) {
    for (const auto& [connection, weights] : model.weights)
        require_savable(connection, weights, "weight");
    write_file_atomically(path, with_checksum(image_of(model)));
}

}  // namespace saltus
