#include "backend/reference/reference_program.hpp"

#include <algorithm>
#include <cmath>

#include "backend/deep_r_step.hpp"
#include "backend/delay_training.hpp"
#include "backend/plain_update.hpp"
#include "backend/reference/reference_example.hpp"
#include "plan/constrain_weights.hpp"
#include "plan/derive_eprop.hpp"
#include "plan/replace_synapses.hpp"

namespace saltus {
namespace {

template <class T>
class ReferenceProgram : public Program {
  public:
    ReferenceProgram(const Plan& plan, const Losses& losses)
        : network_(plan),
          losses_(losses),
          parameters_(network_.plan.populations),
          delays_(network_.plan) {
        take_delays();
        for (const std::vector<T>& weights : network_.weights) {
            m_.emplace_back(weights.size(), T(0));
            v_.emplace_back(weights.size(), T(0));
        }
        for (const ConnectionPlan& connection : plan_.connections) {
            norm_groups_.push_back(connection.constraint.bounds_norm()
                                       ? norm_groups(connection)
                                       : std::vector<std::uint32_t>());
        }
    }

    void infer(const Batch& batch, BatchResult& result) override { run(batch, false, result); }

    void learn(const Batch& batch, const UpdateStep* step, BatchResult& result) override {
        for (auto* gradients : {&network_.gradients, &network_.delay_gradients}) {
            for (std::vector<T>& gradient : *gradients)
                std::fill(gradient.begin(), gradient.end(), T(0));
        }
        for (PopulationPlan& population : network_.plan.populations)
            share_among(batch.examples.size(), population);
        parameters_.clear_gradients();
        run(batch, true, result);
        parameters_.find_gradients(result);
        find_delay_gradients(result);
        std::sort(result.exploded.begin(), result.exploded.end());
        if (step == nullptr || !may_update(result)) return;
        // First, since they may be refused.
        update_parameters(batch);
        update_delays(batch);
        begin_rewiring();
        UpdateStep clipped = *step;
        const double norm = gradient_norm();
        if (norm > step->clip_norm) clipped.gradient_factor = step->clip_norm / norm;
        for (std::size_t index = 0; index < network_.weights.size(); ++index) {
            if (!plan_.connections[index].trainable) continue;
            const WeightConstraint& constraint = plan_.connections[index].constraint;
            update_plainly(clipped, network_.gradients[index], m_[index], v_[index],
                           network_.weights[index], constraint);
            if (constraint.bounds_norm())
                bound_norms(constraint.max_norm, norm_groups_[index], network_.weights[index]);
        }
        finish_rewiring(batch, result);
    }

    std::vector<double> weights(std::size_t connection) const override {
        return as_float64(network_.weights[connection]);
    }
    void set_weights(std::size_t connection, const std::vector<double>& values) override {
        network_.weights[connection].assign(values.begin(), values.end());
    }
    std::vector<double> gradient(std::size_t connection) const override {
        return as_float64(network_.gradients[connection]);
    }
    std::shared_ptr<const SynapseTable> synapses(std::size_t connection) const override {
        const ConnectionPlan& now = plan_.connections[connection];
        return why_synapses_stay(now).empty() ? now.table : nullptr;
    }
    void set_synapses(std::size_t connection, std::shared_ptr<const SynapseTable> table) override {
        network_.replace_synapses(connection, std::move(table));
        if (!norm_groups_[connection].empty())
            norm_groups_[connection] = norm_groups(plan_.connections[connection]);
    }
    Moments moments(std::size_t connection) const override {
        return {as_float64(m_[connection]), as_float64(v_[connection])};
    }
    void set_moments(std::size_t connection, const Moments& moments) override {
        m_[connection].assign(moments.m.begin(), moments.m.end());
        v_[connection].assign(moments.v.begin(), moments.v.end());
    }
    std::vector<double> delay_gradient(std::size_t connection) const override {
        return as_float64(network_.delay_gradients[connection]);
    }
    ParameterState parameter(std::size_t population, std::size_t index) const override {
        return parameters_.state(population, index);
    }
    void set_parameter(std::size_t population, std::size_t index,
                       const ParameterState& state) override {
        parameters_.set_state(population, index, state);
        take_coefficients(population);
    }
    ParameterState delays(std::size_t connection) const override {
        return delays_.state(connection);
    }
    void set_delays(std::size_t connection, const ParameterState& state) override {
        delays_.set_state(connection, state);
        take_delays();
    }
    std::vector<double> carried_state(std::size_t population, std::size_t state) const override {
        std::vector<double> values;
        for (std::size_t place = 0; place < plan_.batch_size; ++place) {
            const bool exists = place < carried_.size() && !carried_[place].empty();
            for (std::size_t j = 0; j < plan_.populations[population].size; ++j) {
                const auto moment = exists ? carried_[place][population].end[j]
                                           : network_.populations[population].initial(j);
                values.push_back(static_cast<double>(moment.states[state]));
            }
        }
        return values;
    }
    void forget() override { carried_.clear(); }
    int threads() const override { return 1; }
    std::string describe() const override {
        return sizeof(T) == 8 ? "  reference backend, float64\n" : "  reference backend, float32\n";
    }

  private:
    SynapseValues<std::vector<T>> values_of(std::size_t connection) {
        return {network_.weights[connection], network_.gradients[connection], m_[connection],
                v_[connection]};
    }

    void begin_rewiring() {
        for (auto& step : rewiring_) {
            const std::size_t index = step.connection();
            step.begin(*plan_.connections[index].table, 1.0, values_of(index));
        }
    }

