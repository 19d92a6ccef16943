#include "io/synapse_arrays.hpp"

#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "io/toml_table.hpp"

namespace saltus {
namespace {

constexpr const char* kPre = "synapses_pre";
constexpr const char* kPost = "synapses_post";

Array to_array(const std::vector<std::uint32_t>& neurons) {
    return Array::vector(std::vector<double>(neurons.begin(), neurons.end()));
}

std::vector<std::uint32_t> neurons_of(const Hdf5Reader& reader, const std::string& path,
                                      const Array& array) {
    if (array.shape.rank() != 1)
        reader.fail(fmt::format("'{}' has shape {}, not one axis", path, to_string(array.shape)));
    std::vector<std::uint32_t> neurons;
    neurons.reserve(array.size());
    for (const double value : array.values) {
        if (!(value >= 0.0 && value <= 0xFFFFFFFFU) || value != std::floor(value))
            reader.fail(fmt::format("'{}' has the neuron {:g}", path, value));
        neurons.push_back(static_cast<std::uint32_t>(value));
    }
    return neurons;
}

}  // namespace

void write_synapses(const std::map<std::string, SynapsePairs>& synapses, Hdf5Image& image) {
    if (synapses.empty()) return;
    std::map<std::string, Array> pre;
    std::map<std::string, Array> post;
    for (const auto& [name, pairs] : synapses) {
        pre[name] = to_array(pairs.pre);
        post[name] = to_array(pairs.post);
    }
    image.write_arrays(kPre, pre);
    image.write_arrays(kPost, post);
}

std::map<std::string, SynapsePairs> read_synapses(const Hdf5Reader& reader) {
    std::map<std::string, SynapsePairs> synapses;
    if (!reader.has(kPre) && !reader.has(kPost)) return synapses;
    const std::map<std::string, Array> post = reader.arrays(kPost, "neurons");
    const std::map<std::string, Array> pre = reader.arrays(kPre, "neurons");
    for (const auto& [name, sources] : pre) {
        const auto targets = post.find(name);
        if (targets == post.end())
            reader.fail(fmt::format("there is no '{}/{}' in it", kPost, printable(name)));
        SynapsePairs& pairs = synapses[name];
        pairs.pre = neurons_of(reader, std::string(kPre) + "/" + printable(name), sources);
        pairs.post =
            neurons_of(reader, std::string(kPost) + "/" + printable(name), targets->second);
        if (pairs.pre.size() == pairs.post.size()) continue;
        reader.fail(fmt::format("'{}' has {} source and {} target neurons", printable(name),
                                pairs.pre.size(), pairs.post.size()));
    }
    for (const auto& [name, targets] : post) {
        if (!pre.contains(name))
            reader.fail(fmt::format("there is no '{}/{}' in it", kPre, printable(name)));
    }
    return synapses;
}

}  // namespace saltus
