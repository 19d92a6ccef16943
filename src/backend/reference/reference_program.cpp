#include "backend/reference/reference_program.hpp"

#include <algorithm>
#include <cmath>

#include "backend/initial_weights.hpp"
#include "backend/input_spikes.hpp"
#include "backend/reference/reference_population.hpp"
#include "plan/synapse_table.hpp"

namespace saltus {
namespace {

template <class T>
using Moment = typename ReferencePopulation<T>::Moment;

/// Everything that one population did during one example.
template <class T>
struct History {
    SpikeList spikes;
    /// [step][neuron]: states before the reset with synapses after the decay, and after the reset.
    std::vector<std::vector<Moment<T>>> before_reset;
    std::vector<std::vector<Moment<T>>> end;
    std::vector<double> readout;
    std::vector<double> readout_slope;
    /// [step][neuron]: adjoints once the step is undone, where its arrivals act.
    std::vector<std::vector<Moment<T>>> adjoint;
};

/// What one population leaves for the next example at its place in the batch.
template <class T>
struct Carried {
    std::vector<Moment<T>> end;  ///< by neuron
    std::vector<T> refractory;   ///< likewise
    std::vector<double> readout;
    SpikeList spikes;  ///< of the steps that the plan calls history
};

/// All synapses of a connection, whatever its matrix type keeps.
std::shared_ptr<const SynapseTable> table_of(const ConnectionPlan& connection) {
    if (connection.table) return connection.table;
    const ElementDelays none(0.0, {}, RandomStream(0, RandomPurpose::kDelays, 0), connection.name);
    return std::make_shared<const SynapseTable>(
        make_synapse_table(*connection.rows, connection.delays ? *connection.delays : none,
                           "Connection " + connection.name));
}

template <class T>
class ReferenceProgram : public Program {
  public:
    ReferenceProgram(const Plan& plan, const Losses& losses) : plan_(plan), losses_(losses) {
        for (const PopulationPlan& population : plan_.populations) {
            populations_.emplace_back(population);
        }
        for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
            const ConnectionPlan& connection = plan_.connections[index];
            const std::vector<double> initial = initial_weights(plan_, index);
            tables_.push_back(table_of(connection));
            delay_gradients_.emplace_back(connection.has_uniform_delay() ? 1 : initial.size(),
                                          T(0));
            weights_.emplace_back(initial.begin(), initial.end());
            gradients_.emplace_back(initial.size(), T(0));
            m_.emplace_back(initial.size(), T(0));
            v_.emplace_back(initial.size(), T(0));
        }
    }

    void infer(const Batch& batch, BatchResult& result) override { run(batch, false, result); }

    void learn(const Batch& batch, const AdamStep* step, BatchResult& result) override {
        for (auto* gradients : {&gradients_, &delay_gradients_}) {
            for (std::vector<T>& gradient : *gradients)
                std::fill(gradient.begin(), gradient.end(), T(0));
        }
        run(batch, true, result);
        if (step == nullptr || !has_finite_losses(result)) return;
        for (std::size_t index = 0; index < weights_.size(); ++index) {
            if (plan_.connections[index].trainable) optimise(*step, index);
        }
    }

