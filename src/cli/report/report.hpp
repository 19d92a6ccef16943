#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <saltus/runtime/compiled_network.hpp>

#include "cli/encoded_images.hpp"
#include "cli/test_result.hpp"
#include "cli/training_log.hpp"

namespace saltus {

/// Spikes of one population during one example.
struct PopulationActivity {
    std::string name;
    std::size_t size = 0;
    SpikeList spikes;
    bool spiking = false;
};

/// What the network did with one image.
struct ExampleActivity {
    SampleImage image;
    double dt = 1.0;  ///< ms
    std::size_t num_steps = 0;
    std::vector<PopulationActivity> populations;
    /// The output population, the state that is read out, and its values [steps, neurons].
    std::string output;
    std::string output_state;
    Array voltages;
    /// The class with the largest readout.
    std::size_t answer = 0;
};

/// Weights of one connection.
struct WeightHistory {
    std::string connection;
    /// Empty when there was no training.
    std::vector<double> before;
    std::vector<double> after;
};

/// A figure that the reader looks for first.
struct KeyFigure {
    std::string name;
    std::string value;
    std::string note;
};

/// Everything a report shows.
struct Report {
    std::string kind;  ///< "Training report"
    std::string title;
    std::string subtitle;
    std::vector<KeyFigure> headline;
    /// Names and values of the table below the headline, in order.
    std::vector<std::pair<std::string, std::string>> summary;
    std::vector<EpochFigures> epochs;
    std::optional<TestResult> test;
    std::vector<std::string> class_names;
    std::optional<ExampleActivity> example;
    std::vector<WeightHistory> weights;
    std::string plan;
};

/// Runs the first test image and records it.
ExampleActivity record_example(CompiledNetwork& network, const EncodedImages& images,
                               const SampleImage& sample);

/// Present weights of every connection, as the "after" of histories without a "before".
std::vector<WeightHistory> present_weights(const CompiledNetwork& network);

/// "0", "1", ...: classes have no other names in a network file.
std::vector<std::string> numbered_classes(std::size_t num_classes);

/// The rows of the summary that every report has: backend, date, version and command.
void add_circumstances(Report& report, const CompiledNetwork& network, const std::string& command);

/// The report as one HTML page that needs nothing else.
std::string render_page(const Report& report);

/// Writes the page. @throws RuntimeFault (field "file") when the file cannot be written.
void write_report(const std::filesystem::path& path, const Report& report);

}  // namespace saltus
