#pragma once

#include <map>
#include <string>

#include <saltus/plan/deep_r.hpp>

#include "io/hdf5_image.hpp"
#include "io/hdf5_reader.hpp"

namespace saltus {

/// Synapses by connection, as the groups "synapses_pre" and "synapses_post" with an array of
/// float64 for each; nothing when there are none.
void write_synapses(const std::map<std::string, SynapsePairs>& synapses, Hdf5Image& image);

/// Reads them back; none where a file has no such groups. Which neurons there are is not known
/// here.
/// @throws ModelError (field "file") for one group alone, arrays that are no lists of whole numbers
/// below 2^32, or lists that do not belong together.
std::map<std::string, SynapsePairs> read_synapses(const Hdf5Reader& reader);

}  // namespace saltus