    std::vector<double> weights(std::size_t connection) const override {
        return {weights_[connection].begin(), weights_[connection].end()};
    }
    void set_weights(std::size_t connection, const std::vector<double>& values) override {
        weights_[connection].assign(values.begin(), values.end());
    }
    std::vector<double> gradient(std::size_t connection) const override {
        return {gradients_[connection].begin(), gradients_[connection].end()};
    }
    Moments moments(std::size_t connection) const override {
        return {{m_[connection].begin(), m_[connection].end()},
                {v_[connection].begin(), v_[connection].end()}};
    }
    void set_moments(std::size_t connection, const Moments& moments) override {
        m_[connection].assign(moments.m.begin(), moments.m.end());
        v_[connection].assign(moments.v.begin(), moments.v.end());
    }
    std::vector<double> delay_gradient(std::size_t connection) const override {
        return {delay_gradients_[connection].begin(), delay_gradients_[connection].end()};
    }
    std::vector<double> carried_state(std::size_t population, std::size_t state) const override {
        std::vector<double> values;
        for (std::size_t place = 0; place < plan_.batch_size; ++place) {
            const bool exists = place < carried_.size() && !carried_[place].empty();
            for (std::size_t j = 0; j < plan_.populations[population].size; ++j) {
                const Moment<T> moment = exists ? carried_[place][population].end[j]
                                                : populations_[population].initial(j);
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
    void run(const Batch& batch, bool backward_too, BatchResult& result) {
        result.readouts.assign(plan_.populations.size(), {});
        result.losses.assign(batch.examples.size(), 0.0);
        result.recordings.assign(batch.records.empty() ? 0 : batch.examples.size(), {});
        for (std::size_t position = 0; position < batch.examples.size(); ++position) {
            forward(batch, position);
            for (const std::size_t output : plan_.outputs()) {
                const std::vector<double>& readout = history_[output].readout;
                result.readouts[output].insert(result.readouts[output].end(), readout.begin(),
                                               readout.end());
                result.losses[position] += loss(output, batch, batch.examples[position]);
            }
            if (batch.records_example(position))
                result.recordings[position] = recording(batch.records);
            if (backward_too) backward(static_cast<double>(batch.examples.size()));
        }
    }

    /// What is wanted of the example that forward() has run.
    Recording recording(const std::vector<RecordedPopulation>& records) const {
        Recording recording{std::vector<RecordedSpikes>(records.size()), {}};
        recording.states.resize(records.size());
        for (std::size_t index = 0; index < records.size(); ++index) {
            if (records[index].spikes) recording.spikes[index].list = history_[index].spikes;
            if (records[index].spikes) drop_steps(past_, recording.spikes[index].list);
            recording.states[index].resize(records[index].states.size());
            for (std::size_t state = 0; state < records[index].states.size(); ++state) {
                if (!records[index].states[state]) continue;
                for (const auto& step : history_[index].end) {
                    for (const Moment<T>& moment : step) {
                        recording.states[index][state].push_back(
                            static_cast<double>(moment.states[state]));
                    }
                }
            }
        }
        return recording;
    }

    void forward(const Batch& batch, std::size_t position) {
        history_.assign(plan_.populations.size(), {});
        clock_ = batch.first_step;
        if (plan_.carry.any()) carried_.resize(plan_.batch_size);
        carry_ = plan_.carry.any() ? &carried_[position] : nullptr;
        std::vector<std::vector<T>> refractory(plan_.populations.size());
        for (std::size_t index = 0; index < plan_.populations.size(); ++index) {
            const PopulationPlan& population = plan_.populations[index];
            History<T>& history = history_[index];
            history.spikes.step_begin.assign(past_ + 1, 0);
            if (carries()) history.spikes = (*carry_)[index].spikes;
            if (population.input != InputKind::kNone) {
                SpikeList arriving;
                emit_input(plan_, index, batch, batch.examples[position], arriving);
                append_steps(arriving, history.spikes);
                continue;
            }
            refractory[index].assign(population.size, T(0));
            if (carries() && plan_.carry.states) refractory[index] = (*carry_)[index].refractory;
            if (population.readout) history.readout.assign(population.size, 0.0);
            if (carries() && plan_.carry.readouts) history.readout = (*carry_)[index].readout;
        }
        for (std::size_t step = 0; step < plan_.num_steps; ++step) {
            for (std::size_t index = 0; index < plan_.populations.size(); ++index) {
                if (plan_.populations[index].input == InputKind::kNone) {
                    advance(index, step, refractory[index]);
                }
            }
        }
        for (const std::size_t output : plan_.outputs())
            finish_readout(output);
        if (carry_ != nullptr) leave(refractory);
    }

    /// Whether there is an example before this one that it takes something over from.
    bool carries() const { return carry_ != nullptr && !carry_->empty(); }

    void leave(const std::vector<std::vector<T>>& refractory) {
        carry_->resize(plan_.populations.size());
        for (std::size_t index = 0; index < plan_.populations.size(); ++index) {
            const History<T>& history = history_[index];
            SpikeList spikes = history.spikes;
            drop_steps(plan_.num_steps, spikes);
            (*carry_)[index] = {history.end.empty() ? std::vector<Moment<T>>() : history.end.back(),
                                refractory[index], history.readout, std::move(spikes)};
        }
    }

    /// The state in which a neuron begins an example.
    Moment<T> first_moment(std::size_t index, std::size_t neuron) const {
        Moment<T> moment = populations_[index].initial(neuron);
        if (!carries()) return moment;
        const Moment<T>& last = (*carry_)[index].end[neuron];
        if (plan_.carry.states) moment.states = last.states;
        if (plan_.carry.synapses) moment.synapses = last.synapses;
        return moment;
    }

    /// The weights that arrive at each neuron of a population in a step, by group.
    std::vector<std::vector<T>> arrivals(std::size_t population, std::size_t step) const {
        const PopulationPlan& plan = plan_.populations[population];
        std::vector<std::vector<T>> input(plan.groups.size(), std::vector<T>(plan.size, T(0)));
        for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
            const ConnectionPlan& connection = plan_.connections[index];
            if (connection.target != population) continue;
            for_each_arrival(index, step, [&](std::size_t synapse, std::size_t weight) {
                input[connection.group][tables_[index]->post[synapse]] +=
                    effective_weight(index, weight);
            });
        }
        return input;
    }

    T effective_weight(std::size_t connection, std::size_t weight) const {
        return static_cast<T>(plan_.connections[connection].weight_scale) *
               weights_[connection][weight];
    }

    /// Calls visit(synapse, weight) for each spike that reaches its target in a step.
    template <class Visit>
    void for_each_arrival(std::size_t index, std::size_t step, const Visit& visit) const {
        const ConnectionPlan& connection = plan_.connections[index];
        const SynapseTable& table = *tables_[index];
        const SpikeList& spikes = history_[connection.source].spikes;
        const std::size_t earliest = 1 + std::size_t{connection.greatest_delay};
        const std::size_t latest = 1 + std::size_t{connection.delay};
        const std::size_t now = past_ + step;  // in lists of spikes
        for (std::size_t from = now > earliest ? now - earliest : 0; from + latest <= now; ++from) {
            for (std::uint32_t k = spikes.step_begin[from]; k < spikes.step_begin[from + 1]; ++k) {
                const std::size_t pre = spikes.neurons[k];
                for (std::size_t synapse = table.row_begin[pre]; synapse < table.row_begin[pre + 1];
                     ++synapse) {
                    if (from + latest + table.delay_of(synapse) == now)
                        visit(synapse, table.weight_of(synapse));
                }
            }
        }
    }

    void advance(std::size_t index, std::size_t step, std::vector<T>& refractory) {
        const PopulationPlan& plan = plan_.populations[index];
        const ReferencePopulation<T>& equations = populations_[index];
        History<T>& history = history_[index];
        const std::vector<std::vector<T>> input = arrivals(index, step);
        history.before_reset.emplace_back(plan.size);
        history.end.emplace_back(plan.size);
        for (std::size_t j = 0; j < plan.size; ++j) {
            Moment<T> moment = step == 0 ? first_moment(index, j) : history.end[step - 1][j];
            for (std::size_t group = 0; group < input.size(); ++group) {
                const bool persists = plan.kernel.group_has_state[group];
                moment.synapses[group] =
                    (persists ? moment.synapses[group] : T(0)) + input[group][j];
            }
            const bool waiting = refractory[j] > T(0);
            const bool held = waiting && plan.kernel.refractoriness == Refractoriness::kHold;
            const std::vector<T> next = held ? moment.states : equations.update(moment, j);
            moment.synapses = equations.decay(moment, j);
            moment.states = next;
            if (waiting) refractory[j] -= static_cast<T>(plan.kernel.dt);
            history.before_reset[step][j] = moment;
            sample(plan, step, j, moment, history);
            if (plan.kernel.spiking && !(refractory[j] > T(0)) && equations.spikes(moment, j)) {
                history.spikes.neurons.push_back(static_cast<std::uint32_t>(j));
                moment.states = equations.reset(moment, j);
                if (plan.kernel.refractoriness != Refractoriness::kNone) {
                    refractory[j] = equations.refractory_time(j);
                }
            }
            history.end[step][j] = moment;
        }
        history.spikes.step_begin.push_back(
            static_cast<std::uint32_t>(history.spikes.neurons.size()));
    }

    void sample(const PopulationPlan& plan, std::size_t step, std::size_t j,
                const Moment<T>& moment, History<T>& history) const {
        if (!plan.readout) return;
        const auto output = [&] { return static_cast<double>(moment.states[plan.kernel.output]); };
        if (plan.readout->source == ReadoutSource::kMaximum)
            history.readout[j] = std::max(history.readout[j], output());
        if (plan.readout->source != ReadoutSource::kVariable) return;
        history.readout[j] += plan.readout->weight_of(clock_ + step) * output();
    }

    void finish_readout(std::size_t output) {
        const PopulationPlan& plan = plan_.populations[output];
        History<T>& history = history_[output];
        for (std::size_t j = 0; j < plan.size; ++j) {
            if (plan.readout->source == ReadoutSource::kFinalVariable) {
                const Moment<T>& last = history.end.back()[j];
                history.readout[j] = static_cast<double>(last.states[plan.kernel.output]);
            }
        }
        if (plan.readout->source == ReadoutSource::kFirstSpike) finish_first_spikes(plan, history);
        if (plan.readout->source != ReadoutSource::kSpikes) return;
        const SpikeList& spikes = history.spikes;
        for (std::size_t k = spikes.step_begin[past_]; k < spikes.neurons.size(); ++k)
            history.readout[spikes.neurons[k]] += 1.0;
    }

    void finish_first_spikes(const PopulationPlan& plan, History<T>& history) const {
        const std::vector<double> before = history.readout;
        read_first_spikes(history.spikes, past_, clock_, plan_.dt, history.readout);
        for (std::size_t j = 0; j < plan.size && carries() && plan_.carry.readouts; ++j)
            history.readout[j] = std::max(history.readout[j], before[j]);
    }

    double loss(std::size_t output, const Batch& batch, std::uint32_t example) {
        History<T>& history = history_[output];
        history.readout_slope.assign(plan_.populations[output].size, 0.0);
        if (!losses_[output] || batch.labels[output].empty()) return 0.0;
        return losses_[output]->evaluate(history.readout, batch.labels[output][example],
                                         history.readout_slope);
    }

    void backward(double batch_count) {
        std::vector<std::vector<Moment<T>>> adjoint(plan_.populations.size());
        for (std::size_t index = 0; index < plan_.populations.size(); ++index) {
            const PopulationPlan& plan = plan_.populations[index];
            if (plan.input != InputKind::kNone) continue;
            const Moment<T> zero{std::vector<T>(plan.kernel.num_states(), T(0)),
                                 std::vector<T>(plan.kernel.num_groups(), T(0))};
            adjoint[index].assign(plan.size, zero);
            history_[index].adjoint.assign(plan_.num_steps,
                                           std::vector<Moment<T>>(plan.size, zero));
            for (double& slope : history_[index].readout_slope)
                slope /= batch_count;
            if (!plan.readout || plan.readout->source != ReadoutSource::kFinalVariable) continue;
            for (std::size_t j = 0; j < plan.size; ++j) {
                adjoint[index][j].states[plan.kernel.output] =
                    static_cast<T>(history_[index].readout_slope[j]);
            }
        }
        for (std::size_t step = plan_.num_steps; step-- > 0;) {
            // Every consequence of a spike lies in later steps, so the order of populations is
            // free.
            for (std::size_t index = 0; index < plan_.populations.size(); ++index) {
                if (plan_.populations[index].input == InputKind::kNone) {
                    retreat(index, step, adjoint[index]);
                }
            }
            for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
                accumulate_gradient(index, step);
            }
        }
    }

    void retreat(std::size_t index, std::size_t step, std::vector<Moment<T>>& adjoint) {
        const PopulationPlan& plan = plan_.populations[index];
        const ReferencePopulation<T>& equations = populations_[index];
        History<T>& history = history_[index];
        for (std::uint32_t k = history.spikes.step_begin[step];
             k < history.spikes.step_begin[step + 1]; ++k) {
            const std::size_t j = history.spikes.neurons[k];
            adjoint[j].states = equations.undo_spike(history.before_reset[step][j],
                                                     adjoint[j].states, kappa(index, j, step), j);
        }
        for (std::size_t j = 0; j < plan.size; ++j) {
            if (plan.readout && plan.readout->source == ReadoutSource::kVariable) {
                adjoint[j].states[plan.kernel.output] +=
                    static_cast<T>(plan.readout->step_weights[step] * history.readout_slope[j]);
            }
            adjoint[j] = equations.transpose_step(adjoint[j], j);
            history.adjoint[step][j] = adjoint[j];
        }
    }

    /// Derivative of the loss by the time of a spike, through all its synapses.
    T kappa(std::size_t population, std::size_t neuron, std::size_t step) const {
        T sum(0);
        for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
            const ConnectionPlan& connection = plan_.connections[index];
            if (connection.source != population) continue;
            const SynapseTable& table = *tables_[index];
            for (std::size_t synapse = table.row_begin[neuron];
                 synapse < table.row_begin[neuron + 1]; ++synapse) {
                const std::size_t arrival = step + 1 + connection.delay + table.delay_of(synapse);
                if (arrival < plan_.num_steps) sum += arrival_slope(index, synapse, arrival);
            }
        }
        return sum;
    }

