#pragma once

#include <string>
#include <vector>

#include "runtime/implementation.hpp"

namespace saltus {

/// Notices hidden populations none of whose neurons spikes in a whole epoch of training: nothing
/// can be learned through them. Each is told of once a run.
class SilenceWatch {
  public:
    explicit SilenceWatch(const Plan& plan);

    void begin_epoch();
    void update(const BatchResult& result);
    /// The populations that were silent, but for those that it has told before.
    std::vector<std::size_t> end_epoch();

  private:
    /// By population: whether it is watched, and whether it was silent so far.
    std::vector<bool> watched_;
    std::vector<bool> silent_;
};

/// What such a population is driven by, and what would help: from a run of a few examples.
std::string describe_silence(NetworkState& network, const BoundData& data, std::size_t population,
                             std::size_t epoch);

}  // namespace saltus