    void finish_rewiring(const Batch& batch, BatchResult& result) {
        for (auto& step : rewiring_) {
            const std::size_t index = step.connection();
            const Rewired rewired =
                step.finish(*plan_.connections[index].table, batch.update, values_of(index));
            result.rewirings.push_back({index, rewired.count, rewired.returned});
            if (rewired.count > 0) set_synapses(index, rewired.table);
        }
    }

    void take_coefficients(std::size_t population) {
        parameters_.write(population, network_.plan.populations[population].coefficients);
    }

    void update_parameters(const Batch& batch) {
        if (batch.parameter_steps.empty()) return;
        parameters_.update(batch.parameter_steps);
        for (const std::size_t population : parameters_.populations())
            take_coefficients(population);
    }

    void take_delays() {
        for (const std::size_t index : delays_.connections())
            network_.learned_delays[index] = delays_.steps(index);
    }

    void find_delay_gradients(BatchResult& result) {
        for (const std::size_t index : delays_.connections())
            delays_.gradient(index) = as_float64(network_.delay_gradients[index]);
        delays_.watch(result);
    }

    void update_delays(const Batch& batch) {
        if (!batch.delay_step) return;
        delays_.update(*batch.delay_step);
        take_delays();
    }

    static void share_among(std::size_t examples, PopulationPlan& population) {
        for (Coefficient& coefficient : population.coefficients) {
            if (coefficient.name == kExampleShare)
                coefficient.values = {1.0 / static_cast<double>(examples)};
        }
    }

    static std::vector<double> as_float64(const std::vector<T>& values) {
        return {values.begin(), values.end()};
    }

    void run(const Batch& batch, bool backward_too, BatchResult& result) {
        const std::size_t examples = batch.examples.size();
        result.readouts.assign(plan_.populations.size(), {});
        result.losses.assign(examples, 0.0);
        result.output_losses.assign(plan_.populations.size(), {});
        result.recordings.assign(batch.records.empty() ? 0 : examples, {});
        result.exploded.clear();
        result.exploded_parameters.clear();
        result.rewirings.clear();
        result.has_spiked.assign(plan_.populations.size(), false);
        if (plan_.carry.any()) carried_.resize(plan_.batch_size);
        if (backward_too) find_pulls(batch);
        for (std::size_t position = 0; position < examples; ++position) {
            ReferenceExample<T> example(network_, batch, batch.examples[position],
                                        plan_.carry.any() ? &carried_[position] : nullptr);
            for (const std::size_t output : plan_.outputs()) {
                const std::vector<double>& readout = example.readout(output);
                result.readouts[output].insert(result.readouts[output].end(), readout.begin(),
                                               readout.end());
                const double loss = example.loss(losses_[output].get(), output);
                result.losses[position] += loss;
                if (losses_[output] == nullptr || batch.targets[output].empty()) continue;
                result.output_losses[output].push_back(loss);
            }
            if (batch.records_example(position))
                result.recordings[position] = example.recording(batch.records);
            if (!backward_too) continue;
            example.backward(static_cast<double>(examples), pulls_.all(), network_);
            for (const std::size_t index : parameters_.populations())
                example.add_parameters(index, parameters_);
            watch(example, result);
        }
    }

    /// What regularisation adds to the batch's derivatives. Numbers of spikes are means over the
    /// batch, so they come from a forward pass of their own.
    void find_pulls(const Batch& batch) {
        pulls_.begin(batch.examples.size());
        if (!pulls_.needs_spikes()) return;
        for (const std::uint32_t number : batch.examples) {
            const ReferenceExample<T> example(network_, batch, number, nullptr);
            pulls_.add([&](std::size_t population) { return example.spikes_of(population); });
        }
        pulls_.finish();
    }

    /// Notes what an example did that whoever trains wants to know.
    void watch(const ReferenceExample<T>& example, BatchResult& result) const {
        for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
            if (plan_.connections[index].trainable && example.has_exploded(index))
                result.add_exploded(index);
        }
        for (std::size_t index = 0; index < plan_.populations.size(); ++index) {
            if (example.has_spiked(index)) result.has_spiked[index] = true;
        }
    }

    /// That of the gradients by all trained weights.
    double gradient_norm() const {
        double sum = 0.0;
        for (std::size_t index = 0; index < network_.gradients.size(); ++index) {
            if (!plan_.connections[index].trainable) continue;
            for (const T gradient : network_.gradients[index])
                sum += static_cast<double>(gradient) * static_cast<double>(gradient);
        }
        return std::sqrt(sum);
    }

    ReferenceNetwork<T> network_;
    const Plan& plan_ = network_.plan;
    Losses losses_;
    ParameterTraining parameters_;
    DelayTraining delays_;
    BatchPulls pulls_{plan_.populations};
    std::vector<DeepRStep<std::vector<T>>> rewiring_ = deep_r_steps<std::vector<T>>(plan_);
    std::vector<std::vector<T>> m_;
    std::vector<std::vector<T>> v_;
    /// By connection; empty where norms have no bound.
    std::vector<std::vector<std::uint32_t>> norm_groups_;
    /// By place in the batch; empty before the first example there.
    std::vector<typename ReferenceExample<T>::Carried> carried_;
};

}  // namespace

std::unique_ptr<Program> load_reference_program(const Plan& plan, const Losses& losses,
                                                bool float64) {
    if (float64) return std::make_unique<ReferenceProgram<double>>(plan, losses);
    return std::make_unique<ReferenceProgram<float>>(plan, losses);
}

}  // namespace saltus
