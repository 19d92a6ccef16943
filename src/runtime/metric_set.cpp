#include "runtime/metric_set.hpp"

#include <optional>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {

MetricSet::MetricSet(const Plan& plan, const std::vector<std::string>& names) {
    const std::vector<std::size_t> outputs = plan.outputs();
    for (const std::size_t population : outputs) {
        const PopulationPlan& described = plan.populations[population];
        Output output{population,
                      described.name,
                      described.size,
                      outputs.size() > 1 ? described.name + "." : std::string(),
                      {}};
        for (const std::string& name : names)
            output.metrics.push_back(metric_by_name(name));
        outputs_.push_back(std::move(output));
    }
}

void MetricSet::require_fits(const std::vector<TargetView>& targets) const {
    for (const Output& output : outputs_) {
        if (targets[output.population].values == nullptr) continue;
        for (const auto& metric : output.metrics) {
            if (metric->takes_values()) continue;
            throw ModelError(
                "Metric " + metric->name(),
                fmt::format("it compares labels, but '{}' was given values", output.name),
                "use mean_square_error, or give one class for each example")
                .with("population", output.name);
        }
    }
}

void MetricSet::reset() {
    for (Output& output : outputs_) {
        for (const auto& metric : output.metrics)
            metric->reset();
    }
}

void MetricSet::update(const Batch& batch, const BatchResult& result) {
    for (Output& output : outputs_) {
        const TargetView& targets = batch.targets[output.population];
        if (targets.empty()) continue;
        const std::vector<double>& losses = result.output_losses[output.population];
        const double* readout = result.readouts[output.population].data();
        for (std::size_t position = 0; position < batch.examples.size(); ++position) {
            const Target target = targets.of(batch.examples[position], numbers_);
            std::optional<double> loss;
            if (!losses.empty()) loss = losses[position];
            for (const auto& metric : output.metrics)
                metric->update({readout, output.size}, target, loss);
            readout += output.size;
        }
    }
}

Metrics MetricSet::results() const {
    Metrics results;
    for (const Output& output : outputs_) {
        for (const auto& metric : output.metrics) {
            if (const auto value = metric->result())
                results[output.prefix + metric->name()] = *value;
        }
    }
    return results;
}

}  // namespace saltus
