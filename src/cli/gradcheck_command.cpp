#include "cli/gradcheck_command.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <saltus/common/errors.hpp>

#include "cli/encoded_images.hpp"
#include "cli/model_saving.hpp"
#include "cli/network_source.hpp"
#include "cli/program.hpp"

namespace saltus {
namespace {

// Differences of a loss in float64 come no closer.
constexpr double kTolerance = 1e-5;

/// The first examples of a dataset of spike trains.
EncodedImages first_of(const EncodedImages& all, std::size_t count) {
    EncodedImages some;
    some.output = all.output;
    some.num_images = std::min(count, all.num_images);
    for (const auto& [name, data] : all.inputs) {
        const auto& trains = std::get<std::shared_ptr<const SpikeTrains>>(data);
        auto kept = std::make_shared<SpikeTrains>(trains->num_neurons());
        for (std::size_t example = 0; example < some.num_images; ++example)
            kept->append(trains->times(example), trains->neurons(example));
        some.inputs[name] = std::shared_ptr<const SpikeTrains>(std::move(kept));
    }
    for (const auto& [name, data] : all.labels) {
        const std::vector<std::int32_t>& labels = data.labels();
        some.labels[name] = std::vector<std::int32_t>(
            labels.begin(), labels.begin() + static_cast<std::ptrdiff_t>(some.num_images));
    }
    return some;
}

std::string table_of(const std::vector<CheckedGradient>& checked) {
    std::size_t width = 10;
    for (const CheckedGradient& entry : checked)
        width = std::max(width, entry.connection.size());
    std::string text = fmt::format("{:<{}}  {:>8}  {:>12}  {:>14}  {:>14}  {:>8}\n", "connection",
                                   width, "weight", "value", "gradient", "difference", "error");
    for (const CheckedGradient& entry : checked) {
        text += fmt::format("{:<{}}  {:>8}  {:>12.6g}  {:>14.7g}  {:>14.7g}  {:>8.1e}\n",
                            entry.connection, width, entry.weight, entry.value, entry.gradient,
                            entry.difference, entry.error);
    }
    return text;
}

std::string json_of(const std::vector<CheckedGradient>& checked, bool agrees) {
    using Json = nlohmann::ordered_json;
    Json json;
    json["agrees"] = agrees;
    json["worst_error"] = checked.empty() ? Json() : Json(checked.front().error);
    json["weights"] = Json::array();
    for (const CheckedGradient& entry : checked) {
        json["weights"].push_back({{"connection", entry.connection},
                                   {"weight", entry.weight},
                                   {"value", entry.value},
                                   {"gradient", entry.gradient},
                                   {"difference", entry.difference},
                                   {"error", entry.error}});
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

int run_gradcheck(const CommandLine& command, Console& console) {
    const NetworkSource source = read_network_source(command);
    CompiledTrainingNetwork network = source.file.compile_training();
    if (source.model) apply_weights(network, *source.model, source.model_path);
    // Before the data is read: whether gradients are derivatives does not depend on it.
    network.require_checkable();
    SampleImage sample;
    const EncodedImages images =
        first_of(load_test_images(source.file, sample), command.examples.value_or(4));
    console.say(fmt::format("comparing gradients with differences of the loss of {} examples",
                            images.num_images));
    const std::vector<CheckedGradient> checked =
        network.check_gradients(images.inputs, images.labels, command.weights_checked.value_or(8));
    const bool agrees = checked.empty() || checked.front().error <= kTolerance;
    console.answer(table_of(checked) +
                   fmt::format("greatest error {:.1e}: {}",
                               checked.empty() ? 0.0 : checked.front().error,
                               agrees ? "gradients are derivatives of the loss"
                                      : "gradients and differences disagree; a spike that only "
                                        "just happens, or that min_slope bounds, can be why"));
    if (command.json) console.json(json_of(checked, agrees));
    return agrees ? kSuccess : kFailure;
}

}  // namespace saltus
