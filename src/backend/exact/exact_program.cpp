#include "backend/exact/exact_program.hpp"

#include <algorithm>
#include <cmath>

#include "backend/deep_r_step.hpp"
#include "backend/delay_training.hpp"
#include "backend/exact/exact_example.hpp"
#include "backend/parameter_training.hpp"
#include "backend/plain_update.hpp"
#include "common/thread_team.hpp"
#include "plan/constrain_weights.hpp"
#include "plan/replace_synapses.hpp"

namespace saltus {
namespace {

/// Examples whose gradients are summed in one buffer: at least four, and so many that memory does
/// not grow with the examples, whatever the number of threads.
std::size_t examples_per_group(std::size_t examples) {
    constexpr std::size_t kMostGroups = 64;
    return std::max<std::size_t>(4, (examples + kMostGroups - 1) / kMostGroups);
}

std::size_t num_groups(std::size_t examples) {
    return (examples + examples_per_group(examples) - 1) / examples_per_group(examples);
}

class ExactProgram : public Program {
  public:
    ExactProgram(const Plan& plan, const Losses& losses, int threads)
        : network_(plan),
          losses_(losses),
          team_(threads),
          parameters_(network_.plan.populations),
          delays_(network_.plan) {
        for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
            const std::size_t weights = network_.weights[index].size();
            const std::size_t trained = plan_.connections[index].trainable ? weights : 0;
            m_.emplace_back(trained, 0.0);
            v_.emplace_back(trained, 0.0);
            norm_groups_.push_back(plan_.connections[index].constraint.bounds_norm()
                                       ? norm_groups(plan_.connections[index])
                                       : std::vector<std::uint32_t>());
            total_.weights.emplace_back(trained, 0.0);
            total_.delays.emplace_back(plan_.connections[index].has_uniform_delay() ? 1 : weights,
                                       0.0);
        }
        for (const PopulationPlan& population : plan_.populations)
            total_.parameters.emplace_back(population.kernel.parameters.size() * population.size);
    }

    void infer(const Batch& batch, BatchResult& result) override { run(batch, false, result); }

    void learn(const Batch& batch, const UpdateStep* step, BatchResult& result) override {
        run(batch, true, result);
        if (!may_update(result)) return;
        add_up(batch.examples.size());
        watch(batch.examples.size(), result);
        find_parameter_gradients(result);
        find_delay_gradients(result);
        if (step == nullptr || !may_update(result)) return;
        // First, since they may be refused.
        update_parameters(batch);
        update_delays(batch);
        begin_rewiring();
        UpdateStep clipped = *step;
        const double norm = gradient_norm();
        if (norm > step->clip_norm) clipped.gradient_factor = step->clip_norm / norm;
        for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
            if (!plan_.connections[index].trainable) continue;
            const WeightConstraint& constraint = plan_.connections[index].constraint;
            update_plainly(clipped, total_.weights[index], m_[index], v_[index],
                           network_.weights[index], constraint);
            if (constraint.bounds_norm())
                bound_norms(constraint.max_norm, norm_groups_[index], network_.weights[index]);
        }
        finish_rewiring(batch, result);
    }

    std::vector<double> weights(std::size_t connection) const override {
        return network_.weights[connection];
    }
    void set_weights(std::size_t connection, const std::vector<double>& values) override {
        network_.weights[connection] = values;
    }
    std::vector<double> gradient(std::size_t connection) const override {
        return total_.weights[connection];
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
        return {m_[connection], v_[connection]};
    }
    void set_moments(std::size_t connection, const Moments& moments) override {
        m_[connection] = moments.m;
        v_[connection] = moments.v;
    }
    std::vector<double> delay_gradient(std::size_t connection) const override {
        std::vector<double> gradient = total_.delays[connection];
        for (double& slope : gradient)
            slope *= plan_.dt;
        return gradient;
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
        const LinearFlow& flow = network_.flows[population];
        const auto first = flow.initial.begin() + static_cast<std::ptrdiff_t>(state * flow.padded);
        std::vector<double> values;
        for (std::size_t place = 0; place < plan_.batch_size; ++place)
            values.insert(values.end(), first, first + static_cast<std::ptrdiff_t>(flow.size));
        return values;
    }
    void forget() override {}
    int threads() const override { return team_.num_threads(); }
    std::string describe() const override { return "  exact spike times, float64\n"; }

