#include <saltus/io/model_file.hpp>

#include "io/hdf5_reader.hpp"
#include "io/model_names.hpp"
#include "io/synapse_arrays.hpp"

namespace saltus {
namespace {

constexpr FileKind kKind{kModelFormat, kModelFormatVersion,
                         "give a model that `saltus train` has saved", 1};

}  // namespace

ModelFile load_model(const std::filesystem::path& path) {
    const std::string file = path.string();
    const std::string contents = read_checked_file(file, kKind);
    const Hdf5Session session;
    const Hdf5Reader reader(contents, file, kKind);
    ModelFile model;
    model.network_name = reader.text("network_name");
    model.network_text = reader.text("network_text");
    model.weights = reader.arrays("weights", "weights");
    model.metrics = reader.numbers("metrics");
    model.synapses = read_synapses(reader);
    return model;
}

}  // namespace saltus
