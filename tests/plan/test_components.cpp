#include <gtest/gtest.h>

#include <algorithm>

#include "plan/components.hpp"
#include "support/numbers.hpp"

namespace saltus::test {
namespace {

using Components = std::vector<std::vector<std::size_t>>;

/// reach[a][b]: whether a way leads from a to b.
std::vector<std::vector<bool>> reachability(std::size_t nodes, const std::vector<Edge>& edges) {
    std::vector<std::vector<bool>> reach(nodes, std::vector<bool>(nodes, false));
    for (const Edge& edge : edges)
        reach[edge.from][edge.to] = true;
    for (std::size_t k = 0; k < nodes; ++k) {
        for (std::size_t a = 0; a < nodes; ++a) {
            for (std::size_t b = 0; b < nodes; ++b) {
                if (reach[a][k] && reach[k][b]) reach[a][b] = true;
            }
        }
    }
    return reach;
}

TEST(StrongComponents, AreTheMutuallyReachableNodesInTopologicalOrder) {
    Numbers numbers(1);
    for (int round = 0; round < 300; ++round) {
        const std::size_t nodes = 1 + numbers.below(9);
        std::vector<Edge> edges;
        for (std::size_t k = numbers.below(2 * nodes); k-- > 0;) {
            edges.push_back({numbers.below(nodes), numbers.below(nodes)});
        }
        const auto reach = reachability(nodes, edges);
        const Components components = strong_components(nodes, edges);
        std::vector<std::size_t> component_of(nodes, nodes);
        std::size_t count = 0;
        for (std::size_t c = 0; c < components.size(); ++c) {
            EXPECT_TRUE(std::is_sorted(components[c].begin(), components[c].end()));
            for (const std::size_t node : components[c])
                component_of[node] = c;
            count += components[c].size();
        }
        ASSERT_EQ(count, nodes);
        for (std::size_t a = 0; a < nodes; ++a) {
            for (std::size_t b = 0; b < nodes; ++b) {
                const bool together = a == b || (reach[a][b] && reach[b][a]);
                EXPECT_EQ(component_of[a] == component_of[b], together) << a << " and " << b;
                if (!together && reach[a][b]) {
                    EXPECT_LT(component_of[a], component_of[b]) << a << " leads to " << b;
                }
            }
        }
    }
}

TEST(StrongComponents, KeepTheOrderOfIndependentNodes) {
    EXPECT_EQ(strong_components(4, {}), (Components{{0}, {1}, {2}, {3}}));
    EXPECT_EQ(strong_components(3, {{2, 1}}), (Components{{0}, {2}, {1}}));
    EXPECT_EQ(strong_components(0, {}), Components{});
}

TEST(StrongComponents, SelfLoopsAndRings) {
    EXPECT_EQ(strong_components(2, {{0, 0}, {0, 1}}), (Components{{0}, {1}}));
    EXPECT_EQ(strong_components(4, {{0, 1}, {1, 2}, {2, 1}, {2, 3}}),
              (Components{{0}, {1, 2}, {3}}));
}

// A chain longer than any call stack is deep.
TEST(StrongComponents, LongChains) {
    constexpr std::size_t kNodes = 200000;
    std::vector<Edge> edges;
    for (std::size_t node = 0; node + 1 < kNodes; ++node)
        edges.push_back({node, node + 1});
    const Components components = strong_components(kNodes, edges);
    ASSERT_EQ(components.size(), kNodes);
    EXPECT_EQ(components.front(), std::vector<std::size_t>{0});
    EXPECT_EQ(components.back(), std::vector<std::size_t>{kNodes - 1});
}

}  // namespace
}  // namespace saltus::test
