#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace saltus::test {

/// A population of the simulation below; the last one is read out.
struct MovedPopulation {
    std::size_t size = 0;
    bool spiking = true;
    bool relative_reset = false;
    bool scale_i = true;
    double tau_mem = 20.0;
    double v_thresh = 1.0;
    double v_reset = 0.0;
    /// What a spike adds to the threshold, which then decays to v_thresh.
    double beta = 0.0;
    double tau_adapt = 100.0;
    /// Time after a spike without another; 0 for none; and whether the voltage stays meanwhile.
    double tau_refrac = 0.0;
    bool holds = false;
};

/// A dense connection; `from` is the number of a population, or kInput.
struct MovedConnection {
    static constexpr int kInput = -1;
    int from = kInput;
    int to = 0;
    std::size_t delay = 0;
    bool scale_i = true;
    double tau = 5.0;
    std::vector<double> weights;  ///< [source][target]
};

/// The last two are the greatest voltage, and minus the time of the first spike.
enum class MovedReadout { kAverage, kSum, kFinal, kGreatest, kFirstSpike };

/// The loss of a readout and its label.
using MovedLoss = std::function<double(const std::vector<double>& readout, std::size_t label)>;

struct MovedModel {
    double dt = 1.0;
    std::size_t num_steps = 0;
    double min_slope = 0.01;
    std::vector<MovedPopulation> populations;
    std::vector<MovedConnection> connections;
    MovedReadout readout = MovedReadout::kAverage;
    /// Cross-entropy of the softmax when empty.
    MovedLoss loss = {};
};

/// Neurons that spike in each step.
using InputSteps = std::vector<std::vector<std::size_t>>;

/// (Adaptive) leaky integrate-and-fire neurons with exponential synapses on a time grid, in float64
/// and written down by hand, whose spikes can move: once the spikes of the unperturbed weights are
/// known, a voltage that differs by x at a spike moves this spike by -x / slope to first order, and
/// with it what it causes, although all of it stays on its steps of the grid. The loss is then
/// smooth in the weights, and the gradient that EventProp gives on a grid is exactly its
/// derivative.
class MovedSpikes {
  public:
    MovedSpikes(const MovedModel& model, const InputSteps& input, std::size_t label);

    /// The loss of the readout, at other weights of the connections.
    double loss(const std::vector<std::vector<double>>& weights) const;
    /// At other weights and parameters: those of a model of the same populations and connections.
    double loss(const MovedModel& changed) const;
    /// At the model's weights.
    double loss() const;
    /// Central finite differences by every weight of a connection.
    std::vector<double> gradient(std::size_t connection) const;
    std::size_t num_spikes() const;
    /// Spikes of each neuron of a population.
    std::vector<double> counts(std::size_t population) const;
    /// Adds to the loss, for each spike of the unperturbed run, a pull times the voltage with which
    /// it happens; and subtracts, for each neuron without any, a pull times the voltage against the
    /// threshold in the step in which that is greatest; there it is the states that are pulled,
    /// whatever the parameters. By neuron.
    void regularise(std::size_t population, const std::vector<double>& at_spikes,
                    const std::vector<double>& of_silent);
    /// The smallest slope of a spike, before it is bounded.
    double smallest_slope() const;
    /// Spikes that only waited for the end of a refractory time.
    std::size_t num_late() const;

  private:
    /// A spike of the unperturbed run.
    struct Spike {
        std::size_t neuron;
        double adaptation;
        double crossing;  ///< how far the voltage is above its threshold
        double speed_before;
        double speed_after;
        double slope;  ///< of the voltage against its threshold
        /// Whether it only waited for the end of the refractory time.
        bool is_late;
    };
    /// What is added to the loss of a population.
    struct Pulls {
        std::vector<double> at_spikes;
        std::vector<double> of_silent;
    };
    /// Of the unperturbed run, by neuron.
    struct Nearest {
        std::vector<double> level;  ///< greatest voltage against the threshold
        std::vector<std::size_t> step;
    };
    struct Moved {
        std::size_t neuron;
        double shift;
    };
    /// What the unperturbed run leaves.
    struct Record {
        std::vector<std::vector<std::vector<Spike>>> spikes;  ///< [population][step]
        std::vector<Nearest> nearest;                         ///< by population
    };
    struct State {
        std::vector<std::vector<double>> voltage;            ///< [population][neuron]
        std::vector<std::vector<double>> adaptation;         ///< [population][neuron]
        std::vector<std::vector<double>> current;            ///< [connection][neuron]
        std::vector<std::vector<double>> left;               ///< [population][neuron], of waiting
        std::vector<std::vector<double>> begun;              ///< likewise: shift of the last spike
        std::vector<std::vector<bool>> waits;                ///< likewise, in this step
        std::vector<std::vector<bool>> was_above;            ///< likewise, before this step
        std::vector<std::vector<std::vector<Moved>>> moved;  ///< [population][step]
    };

    std::vector<std::vector<double>> model_weights() const;
    /// What a step adds to the readout.
    void read(std::size_t step, const State& state, std::vector<double>& readout) const;
    double level(std::size_t population, std::size_t neuron, const State& state) const;
    /// What the pulls of a population add to the loss in a step.
    double pull(std::size_t population, std::size_t step, const State& state) const;
    void note_nearest(std::size_t population, std::size_t step, const State& state,
                      Nearest& nearest) const;
    double run(const std::vector<std::vector<double>>& weights, Record* record) const;
    void arrive(std::size_t step, const std::vector<std::vector<double>>& weights,
                State& state) const;
    void advance(std::size_t population, State& state) const;
    bool is_held(std::size_t population, std::size_t neuron, const State& state) const;
    /// The end of the refractory time moves with the spike that began it.
    void release(std::size_t population, State& state) const;
    Moved spike(std::size_t population, const Spike& unperturbed, State& state) const;
    Spike describe(std::size_t population, std::size_t neuron, const State& state) const;
    double current_at(std::size_t population, std::size_t neuron, const State& state) const;
    double drive(std::size_t population) const;

    MovedModel model_;
    MovedModel original_;
    InputSteps input_;
    std::size_t label_;
    Record unperturbed_;
    std::vector<Pulls> pulls_;  ///< by population
};

}  // namespace saltus::test
