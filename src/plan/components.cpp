#include "plan/components.hpp"

#include <algorithm>
#include <limits>

namespace saltus {
namespace {

/// Tarjan's algorithm without recursion, since a network may be a chain of any length.
/// R. Tarjan, SIAM J. Comput. 1, 146 (1972).
class ComponentSearch {
  public:
    ComponentSearch(std::size_t num_nodes, const std::vector<Edge>& edges)
        : successors_(num_nodes),
          order_(num_nodes, kUnseen),
          low_(num_nodes),
          on_stack_(num_nodes) {
        for (const Edge& edge : edges)
            successors_[edge.from].push_back(edge.to);
    }

    std::vector<std::vector<std::size_t>> run() {
        // Components come out sinks first; searching from the last node keeps the given order
        // among independent ones after the reversal.
        for (std::size_t node = order_.size(); node-- > 0;) {
            if (order_[node] == kUnseen) search(node);
        }
        std::reverse(components_.begin(), components_.end());
        return std::move(components_);
    }

  private:
    static constexpr std::size_t kUnseen = std::numeric_limits<std::size_t>::max();

    struct Visit {
        std::size_t node;
        std::size_t next_successor;
    };

    void enter(std::size_t node) {
        order_[node] = low_[node] = count_++;
        stack_.push_back(node);
        on_stack_[node] = true;
        visits_.push_back({node, 0});
    }

    void search(std::size_t root) {
        enter(root);
        while (!visits_.empty()) {
            Visit& visit = visits_.back();
            const std::size_t node = visit.node;
            if (visit.next_successor < successors_[node].size()) {
                const std::size_t successor = successors_[node][visit.next_successor++];
                if (order_[successor] == kUnseen) {
                    enter(successor);
                } else if (on_stack_[successor]) {
                    low_[node] = std::min(low_[node], order_[successor]);
                }
                continue;
            }
            visits_.pop_back();
            if (!visits_.empty()) {
                std::size_t& parent_low = low_[visits_.back().node];
                parent_low = std::min(parent_low, low_[node]);
            }
            if (low_[node] == order_[node]) take_component(node);
        }
    }

    void take_component(std::size_t root) {
        std::vector<std::size_t> component;
        std::size_t node = kUnseen;
        do {
            node = stack_.back();
            stack_.pop_back();
            on_stack_[node] = false;
            component.push_back(node);
        } while (node != root);
        std::sort(component.begin(), component.end());
        components_.push_back(std::move(component));
    }

    std::vector<std::vector<std::size_t>> successors_;
    std::vector<std::size_t> order_;
    std::vector<std::size_t> low_;
    std::vector<bool> on_stack_;
    std::vector<std::size_t> stack_;
    std::vector<Visit> visits_;
    std::size_t count_ = 0;
    std::vector<std::vector<std::size_t>> components_;
};

}  // namespace

std::vector<std::vector<std::size_t>> strong_components(std::size_t num_nodes,
                                                        const std::vector<Edge>& edges) {
    return ComponentSearch(num_nodes, edges).run();
}

}  // namespace saltus
