#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace saltus {

/// Which connections are rewired while they are trained (Deep-R), and how. After every update a
/// synapse whose weight has crossed zero goes, and another between two neurons that have none comes
/// in its place, so that their number stays. It begins with a weight of zero and the sign that its
/// pair of neurons has: half of them are negative. What the optimiser keeps of it begins anew.
/// G. Bellec, D. Kappel, W. Maass, R. Legenstein, "Deep rewiring: training very sparse deep
/// networks", ICLR 2018.
struct DeepR {
    /// Names of the connections: laid out as SPARSE, with weights of their own and one delay.
    std::vector<std::string> connections = {};
    /// What is added to the gradient by the magnitude of each of their weights, which draws weights
    /// that are of no use to zero: the gradient of an L1 norm of that strength.
    double l1_strength = 1e-4;

    /// @throws ModelError for a strength that is no number of at least 0.
    void check() const;
};

/// The synapses of a connection as pairs of neurons, by source, then by target.
struct SynapsePairs {
    std::vector<std::uint32_t> pre;
    std::vector<std::uint32_t> post;

    bool operator==(const SynapsePairs&) const = default;
};

/// How many synapses of a connection an update has replaced.
struct RewiringCount {
    std::string connection;
    std::size_t rewirings = 0;
    /// Those of them that have come back between the same two neurons: all of them where every
    /// pair is connected.
    std::size_t failed = 0;
};

}  // namespace saltus
