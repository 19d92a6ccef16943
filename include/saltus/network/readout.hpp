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
};

/// A readout in plain terms: value = sum over steps of weight[step] * sample(step).
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