    /// Derivative of the loss by the time at which a synapse passes a spike on.
    T arrival_slope(std::size_t index, std::size_t synapse, std::size_t arrival) const {
        const ConnectionPlan& connection = plan_.connections[index];
        const SynapseTable& table = *tables_[index];
        const std::size_t post = table.post[synapse];
        const Moment<T>& adjoint = history_[connection.target].adjoint[arrival][post];
        return effective_weight(index, table.weight_of(synapse)) *
               populations_[connection.target].arrival_shift(adjoint, connection.group, post);
    }

    void accumulate_gradient(std::size_t index, std::size_t step) {
        const ConnectionPlan& connection = plan_.connections[index];
        const SynapseTable& table = *tables_[index];
        const auto scale = static_cast<T>(connection.weight_scale);
        const auto dt = static_cast<T>(plan_.dt);
        for_each_arrival(index, step, [&](std::size_t synapse, std::size_t weight) {
            const Moment<T>& adjoint =
                history_[connection.target].adjoint[step][table.post[synapse]];
            gradients_[index][weight] += scale * adjoint.synapses[connection.group];
            if (!plan_.wants_delay_gradients) return;
            delay_gradients_[index][connection.has_uniform_delay() ? 0 : weight] +=
                dt * arrival_slope(index, synapse, step);
        });
    }