  private:
    SynapseValues<std::vector<double>> values_of(std::size_t connection) {
        return {network_.weights[connection], total_.weights[connection], m_[connection],
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
        network_.take_flow(population);
    }

    void take_delays() {
        for (const std::size_t index : delays_.connections())
            network_.take_delays(index, delays_.state(index).values);
        network_.find_windows();
    }

    void find_delay_gradients(BatchResult& result) {
        for (const std::size_t index : delays_.connections())
            delays_.gradient(index) = delay_gradient(index);
        delays_.watch(result);
    }

    void update_delays(const Batch& batch) {
        if (!batch.delay_step) return;
        delays_.update(*batch.delay_step);
        take_delays();
    }

    void update_parameters(const Batch& batch) {
        if (batch.parameter_steps.empty()) return;
        parameters_.update(batch.parameter_steps);
        for (const std::size_t population : parameters_.populations())
            take_coefficients(population);
    }

    void run(const Batch& batch, bool learns, BatchResult& result) {
        const std::size_t count = batch.examples.size();
        result.readouts.assign(plan_.populations.size(), {});
        result.output_losses.assign(plan_.populations.size(), {});
        result.losses.assign(count, 0.0);
        result.exploded.clear();
        result.exploded_parameters.clear();
        result.rewirings.clear();
        result.has_spiked.assign(plan_.populations.size(), false);
        result.recordings.assign(batch.records.empty() ? 0 : count, {});
        for (const std::size_t output : plan_.outputs()) {
            result.readouts[output].resize(count * plan_.populations[output].size);
            if (losses_[output] && !batch.targets[output].empty())
                result.output_losses[output].resize(count);
        }
        while (examples_.size() < (learns ? count : std::min(count, workers())))
            examples_.push_back(std::make_unique<ExactExample>(network_));
        for_each_example(count, [&](std::size_t position, std::size_t thread) {
            ExactExample& example = *examples_[learns ? position : thread];
            run_forward(batch, position, learns, example, result);
        });
        for (const std::size_t output : plan_.outputs()) {
            for (std::size_t k = 0; k < result.output_losses[output].size(); ++k)
                result.losses[k] += result.output_losses[output][k];
        }
        if (learns) run_backward(batch, result);
    }

    std::size_t workers() const { return static_cast<std::size_t>(team_.num_threads()); }

    /// Calls body(position, thread) for examples in any order.
    template <class Body>
    void for_each_example(std::size_t count, const Body& body) {
        team_.enter([&] {
            team_.loop(count, 1, Balance::kOnDemand,
                       [&](std::size_t begin, std::size_t end, std::size_t thread) {
                           for (std::size_t position = begin; position < end; ++position)
                               body(position, thread);
                       });
        });
    }

    void run_forward(const Batch& batch, std::size_t position, bool learns, ExactExample& example,
                     BatchResult& result) {
        const std::uint32_t number = batch.examples[position];
        example.forward(batch, number, learns);
        for (const std::size_t output : plan_.outputs()) {
            const std::vector<double>& readout = example.readout(output);
            std::copy(readout.begin(), readout.end(),
                      result.readouts[output].begin() +
                          static_cast<std::ptrdiff_t>(position * readout.size()));
            const double loss = example.loss(losses_[output].get(), output, batch, number);
            if (!result.output_losses[output].empty())
                result.output_losses[output][position] = loss;
        }
        if (batch.records_example(position))
            result.recordings[position] = example.recording(batch.records);
    }

    /// All examples have been run forward: how often neurons spike in the batch is known.
    void run_backward(const Batch& batch, const BatchResult& result) {
        const std::size_t count = batch.examples.size();
        if (!may_update(result)) return;
        regularise(count);
        const std::size_t groups = num_groups(count);
        const std::size_t size = examples_per_group(count);
        clear(groups);
        for_each_example(groups, [&](std::size_t group, std::size_t) {
            const std::size_t first = group * size;
            const std::size_t last = std::min(count, first + size);
            for (std::size_t position = first; position < last; ++position) {
                examples_[position]->backward(static_cast<double>(count), pulls_.all(),
                                              partial_[group]);
            }
        });
    }

    void regularise(std::size_t examples) {
        pulls_.begin(examples);
        for (std::size_t k = 0; k < examples; ++k)
            pulls_.add([&](std::size_t population) { return examples_[k]->spikes_of(population); });
        pulls_.finish();
    }

    void clear(std::size_t groups) {
        if (partial_.size() < groups) partial_.resize(groups, total_);
        for (std::size_t group = 0; group < groups; ++group) {
            for (auto* sums :
                 {&partial_[group].weights, &partial_[group].delays, &partial_[group].parameters})
                for (std::vector<double>& sum : *sums)
                    std::fill(sum.begin(), sum.end(), 0.0);
        }
    }

    /// The sums of all groups, in their order.
    void add_up(std::size_t examples) {
        const std::size_t groups = num_groups(examples);
        const auto add = [&](std::vector<std::vector<double>> ExactGradients::*member) {
            for (std::size_t index = 0; index < (total_.*member).size(); ++index) {
                std::vector<double>& total = (total_.*member)[index];
                std::fill(total.begin(), total.end(), 0.0);
                for (std::size_t group = 0; group < groups; ++group) {
                    const std::vector<double>& part = (partial_[group].*member)[index];
                    for (std::size_t k = 0; k < total.size(); ++k)
                        total[k] += part[k];
                }
            }
        };
        add(&ExactGradients::weights);
        add(&ExactGradients::delays);
        add(&ExactGradients::parameters);
    }

    /// Hands the derivatives by the numbers of flows on to those by parameters.
    void find_parameter_gradients(BatchResult& result) {
        parameters_.clear_gradients();
        for (const std::size_t index : parameters_.populations()) {
            const std::size_t size = plan_.populations[index].size;
            const std::vector<double>& sums = total_.parameters[index];
            for (std::size_t k = 0; k * size < sums.size(); ++k) {
                parameters_.add(index, k, 0, std::span<const double>(sums.data() + k * size, size));
            }
        }
        parameters_.find_gradients(result);
    }

    /// Notes what the examples did that whoever trains wants to know.
    void watch(std::size_t examples, BatchResult& result) const {
        for (std::size_t index = 0; index < total_.weights.size(); ++index) {
            const std::span<const double> gradient = total_.weights[index];
            if (!are_within(kGreatestAdjoint<double>, gradient)) result.add_exploded(index);
        }
        for (std::size_t index = 0; index < plan_.populations.size(); ++index) {
            for (std::size_t position = 0; position < examples; ++position)
                if (examples_[position]->has_spiked(index)) result.has_spiked[index] = true;
        }
    }

    double gradient_norm() const {
        double sum = 0.0;
        for (const std::vector<double>& gradients : total_.weights) {
            for (const double gradient : gradients)
                sum += gradient * gradient;
        }
        return std::sqrt(sum);
    }

    ExactNetwork network_;
    const Plan& plan_ = network_.plan;
    Losses losses_;
    ThreadTeam team_;
    ParameterTraining parameters_;
    DelayTraining delays_;
    /// By position in the batch when it is learned from, otherwise by thread.
    std::vector<std::unique_ptr<ExactExample>> examples_;
    BatchPulls pulls_{plan_.populations};
    std::vector<ExactGradients> partial_;  ///< by group of examples
    ExactGradients total_;
    std::vector<DeepRStep<std::vector<double>>> rewiring_ =
        deep_r_steps<std::vector<double>>(plan_);
    std::vector<std::vector<double>> m_;
    std::vector<std::vector<double>> v_;
    /// By connection; empty where norms have no bound.
    std::vector<std::vector<std::uint32_t>> norm_groups_;
};

}  // namespace

std::unique_ptr<Program> load_exact_program(const Plan& plan, const Losses& losses,
                                            const BackendOptions& options) {
    return std::make_unique<ExactProgram>(plan, losses,
                                          options.name == "cpu" ? options.threads : 1);
}

}  // namespace saltus
