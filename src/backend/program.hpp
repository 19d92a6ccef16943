#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <saltus/backend/backend_options.hpp>
#include <saltus/backend/profile.hpp>
#include <saltus/common/array.hpp>
#include <saltus/data/grid_spikes.hpp>
#include <saltus/data/number_view.hpp>
#include <saltus/data/recorded_spikes.hpp>
#include <saltus/data/spike_trains.hpp>
#include <saltus/network/loss.hpp>
#include <saltus/network/readout.hpp>
#include <saltus/optimisers/update_step.hpp>
#include <saltus/plan/plan.hpp>

namespace saltus {

/// The data of one input population, by number of the example: one of the four is set.
struct InputView {
    const GridSpikes* spikes = nullptr;
    const NumberView* values = nullptr;
    /// Spikes of the plan's steps as they are.
    const SpikeList* lists = nullptr;
    /// Spikes at their exact times, of a plan with such.
    const SpikeTrains* trains = nullptr;
};

/// The targets of one output, by number of the example.
struct TargetView {
    std::span<const std::int32_t> labels;
    const NumberView* values = nullptr;
    /// Whether the output variable of every timestep is compared with them.
    bool of_steps = false;

    bool empty() const { return labels.empty() && values == nullptr; }
    /// That of one example. @param numbers where its values are kept, if it is any.
    Target of(std::size_t example, std::vector<double>& numbers) const {
        if (values == nullptr) return labels[example];
        numbers.resize(values->size() / values->shape()[0]);
        values->read(example * numbers.size(), std::span<double>(numbers));
        return std::span<const double>(numbers);
    }
};

/// What to record of one population.
struct RecordedPopulation {
    bool spikes = false;
    /// By state; empty for none.
    std::vector<bool> states;

    bool any_state() const { return std::find(states.begin(), states.end(), true) != states.end(); }
};

/// Some examples of a dataset. Nothing is copied: examples are given by number.
struct Batch {
    std::span<const std::uint32_t> examples;
    /// What to add to these for their number in a dataset of which only this part is there.
    std::size_t example_offset = 0;
    /// By population index; empty views for populations that are no inputs.
    std::vector<InputView> inputs;
    /// By population index; empty where there are none.
    std::vector<TargetView> targets;
    /// Number of this pass through the data: random inputs are a function of it and the example.
    std::uint64_t presentation = 0;
    double input_dropout = 0.0;
    /// Number of updates before this batch: synapses that are rewired are a function of it.
    std::uint64_t update = 0;
    /// Factor of feedback weights that fade.
    double feedback_scale = 1.0;
    /// Of learn(): the updates of trained parameters, by population and parameter. Empty where the
    /// plan has none, or nothing is updated.
    std::vector<std::vector<UpdateStep>> parameter_steps = {};
    /// Of learn(): the update of learned delays, likewise.
    std::optional<UpdateStep> delay_step = {};
    /// Steps of the clock before the batch.
    std::size_t first_step = 0;
    /// By population index: what to record of each example; empty for nothing. States of folded
    /// populations cannot be recorded.
    std::vector<RecordedPopulation> records;
    /// By position in the batch: whether that example is recorded; all are when empty.
    std::vector<bool> recorded_examples;

    bool records_example(std::size_t position) const {
        return !records.empty() && (recorded_examples.empty() || recorded_examples[position]);
    }
};

/// What one example did, step by step, as far as it was asked for; the rest is empty.
struct Recording {
    std::vector<RecordedSpikes> spikes;  ///< by population
    std::vector<std::vector<std::vector<double>>>
        states;  ///< by population, state: [steps][neurons]
};

/// How many synapses of a connection an update has replaced, and how many of the new ones join the
/// same two neurons as one that has gone.
struct ConnectionRewiring {
    std::size_t connection;
    std::size_t count;
    std::size_t returned;
};

/// What a batch gave.
struct BatchResult {
    /// By population index: [examples of the batch][neurons], for populations with a readout.
    std::vector<std::vector<double>> readouts;
    /// Of each example, summed over the outputs; 0 without targets.
    std::vector<double> losses;
    /// The same of every output alone, by population index; empty where there is no loss.
    std::vector<std::vector<double>> output_losses;
    /// By position in the batch; empty when nothing is recorded.
    std::vector<Recording> recordings;
    /// Of learn(): the trained connections whose gradients are no finite numbers, or too great for
    /// the squares of optimisers, in their order.
    std::vector<std::size_t> exploded;
    /// Of learn(): the trained parameters whose gradients are none, by name.
    std::vector<std::string> exploded_parameters;
    /// Of learn(), by population index: whether any neuron with equations has spiked.
    std::vector<bool> has_spiked;
    /// Of a learn() that updates: each connection of the plan that is rewired.
    std::vector<ConnectionRewiring> rewirings;

