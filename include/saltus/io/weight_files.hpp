#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <saltus/runtime/compiled_network.hpp>

namespace saltus {

/// Which files of a folder are meant.
struct WeightFiles {
    std::filesystem::path folder;
    /// What comes before the connection's name in the names of files, such as {"12"}: then the
    /// weights of "hidden" are in "12-hidden-g.npy". As mlGeNN has them.
    std::vector<std::string> keys = {};
};

/// Writes the weights of every connection that keeps any, flat, as NumPy files "g", and its delays
/// as "d" where they differ, and its synapses where training has rewired them. The folder is made
/// when it is not there.
/// @throws ModelError for keys and names that cannot be part of a file name.
/// @throws RuntimeFault (field "file") when a file cannot be written.
void save_weights(const CompiledNetwork& network, const WeightFiles& files);

/// Writes which synapses there are of every connection that is laid out as SPARSE: source neurons
/// as "pre_ind", target neurons as "post_ind".
/// @throws as save_weights().
void save_connectivity(const CompiledNetwork& network, const WeightFiles& files);

/// Reads the weights back, all of them or, when something is wrong, none. Where there are delays
/// they must be those of the network; lists of as many other synapses take the place of the
/// network's (see CompiledNetwork::set_synapses).
/// @param strict whether there must be weights for every connection that keeps any, and none of a
/// connection that the network does not have.
/// @throws ModelError listing all that is missing (field "missing") or not known ("unknown"), or
/// for arrays that do not fit.
/// @throws RuntimeFault (field "file") when a file cannot be read.
void load_weights(CompiledNetwork& network, const WeightFiles& files, bool strict = true);

}  // namespace saltus
