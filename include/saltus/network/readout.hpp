#pragma once

#include <memory>
#include <string>
#include <vector>

namespace saltus {

/// What a readout samples.
enum class ReadoutSource {
    kVariable,       ///< the output variable of every step, before the reset, times a step's weight
    kFinalVariable,  ///< the output variable at the end of the example, after the reset
    kSpikes,         ///< the number of spikes
    kMaximum,        ///< the greatest output variable of all steps, before the reset, at least 0
    kFirstSpike,     ///< minus the time of the first spike in ms, of all times the greatest
};

/// Whether a readout samples spikes rather than a variable.
inline bool reads_spikes(ReadoutSource source) {
    return source == ReadoutSource::kSpikes || source == ReadoutSource::kFirstSpike;
}

/// The value of ReadoutSource::kFirstSpike for a neuron without a spike: below that of any spike,
/// and finite.
inline constexpr double kNoFirstSpike = -3.4028234663852886e38;

/// A readout in plain terms. That of a variable of every step is
/// value = sum over steps of weight[step] * sample(step).
struct ReadoutDeclaration {
    ReadoutSource source = ReadoutSource::kVariable;
    /// One weight a step (kVariable); empty otherwise.
    std::vector<double> step_weights;
};

/// How the values of an output population are read over an example.
class Readout {
  public:
    virtual ~Readout() = default;
    /// The name in network files, for example "avg_var".
    virtual std::string name() const = 0;
    /// @param num_steps timesteps of an example.
    virtual ReadoutDeclaration declare(std::size_t num_steps) const = 0;
};

}  // namespace saltus