    void add_exploded(std::size_t connection) {
        if (std::find(exploded.begin(), exploded.end(), connection) == exploded.end())
            exploded.push_back(connection);
    }
};

/// The magnitude up to which an adjoint can be trained with. Gradients add up adjoints, and
/// optimisers square them: beyond, a square could be infinite and stay so.
template <class T>
inline constexpr T kGreatestAdjoint = sizeof(T) == 4 ? T(1e17) : T(1e150);

/// Whether all are numbers of at most that magnitude.
template <class T>
bool are_within(double bound, std::span<const T> values) {
    return std::all_of(values.begin(), values.end(), [bound](T value) {
        return std::abs(static_cast<double>(value)) <= bound;  // false for what is no number
    });
}

/// Whether the weights may be updated: a loss or a gradient that is no number would spoil them.
inline bool may_update(const BatchResult& result) {
    return result.exploded.empty() && result.exploded_parameters.empty() &&
           std::all_of(result.losses.begin(), result.losses.end(),
                       [](double loss) { return std::isfinite(loss); });
}

/// The optimiser's mean gradients and mean squared gradients of a connection's weights.
struct Moments {
    std::vector<double> m;
    std::vector<double> v;
};

/// A trained parameter: one value, or one a neuron, and likewise the rest; of learned delays, in
/// timesteps, one a weight.
struct ParameterState {
    std::vector<double> values;
    std::vector<double> gradient;
    Moments moments;
};

/// Minus the time of each neuron's first spike (ms), or kNoFirstSpike.
/// @param history steps at the beginning of the list that are not the example's.
/// @param first_step of the clock, at which the example begins.
inline void read_first_spikes(const SpikeList& spikes, std::size_t history, std::size_t first_step,
                              double dt, std::span<double> readout) {
    std::fill(readout.begin(), readout.end(), kNoFirstSpike);
    // From the last to the first, which stays.
    for (std::size_t step = spikes.step_begin.size() - 1; step-- > history;) {
        for (std::size_t k = spikes.step_begin[step]; k < spikes.step_begin[step + 1]; ++k)
            readout[spikes.neurons[k]] = -dt * static_cast<double>(first_step + step - history);
    }
}

/// A plan bound to memory and kernels.
class Program {
  public:
    virtual ~Program() = default;
    /// Runs the forward passes. Losses are computed where labels are given.
    virtual void infer(const Batch& batch, BatchResult& result) = 0;
    /// Runs forward and backward passes; the gradient is that of the mean loss of the batch.
    /// @param step the optimiser's update, or null to keep the gradient and leave the weights. They
    /// are left alone, too, and with them what the optimiser keeps, unless may_update(result).
    virtual void learn(const Batch& batch, const UpdateStep* step, BatchResult& result) = 0;

    /// The weights that a connection keeps and their gradients as float64, in the order of the
    /// plan's weight_shape.
    virtual std::vector<double> weights(std::size_t connection) const = 0;
    virtual void set_weights(std::size_t connection, const std::vector<double>& values) = 0;
    virtual std::vector<double> gradient(std::size_t connection) const = 0;
    /// The synapses of a connection as they are now; null where others cannot take their place (see
    /// why_synapses_stay).
    virtual std::shared_ptr<const SynapseTable> synapses(std::size_t connection) const = 0;
    /// Puts as many others there. Weights and moments keep their order.
    virtual void set_synapses(std::size_t connection,
                              std::shared_ptr<const SynapseTable> table) = 0;
    /// What the optimiser knows of a trained connection, in the same order; exactly what it was
    /// given, once set.
    virtual Moments moments(std::size_t connection) const = 0;
    virtual void set_moments(std::size_t connection, const Moments& moments) = 0;
    /// Gradient of the delays per timestep, of the last learn() of a plan that wants them: one
    /// number when all synapses have the same delay, otherwise one for each weight.
    virtual std::vector<double> delay_gradient(std::size_t connection) const = 0;

    /// A trained parameter of a population, by number.
    virtual ParameterState parameter(std::size_t population, std::size_t index) const = 0;
    /// Takes values and moments. @throws ModelError when the equations are not finite with them.
    virtual void set_parameter(std::size_t population, std::size_t index,
                               const ParameterState& state) = 0;

    /// The learned delays of a connection.
    virtual ParameterState delays(std::size_t connection) const = 0;
    virtual void set_delays(std::size_t connection, const ParameterState& state) = 0;

    /// Of a plan that carries anything: a state of every neuron at each place of the batch, as the
    /// last example there left it: [batch][neurons].
    virtual std::vector<double> carried_state(std::size_t population, std::size_t state) const = 0;
    /// Lets the next examples begin from initial values, whatever the plan carries.
    virtual void forget() = 0;

    /// Where time went, of a program that was asked to keep it.
    virtual Profile profile() const { return {}; }
    virtual void reset_profile() {}

    virtual int threads() const = 0;
    /// A line a population on where its kernel came from.
    virtual std::string describe() const = 0;
};

/// By population index; null where a population has no loss.
using Losses = std::vector<std::shared_ptr<const Loss>>;

/// Binds a plan to a backend; weights get their initial values.
/// @throws ModelError for a backend that does not exist.
std::unique_ptr<Program> load_program(const Plan& plan, const Losses& losses,
                                      const BackendOptions& options);

}  // namespace saltus
