#include <algorithm>
#include <span>

#include <saltus/common/errors.hpp>
#include <saltus/initializers/element_values.hpp>

#include "backend/cpu/matrices/synapse_matrix.hpp"
#include "connectivity/random_rows.hpp"
#include "plan/synapse_table.hpp"

namespace saltus {
namespace {

/// No synapse in memory: rows, weights and delays are computed whenever a spike needs them.
class ProceduralMatrix : public SynapseMatrix {
  public:
    ProceduralMatrix(const ConnectionPlan& plan, const RandomStream& weight_stream)
        : rows_(plan.rows),
          random_rows_(dynamic_cast<const RandomRows*>(plan.rows.get())),
          delays_(plan.delays),
          values_(plan.weight, weight_stream, "Connection " + plan.name, "weight"),
          scale_(plan.weight_scale) {
        if (values_.is_constant()) constant_ = static_cast<float>(scale_ * values_.of(0));
    }

    std::size_t num_floats() const override { return 0; }
    std::size_t place(std::size_t weight) const override { return weight; }

    void propagate(const Floats& /*weights*/, const SpikeRows& spikes, bool accumulate,
                   const StepRows<float>& input) const override {
        if (!accumulate)
            std::fill(input.values, input.values + spikes.num_steps * input.stride, 0.0F);
        for (std::size_t step = 0; step < spikes.num_steps; ++step) {
            const std::span<const std::uint32_t> rows(spikes.index + spikes.begin[step],
                                                      spikes.index + spikes.begin[step + 1]);
            if (random_rows_ != nullptr) {
                add_random_rows(rows, input.row(step));
            } else {
                for (const std::uint32_t row : rows)
                    add_row(row, input.row(step));
            }
        }
    }

    float product(const Floats& /*weights*/, std::uint32_t row,
                  const float* values) const override {
        float sum = 0.0F;
        for_each_synapse(row, [&](std::uint32_t post, std::uint64_t element) {
            sum += weight_of(element) * values[post];
        });
        return sum;
    }

    void add_gradient(std::uint32_t /*row*/, const float* /*values*/,
                      float* /*gradient*/) const override {
        throw InternalError("cpu backend", "a procedural connection has no weights to train");
    }

    bool has_own_delays() const override { return delays_ != nullptr; }

    void propagate_delayed(const SpikeList& spikes, std::size_t first, std::size_t count,
                           bool accumulate, const StepRows<float>& input) const override {
        if (!accumulate) std::fill(input.values, input.values + count * input.stride, 0.0F);
        const std::size_t longest = 1 + std::size_t{delays_->greatest()};
        const std::size_t last = std::min(first + count - 1, spikes.step_begin.size() - 1);
        for (std::size_t step = first > longest ? first - longest : 0; step < last; ++step) {
            for (std::uint32_t k = spikes.step_begin[step]; k < spikes.step_begin[step + 1]; ++k) {
                for_each_synapse(spikes.neurons[k], [&](std::uint32_t post, std::uint64_t element) {
                    const std::size_t arrival = step + 1 + delays_->of(element);
                    if (arrival < first || arrival >= first + count) return;
                    input.row(arrival - first)[post] += weight_of(element);
                });
            }
        }
    }

    float delayed_product(std::uint32_t row, const StepRows<const float>& values,
                          std::size_t earliest, std::size_t num_steps) const override {
        float sum = 0.0F;
        for_each_synapse(row, [&](std::uint32_t post, std::uint64_t element) {
            const std::size_t arrival = earliest + delays_->of(element);
            if (arrival < num_steps) sum += weight_of(element) * values.row(arrival)[post];
        });
        return sum;
    }

  private:
    float weight_of(std::uint64_t element) const {
        if (values_.is_constant()) return constant_;
        return static_cast<float>(scale_ * values_.of(element));
    }

    void add_row(std::uint32_t row, float* target) const {
        for_each_synapse(row, [&](std::uint32_t post, std::uint64_t element) {
            target[post] += weight_of(element);
        });
    }

    /// Adds rows one after the other. Their targets lie anywhere in memory: it fetches those of
    /// the next row meanwhile, and making the row after that gives them time to arrive.
    void add_random_rows(std::span<const std::uint32_t> rows, float* target) const {
        thread_local std::vector<std::uint32_t> buffers[2];
        std::span<const std::uint32_t> now;
        for (std::size_t k = 0; k <= rows.size(); ++k) {
            std::vector<std::uint32_t>& buffer = buffers[k % 2];
            buffer.clear();
            if (k < rows.size()) random_rows_->targets(rows[k], buffer);
            const std::span<const std::uint32_t> next = buffer;
            if (values_.is_constant()) {
                const float weight = constant_;
                add_and_fetch(now, next, target, [weight](std::size_t) { return weight; });
            } else {
                add_and_fetch(now, next, target, [&](std::size_t slot) {
                    return weight_of(random_rows_->element(rows[k - 1], slot, now[slot]));
                });
            }
            now = next;
        }
    }

    /// Adds the weight of each slot to its target; fetches others.
    template <class Weight>
    static void add_and_fetch(std::span<const std::uint32_t> now,
                              std::span<const std::uint32_t> next, float* target,
                              const Weight& weight) {
        const std::size_t both = std::min(now.size(), next.size());
        for (std::size_t slot = 0; slot < both; ++slot) {
            __builtin_prefetch(target + next[slot], 1);
            target[now[slot]] += weight(slot);
        }
        for (const std::uint32_t post : next.subspan(both))
            __builtin_prefetch(target + post, 1);
        for (std::size_t slot = both; slot < now.size(); ++slot)
            target[now[slot]] += weight(slot);
    }

    template <class Visit>
    void for_each_synapse(std::uint32_t row, const Visit& visit) const {
        if (random_rows_ != nullptr) {
            std::vector<std::uint32_t>& targets = scratch_targets();
            random_rows_->targets(row, targets);
            for (std::size_t slot = 0; slot < targets.size(); ++slot)
                visit(targets[slot], random_rows_->element(row, slot, targets[slot]));
            return;
        }
        thread_local std::vector<RowSynapse> synapses;
        rows_->row(row, synapses);
        for (const RowSynapse& synapse : synapses)
            visit(synapse.post, synapse.element);
    }

    static std::vector<std::uint32_t>& scratch_targets() {
        thread_local std::vector<std::uint32_t> targets;
        return targets;
    }

    std::shared_ptr<const SynapseRows> rows_;
    const RandomRows* random_rows_;
    std::shared_ptr<const ElementDelays> delays_;
    ElementValues values_;
    double scale_;
    float constant_ = 0.0F;
};

}  // namespace

std::unique_ptr<SynapseMatrix> make_procedural_matrix(const ConnectionPlan& plan,
                                                      const RandomStream& weight_stream) {
    return std::make_unique<ProceduralMatrix>(plan, weight_stream);
}

}  // namespace saltus
