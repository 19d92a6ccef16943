#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace saltus {

/// What one pass of a plan took, summed over examples, timesteps and threads.
struct PassProfile {
    std::string pass;          ///< as in CompiledNetwork::explain(): "propagate", "advance", ...
    std::string subject;       ///< the population or connection
    double seconds = 0.0;      ///< of all threads together
    std::uint64_t calls = 0;   ///< how often it ran, on a block of steps or a part of the weights
    std::uint64_t events = 0;  ///< how much it worked on ...
    std::string unit;          ///< ... counted in these: "spikes", "synaptic events", ...
};

/// Where the time of a compiled network's runs went, since it was compiled or since the last
/// CompiledNetwork::reset_profile().
struct Profile {
    /// In the order of the plan; none of a pass that did not run.
    std::vector<PassProfile> passes;
    double seconds = 0.0;  ///< in which batches ran, by the clock on the wall
    int threads = 1;

    /// Time of all threads that no pass took: bookkeeping, and waiting for each other.
    double other_seconds() const;
    /// A table.
    std::string to_string() const;
};

}  // namespace saltus
