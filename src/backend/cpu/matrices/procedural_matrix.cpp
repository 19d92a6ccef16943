#include <algorithm>

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
            float* const target = input.row(step);
            for (std::uint32_t k = spikes.begin[step]; k < spikes.begin[step + 1]; ++k)
                add_row(spikes.index[k], target);
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
        if (!values_.is_constant() || random_rows_ == nullptr) {
            for_each_synapse(row, [&](std::uint32_t post, std::uint64_t element) {
                target[post] += weight_of(element);
            });
            return;
        }
        std::vector<std::uint32_t>& targets = scratch_targets();
        random_rows_->targets(row, targets);
        for (const std::uint32_t post : targets)
            target[post] += constant_;
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
