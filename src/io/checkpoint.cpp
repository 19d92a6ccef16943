#include <saltus/io/checkpoint.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/io/atomic_file.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "io/checksum.hpp"
#include "io/hdf5_image.hpp"
#include "io/hdf5_reader.hpp"
#include "io/synapse_arrays.hpp"

namespace saltus {
namespace {

// Version 1 had Adam alone, and no history; version 3 is that of checkpoints with synapses.
constexpr FileKind kKind{"saltus checkpoint", 3, "give a checkpoint that training has saved", 1};
// Whole numbers up to this one are exact as float64.
constexpr double kGreatestCount = 9007199254740992.0;

/// By figure: [epochs][2], the number of each epoch that has it and its value. What is no number is
/// left out, as if the epoch had no such figure.
std::map<std::string, Array> history_arrays(const EpochHistory& history) {
    std::map<std::string, std::vector<double>> pairs;
    for (const auto& [epoch, figures] : history) {
        for (const auto& [name, value] : figures) {
            if (!std::isfinite(value)) continue;
            pairs[name].push_back(static_cast<double>(epoch));
            pairs[name].push_back(value);
        }
    }
    std::map<std::string, Array> arrays;
    for (auto& [name, values] : pairs) {
        const Shape shape{values.size() / 2, 2};
        arrays[name] = Array(shape, std::move(values));
    }
    return arrays;
}

std::string image_of(const TrainingState& state) {
    const Hdf5Session session;
    Hdf5Image image("save_checkpoint", kKind.format, state.synapses.empty() ? 2 : kKind.version);
    image.write_arrays("weights", state.weights);
    image.write_arrays("mean_gradients", state.mean_gradients);
    image.write_arrays("mean_squares", state.mean_squares);
    image.write_text("optimiser_name", optimiser_name(state.optimiser));
    image.write_numbers("optimiser", settings_of(state.optimiser));
    image.write_numbers("progress", {{"next_epoch", static_cast<double>(state.next_epoch)},
                                     {"num_updates", static_cast<double>(state.num_updates)}});
    image.write_arrays("history", history_arrays(state.history));
    write_synapses(state.synapses, image);
    return image.bytes();
}

double number(const Hdf5Reader& reader, const Metrics& group, const std::string& path,
              const std::string& name) {
    const auto found = group.find(name);
    if (found == group.end()) reader.fail(fmt::format("there is no '{}/{}' in it", path, name));
    return found->second;
}

std::uint64_t whole_number(const Hdf5Reader& reader, const std::string& path, double value) {
    if (!(value >= 0.0 && value <= kGreatestCount) || value != std::floor(value))
        reader.fail(fmt::format("'{}' is {:g}, not a whole number from 0", path, value));
    return static_cast<std::uint64_t>(value);
}

std::uint64_t count(const Hdf5Reader& reader, const Metrics& group, const std::string& name) {
    return whole_number(reader, "progress/" + name, number(reader, group, "progress", name));
}

Optimiser read_optimiser(const Hdf5Reader& reader) {
    try {
        Optimiser optimiser = optimiser_by_name(
            reader.format_version() == 1 ? "adam" : reader.text("optimiser_name"));
        const Metrics settings = reader.numbers("optimiser");
        for (const std::string& name : setting_names(optimiser))
            set_setting(optimiser, name, number(reader, settings, "optimiser", name));
        check(optimiser);
        return optimiser;
    } catch (const ModelError& error) {
        if (!error.field("file").empty()) throw;
        reader.fail("optimiser: " + error.problem());
    }
}

EpochHistory read_history(const Hdf5Reader& reader) {
    EpochHistory history;
    for (const auto& [name, array] : reader.arrays("history", "figures")) {
        if (array.shape.rank() != 2 || array.shape[1] != 2) {
            reader.fail(fmt::format("'history/{}' has shape {}, not pairs of an epoch and a figure",
                                    name, to_string(array.shape)));
        }
        for (std::size_t k = 0; k < array.values.size(); k += 2) {
            const std::uint64_t epoch = whole_number(reader, "history/" + name, array.values[k]);
            history[epoch][name] = array.values[k + 1];
        }
    }
    return history;
}

std::filesystem::path numbered(const std::filesystem::path& path, std::size_t epoch) {
    constexpr std::string_view kPlace = "{epoch}";
    std::string name = path.filename().string();
    const std::size_t at = name.find(kPlace);
    if (at == std::string::npos) return path;
    return path.parent_path() / name.replace(at, kPlace.size(), std::to_string(epoch));
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const TrainingState& state) {
    for (const auto& [name, array] : state.weights)
        require_savable(name, array, "weight");
    for (const auto& [name, array] : state.mean_gradients)
        require_savable(name, array, "mean gradient");
    for (const auto& [name, array] : state.mean_squares)
        require_savable(name, array, "mean squared gradient");
    write_file_atomically(path, with_checksum(image_of(state)));
}

TrainingState load_checkpoint(const std::filesystem::path& path) {
    const std::string file = path.string();
    const std::string contents = read_checked_file(file, kKind);
    const Hdf5Session session;
    const Hdf5Reader reader(contents, file, kKind);
    TrainingState state;
    state.weights = reader.arrays("weights", "weights");
    state.mean_gradients = reader.arrays("mean_gradients", "mean gradients");
    state.mean_squares = reader.arrays("mean_squares", "mean squared gradients");
    state.optimiser = read_optimiser(reader);
    const Metrics progress = reader.numbers("progress");
    state.next_epoch = count(reader, progress, "next_epoch");
    state.num_updates = count(reader, progress, "num_updates");
    if (reader.format_version() > 1) state.history = read_history(reader);
    state.synapses = read_synapses(reader);
    return state;
}

Checkpoint::Checkpoint(std::filesystem::path path, std::size_t epoch_interval)
    : path_(std::move(path)), epoch_interval_(epoch_interval) {
    if (epoch_interval_ != 0) return;
    throw ModelError("Checkpoint", "epoch_interval is 0", "give at least 1 epoch")
        .with("parameter", "epoch_interval");
}

void Checkpoint::on_epoch_end(const Progress& progress) {
    const std::size_t done = progress.epoch + 1;
    if (done % epoch_interval_ != 0 && done != progress.num_epochs) return;
    const auto* const network = dynamic_cast<CompiledTrainingNetwork*>(progress.network);
    if (network == nullptr) {
        throw ModelError("Checkpoint", "the network is not trained", "use it with train()");
    }
    save_checkpoint(numbered(path_, done), network->training_state());
}

}  // namespace saltus
