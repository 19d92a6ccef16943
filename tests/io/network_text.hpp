#pragma once

#include <sstream>
#include <string>

namespace saltus {

/// A small network file; the tests count its lines.
inline const std::string kNetworkText = R"(description = "small"
[data]
format = "idx"
folder = "data"
train_images = "a"
train_labels = "b"
test_images = "c"
test_labels = "d"
[encoding]
type = "linear_latency"
max_time = 18.0
[[population]]
name = "input"
neuron = "spike_input"
shape = [4]
[[population]]
name = "hidden"
neuron = "leaky_integrate_fire"
shape = [3]
v_thresh = 1.0
[[population]]
name = "output"
neuron = "leaky_integrate"
shape = [2]
readout = "avg_var"
[[connection]]
source = "input"
target = "hidden"
connectivity = "dense"
weight = 0.5
synapse = { type = "exponential", tau = 5.0 }
[[connection]]
source = "hidden"
target = "output"
connectivity = "dense"
weight = { normal = { mean = 0.1, sd = 0.2 } }
synapse = "delta"
[compiler]
type = "event_prop"
timesteps = 20
[training]
epochs = 1
)";

/// The small network file with line `number` (from 1) replaced; a replacement may have several
/// lines.
inline std::string with_line(int number, const std::string& replacement) {
    std::istringstream lines(kNetworkText);
    std::string result;
    std::string line;
    for (int current = 1; std::getline(lines, line); ++current) {
        result += (current == number ? replacement : line) + "\n";
    }
    return result;
}

}  // namespace saltus
