#include "cli/test_result.hpp"

#include <algorithm>
#include <span>

#include <saltus/metrics/metric.hpp>

namespace saltus {
namespace {

double fraction(std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::uint64_t TestResult::images(std::size_t label) const {
    std::uint64_t sum = 0;
    for (std::size_t answer = 0; answer < num_classes_; ++answer)
        sum += count(label, answer);
    return sum;
}

std::uint64_t TestResult::images() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts_)
        sum += count;
    return sum;
}

double TestResult::accuracy(std::size_t label) const {
    return fraction(count(label, label), images(label));
}

double TestResult::accuracy() const {
    std::uint64_t right = 0;
    for (std::size_t label = 0; label < num_classes_; ++label)
        right += count(label, label);
    return fraction(right, images());
}

TestResult test_network(CompiledNetwork& network, const EncodedImages& images,
                        const std::vector<std::string>& metrics,
                        const std::vector<std::shared_ptr<Callback>>& callbacks) {
    const Array readouts = network.predict(images.inputs, callbacks).at(images.output);
    const std::vector<std::int32_t>& labels = images.labels.at(images.output).labels();
    const std::size_t num_classes = readouts.shape[1];
    std::vector<std::shared_ptr<Metric>> figures;
    for (const std::string& name : metrics)
        figures.push_back(metric_by_name(name));
    TestResult result(num_classes);
    for (std::size_t image = 0; image < labels.size(); ++image) {
        const std::span readout(readouts.values.data() + image * num_classes, num_classes);
        const auto largest = std::max_element(readout.begin(), readout.end());
        result.add(static_cast<std::size_t>(labels[image]),
                   static_cast<std::size_t>(largest - readout.begin()));
        for (const auto& figure : figures)
            figure->update(readout, labels[image], {});
    }
    for (const auto& figure : figures) {
        if (const auto value = figure->result()) result.metrics[figure->name()] = *value;
    }
    return result;
}

}  // namespace saltus
