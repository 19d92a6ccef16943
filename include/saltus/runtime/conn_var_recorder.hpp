#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <saltus/common/array.hpp>
#include <saltus/runtime/callback.hpp>

namespace saltus {

struct SynapseTable;

/// Which synapses a ConnVarRecorder looks at; all of them when empty.
struct ConnRecorderOptions {
    /// Numbers in the dataset, whatever the order in which examples are shown.
    std::vector<std::size_t> examples = {};
    /// Numbers in the population; recorded in this order.
    std::vector<std::size_t> source_neurons = {};
    std::vector<std::size_t> target_neurons = {};
};

/// Keeps the weights or delays of a connection as every example of a run meets them, whatever the
/// matrix type. They change from batch to batch at most, so that they are kept once for all
/// examples of a batch, and where nothing changes them once for the whole run.
class ConnVarRecorder : public Callback {
  public:
    struct Record {
        std::size_t epoch = 0;
        std::size_t example = 0;
        /// [source neurons, target neurons]: NaN where there is no synapse; where there are
        /// several, the sum of their weights, or the longest of their delays.
        std::shared_ptr<const Array> values;
    };

    /// @param variable "weight" (what a spike adds at the target) or "delay" (in timesteps on top
    /// of the one that every spike takes).
    /// @throws ModelError for another variable.
    ConnVarRecorder(std::string connection, std::string variable, ConnRecorderOptions options = {});
    /// @throws ModelError for a neuron that a population does not have.
    void on_run_begin(const Progress& progress) override;
    void on_batch_begin(const Progress& progress) override;

    const std::string& connection() const { return connection_; }
    const std::string& variable() const { return variable_; }
    /// One an example, in the order in which they were shown.
    const std::vector<Record>& data() const { return data_; }

  private:
    /// A synapse that is looked at.
    struct Synapse {
        std::size_t cell;    ///< where it goes among the values
        std::size_t weight;  ///< its weight among those that are kept
        double value;        ///< the variable, as long as it does not change
    };

    void find_synapses(const CompiledNetwork& network);
    std::shared_ptr<const Array> snapshot(const CompiledNetwork& network);

    std::string connection_;
    std::string variable_;
    ConnRecorderOptions options_;
    std::vector<bool> is_wanted_;
    bool changes_ = false;
    double scale_ = 1.0;
    Shape shape_;
    std::vector<Synapse> synapses_;
    /// The synapses that were found, where training may replace them.
    std::shared_ptr<const SynapseTable> table_;
    std::vector<Record> data_;
};

}  // namespace saltus
