#include <algorithm>
#include <ctime>

#include <fmt/format.h>
#include <saltus/io/atomic_file.hpp>

#include "cli/report/report.hpp"

namespace saltus {
namespace {

std::string local_time() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    localtime_r(&now, &parts);
    char text[64];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts);
    return {text, length};
}

std::size_t largest(const std::vector<double>& values) {
    return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) -
                                    values.begin());
}

}  // namespace

ExampleActivity record_example(CompiledNetwork& network, const EncodedImages& images,
                               const SampleImage& sample) {
    Trace trace = network.trace(images.inputs, 0);
    ExampleActivity activity;
    activity.image = sample;
    activity.dt = network.plan().dt;
    activity.num_steps = network.plan().num_steps;
    for (const PopulationPlan& population : network.plan().populations) {
        const bool spiking = !population.has_equations() || population.kernel.spiking;
        activity.populations.push_back(
            {population.name, population.size, std::move(trace.spikes[population.name]), spiking});
        if (population.name != images.output) continue;
        activity.output = population.name;
        activity.output_state = population.kernel.states.at(population.kernel.output);
        activity.voltages = trace.states.at(population.name + "." + activity.output_state);
        activity.answer = largest(trace.readouts.at(population.name).values);
    }
    return activity;
}

std::vector<WeightHistory> present_weights(const CompiledNetwork& network) {
    std::vector<WeightHistory> histories;
    for (const std::string& name : network.connections_with_weights())
        histories.push_back({name, {}, network.weights(name).values});
    return histories;
}

std::vector<std::string> numbered_classes(std::size_t num_classes) {
    std::vector<std::string> names;
    for (std::size_t label = 0; label < num_classes; ++label)
        names.push_back(std::to_string(label));
    return names;
}

void add_circumstances(Report& report, const CompiledNetwork& network, const std::string& command) {
    report.summary.emplace_back("Backend",
                                fmt::format("{}, {} {}", network.backend().name, network.threads(),
                                            network.threads() == 1 ? "thread" : "threads"));
    report.summary.emplace_back("Date", local_time());
    report.summary.emplace_back("Version", std::string("Saltus ") + SALTUS_VERSION);
    report.summary.emplace_back("Command", command);
}

void write_report(const std::filesystem::path& path, const Report& report) {
    write_file_atomically(path, std::string_view(render_page(report)));
}

}  // namespace saltus
