#include "backend/cpu/split_columns.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "backend/cpu/storage.hpp"
#include "connectivity/dense_rows.hpp"
#include "plan/schedule.hpp"

namespace saltus {

Coefficient slice(const Coefficient& coefficient, std::size_t first, std::size_t size) {
    if (!coefficient.per_neuron()) return coefficient;
    const auto begin = coefficient.values.begin() + static_cast<std::ptrdiff_t>(first);
    return {
        coefficient.name, {begin, begin + static_cast<std::ptrdiff_t>(size)}, coefficient.moves};
}

namespace {

PopulationPlan slice(const PopulationPlan& population, std::size_t first, std::size_t size) {
    PopulationPlan part = population;
    part.size = size;
    for (Coefficient& coefficient : part.coefficients)
        coefficient = slice(coefficient, first, size);
    for (Coefficient& initial : part.initial)
        initial = slice(initial, first, size);
    return part;
}

/// Neurons of each part but the last.
std::size_t part_size(const PopulationPlan& population, std::size_t threads) {
    constexpr std::size_t kBlock = kernels::kSumBlock;
    const std::size_t blocks = (population.size + kBlock - 1) / kBlock;
    return (blocks + threads - 1) / threads * kBlock;
}

class Splitter {
  public:
    Splitter(const Plan& plan, std::size_t threads) : original_(plan), threads_(threads) {
        split_.plan = plan;
        split_.by_level = true;
        for (std::size_t index = 0; index < plan.populations.size(); ++index) {
            split_.parts.push_back({{index, 0}});
            split_.original.push_back(index);
        }
    }

    SplitPlan run() {
        for (std::size_t index = 0; index < original_.populations.size(); ++index) {
            const PopulationPlan& population = original_.populations[index];
            if (population.input == InputKind::kNone && !population.readout) cut(index);
        }
        split_.plan.connections.clear();
        for (const ConnectionPlan& connection : original_.connections)
            cut(connection);
        split_.plan.feedbacks.clear();
        for (const FeedbackPlan& feedback : original_.feedbacks)
            cut(feedback);
        reschedule();
        return std::move(split_);
    }

  private:
    std::size_t add(PopulationPlan population, std::size_t original) {
        split_.plan.populations.push_back(std::move(population));
        split_.original.push_back(original);
        return split_.plan.populations.size() - 1;
    }

    void cut(std::size_t index) {
        const PopulationPlan& whole = original_.populations[index];
        const std::size_t size = part_size(whole, threads_);
        if (size >= whole.size) return;
        split_.plan.populations[index] = slice(whole, 0, size);
        for (std::size_t first = size; first < whole.size; first += size) {
            const std::size_t part =
                add(slice(whole, first, std::min(size, whole.size - first)), index);
            split_.parts[index].push_back({part, first});
        }
    }

    void cut(const ConnectionPlan& connection) {
        std::vector<Block>& blocks = split_.blocks.emplace_back();
        const bool from_input = original_.populations[connection.source].input != InputKind::kNone;
        const std::vector<Part> targets = split_.parts[connection.target];
        for (const Part& source : split_.parts[connection.source]) {
            for (std::size_t number = 0; number < targets.size(); ++number) {
                ConnectionPlan block = connection;
                block.source =
                    from_input ? copy_of_input(connection.source, number) : source.population;
                block.target = targets[number].population;
                block.num_pre = split_.plan.populations[block.source].size;
                block.num_post = split_.plan.populations[block.target].size;
                block.rows = std::make_shared<const DenseRows>(block.num_pre, block.num_post);
                block.weight_shape = Shape{block.num_pre, block.num_post};
                blocks.push_back(
                    {split_.plan.connections.size(), source.first, targets[number].first});
                split_.plan.connections.push_back(std::move(block));
            }
        }
    }

    /// Outputs are whole.
    void cut(const FeedbackPlan& feedback) {
        const std::size_t width = original_.populations[feedback.source].size;
        for (const Part& source : split_.parts[feedback.source]) {
            FeedbackPlan part = feedback;
            part.source = source.population;
            part.weights.clear();
            const std::size_t size = split_.plan.populations[source.population].size;
            for (std::size_t first = source.first; first < feedback.weights.size(); first += width)
                for (std::size_t k = 0; k < size; ++k)
                    part.weights.push_back(feedback.weights[first + k]);
            split_.plan.feedbacks.push_back(std::move(part));
        }
    }

