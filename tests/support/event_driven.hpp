#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace saltus::test {

/// A network in continuous time, simulated from event to event: inputs, two leaky
/// integrate-and-fire neurons (threshold 1, absolute reset to 0) and two leaky integrators whose
/// voltage is averaged over [0, duration]. All time constants in ms, times too.
struct EventDriven {
    double tau_mem = 20.0;
    double tau_syn = 5.0;
    double duration = 20.0;
    std::size_t label = 1;
    std::vector<std::vector<double>> arrivals;  ///< of each input's spikes at the hidden neurons
    std::vector<double> weights_in;             ///< [input][2]
    std::vector<double> weights_out;            ///< [2][2]

    /// Spike times of one hidden neuron, to about 1e-14 ms.
    std::vector<double> spike_times(std::size_t neuron) const;
    /// Cross-entropy of the softmax of the averages.
    double loss() const;
    /// Central finite differences of the loss.
    std::vector<double> gradient_in() const;
    std::vector<double> gradient_out() const;

  private:
    std::vector<double> differences(std::vector<double> EventDriven::*weights) const;
};

}  // namespace saltus::test