    void optimise(const AdamStep& step, std::size_t index) {
        for (std::size_t k = 0; k < weights_[index].size(); ++k) {
            const T gradient = gradients_[index][k];
            T& m = m_[index][k];
            T& v = v_[index][k];
            m = T(step.beta1) * m + T(1.0 - step.beta1) * gradient;
            v = T(step.beta2) * v + T(1.0 - step.beta2) * gradient * gradient;
            weights_[index][k] -= T(step.alpha) * m * T(step.scale_m) /
                                  (std::sqrt(v * T(step.scale_v)) + T(step.epsilon));
        }
    }

    Plan plan_;
    /// Steps that lists of spikes begin with before those of the example.
    const std::size_t past_ = plan_.history_steps();
    Losses losses_;
    std::vector<ReferencePopulation<T>> populations_;
    std::vector<std::shared_ptr<const SynapseTable>> tables_;
    std::vector<std::vector<T>> delay_gradients_;
    std::vector<std::vector<T>> weights_;
    std::vector<std::vector<T>> gradients_;
    std::vector<std::vector<T>> m_;
    std::vector<std::vector<T>> v_;
    std::vector<History<T>> history_;
    /// Step of the clock at which the example begins.
    std::size_t clock_ = 0;
    /// By place in the batch; empty before the first example there.
    std::vector<std::vector<Carried<T>>> carried_;
    /// That of the example that runs; null when the plan carries nothing.
    std::vector<Carried<T>>* carry_ = nullptr;
};

}  // namespace

std::unique_ptr<Program> load_reference_program(const Plan& plan, const Losses& losses,
                                                bool float64) {
    if (float64) return std::make_unique<ReferenceProgram<double>>(plan, losses);
    return std::make_unique<ReferenceProgram<float>>(plan, losses);
}

}  // namespace saltus
