#pragma once

#include <vector>

#include <saltus/data/spike_list.hpp>

#include "backend/parameter_training.hpp"
#include "backend/program.hpp"
#include "backend/reference/reference_network.hpp"
#include "backend/regularisation.hpp"

namespace saltus {

/// What one population leaves for the next example at its place in the batch.
template <class T>
struct ReferenceCarried {
    std::vector<typename ReferencePopulation<T>::Moment> end;  ///< by neuron
    std::vector<T> refractory;                                 ///< likewise
    std::vector<double> readout;
    SpikeList spikes;  ///< of the steps that the plan calls history
    SpikeList negative;
};

/// One example of a batch: what every population did in every step, and the way back.
template <class T>
class ReferenceExample {
  public:
    using Moment = typename ReferencePopulation<T>::Moment;
    using Carried = std::vector<ReferenceCarried<T>>;  ///< by population

    /// Runs it forward.
    /// @param carry what it takes over, unless that is empty, and where it leaves what the next one
    /// takes over; null when the plan carries nothing.
    ReferenceExample(const ReferenceNetwork<T>& network, const Batch& batch, std::uint32_t example,
                     Carried* carry);

    const std::vector<double>& readout(std::size_t output) const {
        return history_[output].readout;
    }
    /// The loss of an output that has targets; keeps its derivative for backward().
    double loss(const Loss* loss, std::size_t output);
    /// What is wanted of it.
    Recording recording(const std::vector<RecordedPopulation>& records) const;
    /// Adds to the network's gradients.
    /// @param batch_count examples over which the loss is a mean.
    /// @param pulls what regularisation adds, by population.
    void backward(double batch_count, const std::vector<Pulls>& pulls,
                  ReferenceNetwork<T>& network);
    /// After backward(): adds what a population says about its trained parameters.
    void add_parameters(std::size_t population, ParameterTraining& training) const;
    /// After backward(): whether the gradient of a connection is no number or too great.
    bool has_exploded(std::size_t connection) const;
    /// A population's neurons that have spiked, one entry a spike.
    std::span<const std::uint32_t> spikes_of(std::size_t population) const {
        return history_[population].spikes.neurons;
    }
    /// Whether any neuron of a population has spiked.
    bool has_spiked(std::size_t population) const {
        const SpikeList& spikes = history_[population].spikes;
        return spikes.neurons.size() > spikes.step_begin[network_.past];
    }

  private:
    /// Everything that one population did.
    struct History {
        SpikeList spikes;
        SpikeList negative;  ///< those that deliver minus the weight
        /// [step][neuron]: states at the start with synapses after the arrivals; states before the
        /// reset with synapses after the decay; and after the reset.
        std::vector<std::vector<Moment>> start;
        /// [step][neuron]: whether it is refractory where the step starts, and whether it may
        /// spike.
        std::vector<std::vector<bool>> waiting;
        std::vector<std::vector<bool>> free;
        std::vector<std::vector<Moment>> before_reset;
        std::vector<std::vector<Moment>> end;
        std::vector<double> readout;
        std::vector<double> readout_slope;
        /// By neuron: in which step a greatest output was reached, or the first spike happened.
        std::vector<std::size_t> readout_step;
        /// [step][neuron], where every step has targets: derivatives by the output variable.
        std::vector<double> step_slope;
        /// [step][neuron]: adjoints once the step is undone, where its arrivals act.
        std::vector<std::vector<Moment>> adjoint;
        /// The same at the beginning of the example.
        std::vector<Moment> last;
        /// By neuron: derivative of the loss by the end of its refractory time, until the spike
        /// that began it is undone.
        std::vector<T> by_end;
        std::int32_t label = -1;  ///< of an output whose loss has one
        /// By neuron, where silence matters: the greatest crossing function, and its step.
        std::vector<T> nearest;
        std::vector<std::size_t> nearest_step;
        std::vector<bool> is_drawn;  ///< to its threshold, there
    };

    /// Whether there is an example before this one that it takes something over from.
    bool carries() const { return carry_ != nullptr && !carry_->empty(); }
    bool reads(std::size_t population, ReadoutSource source) const {
        const auto& readout = plan_.populations[population].readout;
        return readout && readout->source == source;
    }
    const InputView& data_of(std::size_t population) const { return batch_.inputs[population]; }

