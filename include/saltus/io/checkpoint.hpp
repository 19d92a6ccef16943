#pragma once

#include <filesystem>

#include <saltus/runtime/callback.hpp>
#include <saltus/runtime/training.hpp>

namespace saltus {

/// Writes all that training goes on from, at once or not at all (see write_file_atomically): one
/// HDF5 file with a checksum,
///
///     /weights/NAME, /mean_gradients/NAME, /mean_squares/NAME   float64, one a connection
///     /optimiser_name   text: "adam", "adam_w" or "sgd"; without /mean_squares for the last
///     /optimiser/NAME   float64: the optimiser's settings
///     /progress/NAME    float64: next_epoch, num_updates
///     /synapses_pre/NAME, /synapses_post/NAME   float64: the neurons of each synapse of
///                       connections that are rewired; without these groups when there is none
///     /history/NAME     float64 [epochs][2]: the figures of epochs, after their numbers
///
/// with the attributes "format" ("saltus checkpoint"), "format_version" and "library_version".
/// @throws ModelError for arrays that are not finite.
/// @throws RuntimeFault (field "file") when the file cannot be written.
void save_checkpoint(const std::filesystem::path& path, const TrainingState& state);

/// Reads a checkpoint, also of format version 1, which knew Adam alone; what it says is checked
/// before use.
/// @throws RuntimeFault (field "file") when the file cannot be read, is no HDF5 file, or is
/// damaged.
/// @throws ModelError (field "file") when it is not what save_checkpoint writes.
TrainingState load_checkpoint(const std::filesystem::path& path);

/// Writes a checkpoint after every so many epochs, and after the last.
class Checkpoint : public Callback {
  public:
    /// @param path the file, which is replaced each time. "{epoch}" in its name stands for the
    /// number of the epoch that is complete, counted from 1; then every checkpoint is kept.
    /// @param epoch_interval epochs between two; at least 1.
    /// @throws ModelError for an interval of 0.
    explicit Checkpoint(std::filesystem::path path, std::size_t epoch_interval = 1);
    /// @throws ModelError for a network that is not trained.
    /// @throws RuntimeFault when the file cannot be written.
    void on_epoch_end(const Progress& progress) override;

  private:
    std::filesystem::path path_;
    std::size_t epoch_interval_;
};

}  // namespace saltus
