#pragma once

#include "runtime/implementation.hpp"
#include "runtime/metric_set.hpp"
#include "runtime/recording_set.hpp"

namespace saltus {

/// One run over examples whose readouts are compared with labels, given all at once or in parts.
class Evaluation {
  public:
    /// @throws ModelError for metrics, populations or states that do not exist.
    Evaluation(CompiledNetwork& network, NetworkState& own, const std::vector<std::string>& metrics,
               const Callbacks& callbacks);

    /// @param num_batches in all; 0 when that is not known.
    void begin(std::size_t num_batches);
    /// @throws ModelError for metrics that cannot compare these targets.
    void require_fits(const BoundData& data) const { set_.require_fits(data.targets); }
    /// Runs some examples.
    /// @param visit sees the readouts of every batch before the callbacks; may be empty.
    /// @return whether a callback wants to stop.
    bool run(const BoundData& data, const ReadoutVisitor& visit = {});
    Metrics finish();

  private:
    void show(const BatchResult& result, const ReadoutVisitor& visit) const;

    NetworkState& own_;
    const Callbacks& callbacks_;
    MetricSet set_;
    RecordedInference inference_;
    Progress progress_;
    Metrics current_;
    BatchResult result_;
    std::size_t num_examples_ = 0;
};

}  // namespace saltus