    void begin(std::size_t population, std::vector<T>& refractory);
    void leave(const std::vector<std::vector<T>>& refractory);
    /// The state in which a neuron begins.
    Moment first_moment(std::size_t population, std::size_t neuron) const;
    /// What arrives at each neuron of a population in a step, by group.
    std::vector<std::vector<T>> arrivals(std::size_t population, std::size_t step) const;
    void advance(std::size_t population, std::size_t step, std::vector<T>& refractory);
    void sample(std::size_t population, std::size_t step, std::size_t neuron, const Moment& moment);
    void finish_readout(std::size_t output);
    void finish_first_spikes(std::size_t output);

    /// Undoes all steps of the populations that takes(index) holds for.
    template <class Takes>
    void retreat_all(const Takes& takes, std::vector<std::vector<Moment>>& adjoint);
    /// Moves the derivatives by every step's outputs to one step later. @return what they were.
    std::vector<std::vector<double>> delay_step_slopes();
    void retreat(std::size_t population, std::size_t step, std::vector<Moment>& adjoint);
    /// What the spikes of a step do to the adjoints of the states.
    void undo_spikes(std::size_t population, std::size_t step, std::vector<Moment>& adjoint);
    /// What the ends of refractory times do to the derivatives by the spikes that began them.
    void undo_releases(std::size_t population, std::size_t step,
                       const std::vector<Moment>& adjoint);
    /// Whether the refractory time of a neuron ends with a step.
    bool ends_waiting(std::size_t population, std::size_t step, std::size_t neuron) const {
        const History& history = history_[population];
        return history.waiting[step][neuron] && history.free[step][neuron];
    }
    /// Draws neurons that came nearest to their threshold in a step to it.
    void undo_silence(std::size_t population, std::size_t step, std::vector<Moment>& adjoint) const;
    void undo_decisions(std::size_t population, std::size_t step,
                        std::vector<Moment>& adjoint) const;
    /// Derivative of the loss by the time of a spike, through all its synapses; with surrogate
    /// gradients by the spike.
    T kappa(std::size_t population, std::size_t neuron, std::size_t step) const;
    /// Derivative of the loss by the time at which a synapse passes a spike on.
    T arrival_slope(std::size_t connection, std::size_t synapse, std::size_t arrival) const;
    void accumulate_gradient(std::size_t connection, std::size_t step,
                             ReferenceNetwork<T>& network) const;

    /// Calls visit(synapse, weight, sign) for each spike that reaches its target in a step.
    template <class Visit>
    void for_each_arrival(std::size_t connection, std::size_t step, const Visit& visit) const {
        const History& source = history_[plan_.connections[connection].source];
        const auto visit_with = [&visit](T sign) {
            return [&visit, sign](std::size_t synapse, std::size_t weight) {
                visit(synapse, weight, sign);
            };
        };
        for_each_arrival_of(source.spikes, connection, step, visit_with(T(1)));
        for_each_arrival_of(source.negative, connection, step, visit_with(T(-1)));
    }
    template <class Visit>
    void for_each_arrival_of(const SpikeList& spikes, std::size_t index, std::size_t step,
                             const Visit& visit) const;

    const ReferenceNetwork<T>& network_;
    const Plan& plan_;
    const Batch& batch_;
    const std::uint32_t example_;
    Carried* const carry_;
    std::vector<History> history_;
    const std::vector<Pulls>* pulls_ = nullptr;
};

template <class T>
template <class Visit>
void ReferenceExample<T>::for_each_arrival_of(const SpikeList& spikes, std::size_t index,
                                              std::size_t step, const Visit& visit) const {
    const ConnectionPlan& connection = plan_.connections[index];
    const SynapseTable& table = *network_.tables[index];
    const std::size_t earliest = 1 + std::size_t{connection.greatest_delay};
    const std::size_t latest = 1 + std::size_t{connection.delay};
    const std::size_t now = network_.past + step;  // in lists of spikes
    for (std::size_t from = now > earliest ? now - earliest : 0; from + latest <= now; ++from) {
        for (std::uint32_t k = spikes.step_begin[from]; k < spikes.step_begin[from + 1]; ++k) {
            const std::size_t pre = spikes.neurons[k];
            for (std::size_t synapse = table.row_begin[pre]; synapse < table.row_begin[pre + 1];
                 ++synapse) {
                if (from + latest + network_.delay_of(index, synapse) == now)
                    visit(synapse, table.weight_of(synapse));
            }
        }
    }
}

}  // namespace saltus
