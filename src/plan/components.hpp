#pragma once

#include <cstddef>
#include <vector>

namespace saltus {

/// A directed edge from one node to another.
struct Edge {
    std::size_t from;
    std::size_t to;
};

/// Strongly connected components of a graph in topological order (sources first), each with its
/// nodes in ascending order. Nodes that do not depend on each other keep their order.
std::vector<std::vector<std::size_t>> strong_components(std::size_t num_nodes,
                                                        const std::vector<Edge>& edges);

}  // namespace saltus
