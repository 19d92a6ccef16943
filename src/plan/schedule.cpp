#include "plan/schedule.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "plan/components.hpp"

namespace saltus {
namespace {

class Scheduler {
  public:
    explicit Scheduler(Plan& plan) : plan_(plan) {}

    void run() {
        std::vector<Edge> edges;
        for (const ConnectionPlan& c : plan_.connections)
            edges.push_back({c.source, c.target});
        const auto components = strong_components(plan_.populations.size(), edges);
        for (const auto& component : components)
            plan_.forward.push_back(forward(component));
        if (plan_.trains()) {
            for (auto it = components.rbegin(); it != components.rend(); ++it) {
                Stage stage = backward(*it);
                if (!stage.blocks.empty() || !stage.steps.empty()) {
                    plan_.backward.push_back(std::move(stage));
                }
            }
            updates();
        }
        list_buffers();
    }

  private:
    bool within(const std::vector<std::size_t>& component, std::size_t population) const {
        return std::find(component.begin(), component.end(), population) != component.end();
    }

    Stage stage_of(const std::vector<std::size_t>& component) const {
        Stage stage;
        stage.populations = component;
        for (const ConnectionPlan& connection : plan_.connections) {
            stage.recurrent |=
                within(component, connection.source) && within(component, connection.target);
        }
        return stage;
    }

    Stage forward(const std::vector<std::size_t>& component) const {
        Stage stage = stage_of(component);
        for (const std::size_t population : component) {
            const PopulationPlan& plan = plan_.populations[population];
            if (plan.input == InputKind::kNone) continue;
            stage.blocks.push_back(
                {plan.has_equations() ? PassKind::kDrive : PassKind::kEmitInput, population});
        }
        for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
            const ConnectionPlan& connection = plan_.connections[index];
            if (connection.fold || !within(component, connection.target)) continue;
            const bool internal = within(component, connection.source);
            (internal ? stage.steps : stage.blocks).push_back({PassKind::kPropagate, index});
        }
        for (const std::size_t population : component) {
            const PopulationPlan& plan = plan_.populations[population];
            if (!plan.has_equations()) continue;
            if (plan.folded) {
                stage.blocks.push_back({PassKind::kFoldReadout, population});
            } else {
                (stage.recurrent ? stage.steps : stage.blocks)
                    .push_back({PassKind::kAdvance, population});
            }
        }
        for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
            const ConnectionPlan& connection = plan_.connections[index];
            if (connection.fold && within(component, connection.source))
                stage.blocks.push_back({PassKind::kWeighSpikes, index});
        }
        for (const std::size_t population : component) {
            const PopulationPlan& plan = plan_.populations[population];
            if (!plan.readout) continue;
            if (!plan.folded) stage.blocks.push_back({PassKind::kReadOut, population});
            if (plan_.trains()) {
                stage.blocks.push_back({PassKind::kLoss, population});
            }
        }
        return stage;
    }

    Stage backward(const std::vector<std::size_t>& component) const {
        Stage stage = stage_of(component);
        // In e-prop learning signals come from outputs alone, and no population waits for another.
        if (plan_.mode == PlanMode::kEProp) stage.recurrent = false;
        for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
            const ConnectionPlan& connection = plan_.connections[index];
            const bool from_input = plan_.populations[connection.source].input != InputKind::kNone;
            if (!within(component, connection.source) || from_input) continue;
            if (!connection.feeds_back) continue;
            if (connection.fold) {
                stage.blocks.push_back({PassKind::kFoldFeedback, index});
                continue;
            }
            const bool internal = within(component, connection.target);
            (internal ? stage.steps : stage.blocks).push_back({PassKind::kFeedback, index});
        }
        for (const std::size_t population : component) {
            const PopulationPlan& plan = plan_.populations[population];
            if (plan.input != InputKind::kNone || plan.folded) continue;
            const bool hears = std::any_of(
                plan_.feedbacks.begin(), plan_.feedbacks.end(),
                [&](const FeedbackPlan& feedback) { return feedback.source == population; });
            if (hears) stage.blocks.push_back({PassKind::kBroadcast, population});
            (stage.recurrent ? stage.steps : stage.blocks)
                .push_back({PassKind::kRetreat, population});
        }
        return stage;
    }

    void updates() {
        for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
            const ConnectionPlan& connection = plan_.connections[index];
            if (!connection.trainable) continue;
            plan_.update.push_back(
                {connection.fold ? PassKind::kFoldGradient : PassKind::kGradient, index});
            plan_.update.push_back({PassKind::kOptimise, index});
        }
    }

    void add(const std::string& name, const std::string& type, const std::string& shape,
             BufferScope scope) {
        plan_.buffers.push_back({name, type, shape, scope});
    }

    void list_buffers() {
        const bool training = plan_.trains();
        for (const ConnectionPlan& c : plan_.connections) {
            const std::string shape =
                "[" + fmt::format("{}", fmt::join(c.weight_shape.extents(), ", ")) + "]";
            if (c.num_weights() == 0) continue;
            add(c.name + ".weight", "real", shape, BufferScope::kNetwork);
            if (c.learned_delay) add(c.name + ".delay", "timesteps", shape, BufferScope::kNetwork);
            if (!c.trainable) continue;
            add(c.name + ".gradient", "real", shape, BufferScope::kBatch);
            add(c.name + ".adam_m", "real", shape, BufferScope::kNetwork);
            add(c.name + ".adam_v", "real", shape, BufferScope::kNetwork);
        }
        for (const PopulationPlan& p : plan_.populations) {
            if (!p.folded && (p.input != InputKind::kNone || p.kernel.spiking)) {
                add(p.name + ".spikes", "(neuron, step, offset)", "[spikes]",
                    BufferScope::kExample);
            }
            if (p.readout) {
                add(p.name + ".readout", "real", fmt::format("[{}]", p.size),
                    BufferScope::kExample);
            }
            if (!p.has_equations() || p.folded) continue;
            add(p.name + ".state", "real",
                fmt::format("[{}, {}]", p.kernel.num_states() + p.kernel.num_groups(), p.size),
                BufferScope::kWorker);
            if (p.kernel.num_folds > 0) {
                add(p.name + ".spike_sums", "real",
                    fmt::format("[{}, {}]", p.kernel.num_folds, p.size), BufferScope::kExample);
            }
            if (!training || p.input != InputKind::kNone) continue;
            add(p.name + ".arrival_adjoint", "real",
                fmt::format("[{}, {}, {}]", p.groups.size(), plan_.num_steps, p.size),
                BufferScope::kExample);
            if (p.kernel.spiking) {
                add(p.name + ".tape", "(neuron, step, jump)", "[spikes]", BufferScope::kWorker);
            }
        }
    }

    Plan& plan_;
};

}  // namespace

void schedule(Plan& plan) {
    Scheduler(plan).run();
}

}  // namespace saltus
