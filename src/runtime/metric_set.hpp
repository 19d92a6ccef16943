#pragma once

#include <memory>
#include <string>
#include <vector>

#include <saltus/metrics/metric.hpp>
#include <saltus/plan/plan.hpp>
#include <saltus/runtime/inputs.hpp>

#include "backend/program.hpp"

namespace saltus {

/// The metrics of every labelled output of a run.
class MetricSet {
  public:
    MetricSet(const Plan& plan, const std::vector<std::string>& names);

    /// @throws ModelError for a metric that takes labels where targets are values.
    void require_fits(const std::vector<TargetView>& targets) const;
    void reset();
    void update(const Batch& batch, const BatchResult& result);
    /// Figures by name; with several outputs "<population>.<name>".
    Metrics results() const;

  private:
    struct Output {
        std::size_t population;
        std::string name;
        std::size_t size;
        std::string prefix;
        std::vector<std::shared_ptr<Metric>> metrics;
    };

    std::vector<Output> outputs_;
    std::vector<double> numbers_;  ///< of a target
};

}  // namespace saltus
