#include <saltus/io/checkpoint.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/io/atomic_file.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "io/checksum.hpp"
#include "io/hdf5_image.hpp"
#include "io/hdf5_reader.hpp"

namespace saltus {
namespace {

constexpr FileKind kKind{"saltus checkpoint", 1, "give a checkpoint that training has saved"};
// Whole numbers up to this one are exact as float64.
constexpr double kGreatestCount = 9007199254740992.0;

std::string image_of(const TrainingState& state) {
    const Hdf5Session session;
    Hdf5Image image("save_checkpoint", kKind.format, kKind.version);
    image.write_arrays("weights", state.weights);
    image.write_arrays("mean_gradients", state.mean_gradients);
    image.write_arrays("mean_squares", state.mean_squares);
    const Adam& adam = state.optimiser;
    image.write_numbers("optimiser", {{"alpha", adam.alpha},
                                      {"beta1", adam.beta1},
                                      {"beta2", adam.beta2},
                                      {"epsilon", adam.epsilon}});
    image.write_numbers("progress", {{"next_epoch", static_cast<double>(state.next_epoch)},
                                     {"num_updates", static_cast<double>(state.num_updates)}});
    return image.bytes();
}

double number(const Hdf5Reader& reader, const Metrics& group, const std::string& path,
              const std::string& name) {
    const auto found = group.find(name);
    if (found == group.end()) reader.fail(fmt::format("there is no '{}/{}' in it", path, name));
    return found->second;
}

std::uint64_t count(const Hdf5Reader& reader, const Metrics& group, const std::string& name) {
    const double value = number(reader, group, "progress", name);
    if (!(value >= 0.0 && value <= kGreatestCount) || value != std::floor(value)) {
        reader.fail(fmt::format("'progress/{}' is {:g}, not a whole number from 0", name, value));
    }
    return static_cast<std::uint64_t>(value);
}

Adam optimiser(const Hdf5Reader& reader, const Metrics& group) {
    const Adam adam{.alpha = number(reader, group, "optimiser", "alpha"),
                    .beta1 = number(reader, group, "optimiser", "beta1"),
                    .beta2 = number(reader, group, "optimiser", "beta2"),
                    .epsilon = number(reader, group, "optimiser", "epsilon")};
    try {
        adam.check();
    } catch (const ModelError& error) {
        reader.fail("optimiser: " + error.problem());
    }
    return adam;
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
    state.optimiser = optimiser(reader, reader.numbers("optimiser"));
    const Metrics progress = reader.numbers("progress");
    state.next_epoch = count(reader, progress, "next_epoch");
    state.num_updates = count(reader, progress, "num_updates");
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
