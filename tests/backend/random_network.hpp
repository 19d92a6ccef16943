#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "support/networks.hpp"

namespace saltus::test {

/// What a random network of the comparisons between backends is made of. Weights are multiples of
/// 2^-10, so that every order of summation gives the same float32 input and spikes must be
/// identical.
struct RandomNetwork {
    std::string label;
    bool training = true;
    std::vector<std::size_t> hidden = {16};
    std::size_t inputs = 17;
    std::size_t outputs = 3;
    std::size_t examples = 4;
    std::size_t batch_size = 3;
    std::size_t steps = 20;
    double density = 0.05;
    double dt = 1.0;
    bool recurrent = false;
    bool relative_reset = false;
    bool integrate_and_fire = false;
    /// Whether thresholds rise with spikes.
    bool adaptive = false;
    /// "none", "integrate" or "hold".
    std::string refractory = "none";
    /// Parameters that differ between neurons.
    bool arrays = false;
    double bias = 0.0;
    bool delta = false;
    bool two_time_constants = false;
    double delay = 0.0;
    std::string readout = "avg_var";
    bool fold = true;
    /// Whether hidden neurons are outputs too: their voltage in training, else their spikes.
    bool reads_hidden = false;
    /// Of the hidden populations (training).
    Regularisation regularisation = {};
    /// Whether no neuron spikes.
    bool quiet = false;
};

void PrintTo(const RandomNetwork& network, std::ostream* stream);

/// The network and a dataset for it.
Network build(const RandomNetwork& description);
SpikeData data_for(const RandomNetwork& description);

}  // namespace saltus::test
