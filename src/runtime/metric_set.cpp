#include "runtime/metric_set.hpp"

namespace saltus {

MetricSet::MetricSet(const Plan& plan, const std::vector<std::string>& names) {
    const std::vector<std::size_t> outputs = plan.outputs();
    for (const std::size_t population : outputs) {
        const PopulationPlan& described = plan.populations[population];
        Output output{population,
                      described.size,
                      outputs.size() > 1 ? described.name + "." : std::string(),
                      {}};
        for (const std::string& name : names)
            output.metrics.push_back(metric_by_name(name));
        outputs_.push_back(std::move(output));
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
        const std::span<const std::int32_t> labels = batch.labels[output.population];
        if (labels.empty()) continue;
        const double* readout = result.readouts[output.population].data();
        for (std::size_t position = 0; position < batch.examples.size(); ++position) {
            for (const auto& metric : output.metrics) {
                metric->update({readout, output.size}, labels[batch.examples[position]],
                               result.losses[position]);
            }
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
