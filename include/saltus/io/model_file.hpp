#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <saltus/common/array.hpp>
#include <saltus/plan/deep_r.hpp>
#include <saltus/runtime/inputs.hpp>

namespace saltus {

/// A trained network: all that is needed to evaluate it again, besides the data.
///
/// On disk it is one HDF5 file:
///
///     /network_name   text   name of the network file
///     /network_text   text   the network file itself
///     /weights/NAME   float64 [source neurons, target neurons], one a connection
///     /metrics/NAME   float64, one a figure
///     /synapses_pre/NAME, /synapses_post/NAME   float64: the neurons of each synapse of
///     connections
///                     that were rewired; without these groups when there is none
///
/// with the attributes "format" ("saltus model"), "format_version" and "library_version". In NAME,
/// characters that HDF5 gives a meaning stand as %XX. After the HDF5 data follows a line with a
/// checksum, which programs that read HDF5 pass over.
struct ModelFile {
    /// Name of the network file, as parse_network_file wants it.
    std::string network_name;
    /// The network file, as parse_network_file wants it.
    std::string network_text;
    /// Weights [source neurons, target neurons] by the name of the connection.
    std::map<std::string, Array> weights;
    /// The synapses of connections that training has rewired, to which their weights belong.
    std::map<std::string, SynapsePairs> synapses = {};
    /// What the network achieved, for example "accuracy".
    Metrics metrics;
};

/// Writes a model, at once or not at all (see write_file_atomically).
/// @throws ModelError for weights that are not finite or not [source, target].
/// @throws RuntimeFault (field "file") when the file cannot be written.
void save_model(const std::filesystem::path& path, const ModelFile& model);

/// Reads a model. Sizes, types and completeness are checked before use, and damage is found by the
/// checksum; but HDF5 itself is not made for files of people who mean harm.
/// @throws RuntimeFault (field "file") when the file cannot be read, is no HDF5 file, or is
/// damaged.
/// @throws ModelError (field "file") when it is not what save_model writes, or weights are not
/// finite.
ModelFile load_model(const std::filesystem::path& path);

}  // namespace saltus
