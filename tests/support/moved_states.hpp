#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <saltus/network/neuron.hpp>

namespace saltus::test {

/// A neuron model written down by hand: what NeuronDeclaration says in equations.
struct HandWritten {
    using States = std::vector<double>;

    std::string label;
    NeuronDeclaration declaration;
    States initial;
    /// dx/dt, from the states and the current; its derivatives by the state of its own and by the
    /// current.
    std::function<States(const States&, double)> flow;
    std::function<States(const States&, double)> own_slopes;
    std::function<States(const States&, double)> by_current;
    /// What crosses zero at a spike, and its gradient.
    std::function<double(const States&)> crossing;
    std::function<States(const States&)> crossing_gradient;
    std::function<States(const States&)> reset;

    /// What its input weights have to be multiplied with to drive it.
    double drive = 1.0;
    /// Time after a spike without another; 0 for none; and which states stay meanwhile.
    double tau_refrac = 0.0;
    std::vector<bool> held;
    bool holds(std::size_t state) const { return !held.empty() && held[state]; }

    /// One timestep with constant current, by the solver of the declaration.
    /// @param updates how many of the sub-steps it takes; 0 for as many as there are until one
    /// crosses the threshold, which it is then set to.
    /// @param free whether it may spike.
    States step(const States& x, double current, double dt, bool free, std::size_t& updates) const;
};

std::vector<HandWritten> hand_written_neurons();

/// Inputs, recurrent neurons of a model, and leaky integrators as outputs, whose mean is the
/// readout, in float64 on a time grid. As in MovedSpikes, spikes move to first order with what
/// moves their crossing, although all they do stays on its steps.
struct MovedStates {
    HandWritten neuron;
    double dt = 1.0;
    std::size_t num_steps = 0;
    std::size_t delay = 0;
    double min_slope = 1e-6;
    double tau = 5.0;       ///< of all synapses
    double tau_out = 20.0;  ///< membrane time constant of the outputs
    std::size_t inputs = 0;
    std::size_t hidden = 0;
    std::size_t outputs = 0;
    /// [input][hidden], [hidden][hidden], [hidden][output]
    std::vector<std::vector<double>> weights;
    std::vector<std::vector<std::size_t>> input_steps;  ///< by step: neurons that spike
    std::size_t label = 0;

    /// Cross-entropy of the softmax of the readout.
    double loss() const;
    /// Central finite differences by every weight of a connection, spikes moving as above.
    std::vector<double> gradient(std::size_t connection) const;
    std::size_t num_spikes() const;
    std::size_t num_late() const;

  private:
    struct Spike {
        std::size_t neuron;
        double crossing;
        double slope;
        HandWritten::States speed_before;
        HandWritten::States speed_after;
        bool is_late;  ///< whether it only waited for the end of the refractory time
    };
    struct Record {
        std::vector<std::vector<Spike>> spikes;         ///< by step
        std::vector<std::vector<std::size_t>> updates;  ///< by step and neuron
    };

    Record unperturbed() const;
    /// @param record what happens at the model's own weights; filled in when it is empty.
    double run(const std::vector<std::vector<double>>& at, Record& record) const;
    Spike describe(std::size_t j, const HandWritten::States& x, double current, bool is_late) const;
};

}  // namespace saltus::test
