#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <saltus/common/array.hpp>
#include <saltus/common/number_store.hpp>
#include <saltus/runtime/callback.hpp>

namespace saltus {

/// Which examples and neurons a recorder looks at; all of them when empty.
struct RecorderOptions {
    /// Numbers in the dataset, whatever the order in which examples are shown.
    std::vector<std::size_t> examples = {};
    /// Numbers in the population; recorded in this order, and under these numbers.
    std::vector<std::size_t> neurons = {};
};

/// Keeps the spikes of a population in every example of a run, whose batches and threads stay as
/// they are. What an earlier run gave is dropped when another begins.
class SpikeRecorder : public Callback {
  public:
    /// What one example did, which the recorder keeps until the next run.
    class Record {
      public:
        std::size_t epoch = 0;
        std::size_t example = 0;
        double dt = 1.0;  ///< ms
        /// Spikes of each neuron, instead of the spikes when counts are recorded.
        std::span<const std::uint32_t> counts = {};

        /// By step.
        SpikeList spikes() const;
        /// Time of each spike in ms, in the order of spikes().neurons.
        std::vector<double> times() const;

      private:
        friend SpikeRecorder;
        // As a list or, where that is shorter, as bits.
        std::span<const std::uint32_t> step_begin_ = {};
        std::span<const std::uint32_t> neurons_ = {};
        SpikeBits bits_ = {};
    };

    /// @param counts whether only the number of spikes of each neuron is kept.
    explicit SpikeRecorder(std::string population, RecorderOptions options = {},
                           bool counts = false);
    std::vector<RecordRequest> records() const override;
    /// @throws ModelError for a neuron that the population does not have.
    void on_run_begin(const Progress& progress) override;
    void on_recorded(const RecordedExample& example) override;

    const std::string& population() const { return population_; }
    /// One an example, in the order in which they were shown.
    const std::vector<Record>& data() const { return data_; }

  private:
    std::span<const std::uint32_t> counts_of(const RecordedSpikes& spikes);
    /// The spikes of the neurons that are looked at, to the record.
    void choose(const SpikeList& spikes, Record& record);
    void choose(const SpikeBits& spikes, Record& record);
    bool chooses() const { return !place_.empty(); }

    std::string population_;
    RecorderOptions options_;
    bool counts_;
    std::size_t index_ = 0;
    std::size_t size_ = 0;
    double dt_ = 1.0;
    /// By neuron, when they are chosen: its place among them plus one, or 0.
    std::vector<std::uint32_t> place_;
    /// They, as the words of SpikeBits.
    std::vector<std::uint32_t> chosen_;
    std::vector<Record> data_;
    NumberStore store_;
};

/// Keeps a state of a population, such as "v", after every step of every example of a run. The
/// population's layer then runs step by step, which takes longer: choose examples.
class VarRecorder : public Callback {
  public:
    struct Record {
        std::size_t epoch = 0;
        std::size_t example = 0;
        Array values;  ///< [steps, neurons]
    };

    VarRecorder(std::string population, std::string state, RecorderOptions options = {});
    std::vector<RecordRequest> records() const override;
    /// @throws ModelError for a neuron that the population does not have.
    void on_run_begin(const Progress& progress) override;
    void on_recorded(const RecordedExample& example) override;

    const std::string& population() const { return population_; }
    const std::string& state() const { return state_; }
    /// One an example, in the order in which they were shown.
    const std::vector<Record>& data() const { return data_; }

  private:
    std::string population_;
    std::string state_;
    RecorderOptions options_;
    std::size_t index_ = 0;
    std::size_t size_ = 0;
    std::size_t state_index_ = 0;
    std::vector<Record> data_;
};

}  // namespace saltus