    /// An input population for the n-th parts; the zeroth is the original.
    std::size_t copy_of_input(std::size_t input, std::size_t number) {
        std::vector<std::size_t>& copies = copies_[input];
        if (copies.empty()) copies.push_back(input);
        while (copies.size() <= number) {
            // It is read where it is whole.
            PopulationPlan copy = original_.populations[input];
            copy.readout.reset();
            copy.kernel.readout = ReadoutKind::kNone;
            copies.push_back(add(std::move(copy), input));
        }
        return copies[number];
    }

    void reschedule() {
        Plan& plan = split_.plan;
        for (PopulationPlan& population : plan.populations) {
            for (auto& group : population.groups)
                group.clear();
        }
        for (std::size_t index = 0; index < plan.connections.size(); ++index) {
            const ConnectionPlan& connection = plan.connections[index];
            plan.populations[connection.target].groups[connection.group].push_back(index);
        }
        plan.buffers.clear();
        plan.forward.clear();
        plan.backward.clear();
        plan.update.clear();
        schedule(plan);
    }

    const Plan& original_;
    std::size_t threads_;
    SplitPlan split_;
    std::map<std::size_t, std::vector<std::size_t>> copies_;
};

SplitPlan uncut(const Plan& plan) {
    SplitPlan split;
    split.plan = plan;
    for (std::size_t index = 0; index < plan.populations.size(); ++index) {
        split.parts.push_back({{index, 0}});
        split.original.push_back(index);
    }
    for (std::size_t index = 0; index < plan.connections.size(); ++index)
        split.blocks.push_back({{index, 0, 0}});
    return split;
}

/// Takes the place of what `joined` held, whose memory is used again: recorders of all examples
/// would otherwise spend their time on memory.
void join_spikes(const std::vector<Part>& population, const std::vector<SlotSpikes>& parts,
                 std::size_t num_steps, SpikeList& joined) {
    if (population.size() == 1) {
        joined = parts[population.front().population];
        return;
    }
    joined.step_begin.assign(1, 0);
    joined.neurons.clear();
    for (std::size_t step = 0; step < num_steps; ++step) {
        for (const Part& part : population) {
            const SpikeList& spikes = parts[part.population];
            for (std::size_t k = spikes.step_begin[step]; k < spikes.step_begin[step + 1]; ++k) {
                joined.neurons.push_back(spikes.neurons[k] +
                                         static_cast<std::uint32_t>(part.first));
            }
        }
        joined.step_begin.push_back(static_cast<std::uint32_t>(joined.neurons.size()));
    }
}

/// The same of spikes that are bits.
void join_bits(const Plan& plan, const std::vector<Part>& population,
               const std::vector<std::vector<std::uint32_t>>& parts, RecordedSpikes& joined) {
    const Part& last = population.back();
    joined.words_per_step =
        SpikeBits::words_of(last.first + plan.populations[last.population].size);
    if (population.size() == 1) {
        joined.words = parts[population.front().population];
        return;
    }
    joined.words.assign(plan.num_steps * joined.words_per_step, 0);
    for (const Part& part : population) {
        const std::size_t width = SpikeBits::words_of(plan.populations[part.population].size);
        const std::size_t shift = part.first % 32;
        const std::uint32_t* words = parts[part.population].data();
        for (std::size_t step = 0; step < plan.num_steps; ++step) {
            std::uint32_t* to =
                joined.words.data() + step * joined.words_per_step + part.first / 32;
            for (std::size_t k = 0; k < width; ++k, ++words) {
                to[k] |= *words << shift;
                if (shift != 0 && *words >> (32 - shift) != 0) to[k + 1] |= *words >> (32 - shift);
            }
        }
    }
}

using States = std::vector<std::vector<double>>;

/// By state: [steps][neurons].
void join_states(const Plan& plan, const std::vector<Part>& population,
                 const std::vector<States>& parts, States& joined) {
    joined = parts[population.front().population];
    if (population.size() == 1) return;
    for (std::size_t state = 0; state < joined.size(); ++state) {
        if (joined[state].empty()) continue;
        joined[state].clear();
        for (std::size_t step = 0; step < plan.num_steps; ++step) {
            for (const Part& part : population) {
                const std::size_t size = plan.populations[part.population].size;
                const auto row = parts[part.population][state].begin() +
                                 static_cast<std::ptrdiff_t>(step * size);
                joined[state].insert(joined[state].end(), row,
                                     row + static_cast<std::ptrdiff_t>(size));
            }
        }
    }
}

/// The only population that an input's spikes reach, or none.
std::optional<std::size_t> only_target(const Plan& plan, std::size_t input) {
    std::optional<std::size_t> target;
    if (plan.populations[input].input == InputKind::kNone) return target;
    for (const ConnectionPlan& connection : plan.connections) {
        if (connection.source != input) continue;
        if (target && *target != connection.target) return std::nullopt;
        target = connection.target;
    }
    return target;
}

/// Stages by depth: the longest way to their population from one without sources.
std::vector<Level> levels_of(const Plan& plan, const std::vector<Stage>& stages) {
    std::vector<std::size_t> depth(plan.populations.size(), 0);
    for (const Stage& stage : plan.forward) {
        for (const ConnectionPlan& connection : plan.connections) {
            if (connection.target != stage.populations.front()) continue;
            depth[connection.target] =
                std::max(depth[connection.target], depth[connection.source] + 1);
        }
    }
    std::vector<Level> levels(plan.populations.size());
    // Spikes that only one population takes are unpacked where they are taken.
    std::vector<Strand> before(plan.populations.size());
    for (const Stage& stage : stages) {
        const std::size_t population = stage.populations.front();
        if (const auto target = only_target(plan, population)) {
            before[*target].push_back(&stage);
            continue;
        }
        Strand strand = std::move(before[population]);
        strand.push_back(&stage);
        levels[depth[population]].push_back(std::move(strand));
    }
    std::erase_if(levels, [](const Level& level) { return level.empty(); });
    return levels;
}

}  // namespace

SplitPlan split_columns(const Plan& plan, int threads) {
    const bool recurs = std::any_of(plan.forward.begin(), plan.forward.end(),
                                    [](const Stage& stage) { return stage.recurrent; });
    // Only a matrix with a weight for every pair can be cut into such matrices.
    const bool has_others =
        std::any_of(plan.connections.begin(), plan.connections.end(), [](const auto& connection) {
            return dynamic_cast<const DenseRows*>(connection.rows.get()) == nullptr ||
                   connection.table != nullptr;
        });
    if (recurs || has_others || plan.wants_delay_gradients || plan.learns_delays() ||
        plan.lags_behind || plan.checkpoint_interval > 0 || plan.mode == PlanMode::kInference ||
        threads == 1)
        return uncut(plan);
    return Splitter(plan, static_cast<std::size_t>(threads)).run();
}

void join(const SplitPlan& split, const std::vector<RecordedPopulation>& records,
          const ExampleSlot& slot, Recording& joined) {
    joined.spikes.resize(split.parts.size());
    joined.states.resize(split.parts.size());
    for (std::size_t index = 0; index < split.parts.size(); ++index) {
        const std::vector<Part>& population = split.parts[index];
        const std::size_t first = population.front().population;
        RecordedSpikes& spikes = joined.spikes[index];
        spikes.words_per_step = 0;
        if (!slot.bits[first].empty()) {
            join_bits(split.plan, population, slot.bits, spikes);
        } else if (records[first].spikes) {
            join_spikes(population, slot.spikes, split.plan.num_steps, spikes.list);
            drop_steps(split.plan.history_steps(), spikes.list);
        }
        join_states(split.plan, population, slot.states, joined.states[index]);
    }
}

std::vector<Level> forward_levels(const Plan& plan) {
    return levels_of(plan, plan.forward);
}

std::vector<Level> backward_levels(const Plan& plan) {
    std::vector<Level> levels = levels_of(plan, plan.backward);
    std::reverse(levels.begin(), levels.end());
    return levels;
}

}  // namespace saltus
