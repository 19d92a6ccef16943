#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <saltus/common/array.hpp>
#include <saltus/optimisers/optimiser.hpp>
#include <saltus/optimisers/schedules.hpp>
#include <saltus/plan/deep_r.hpp>
#include <saltus/runtime/callback.hpp>
#include <saltus/runtime/inputs.hpp>

namespace saltus {

/// Examples with their labels.
struct Dataset {
    Inputs x;
    Labels y;
};

/// Gives the next examples of a dataset that needs not be in memory, or nothing when there are no
/// more.
using DatasetSource = std::function<std::optional<Dataset>()>;

/// Sees the readouts of a batch, [examples, neurons] by output population.
using ReadoutVisitor = std::function<void(const std::map<std::string, Array>&)>;

/// Settings of a training run.
struct TrainOptions {
    std::size_t num_epochs = 1;
    /// Number of the first epoch, when training goes on.
    std::size_t start_epoch = 0;
    bool shuffle = true;
    /// Figures besides the loss: "accuracy", "mean_square_error".
    std::vector<std::string> metrics = {"accuracy"};
    std::vector<std::shared_ptr<Callback>> callbacks = {};
    /// Each input spike is deleted with this probability at each presentation (0: none).
    double input_dropout = 0.0;
    /// Factor of the learning rate: a schedule, or a function of the fraction (0 to 1) of all
    /// batches of all epochs that is done; constant when empty.
    Schedule schedule = {};
    /// Fraction of the examples, the last ones, that are not trained with: after every epoch the
    /// loss and the metrics of these tell how the network does on examples that it has not seen.
    double validation_split = 0.0;
    /// Or examples of their own for that; their inputs are never deleted or shuffled.
    Dataset validation = {};
    /// Told about the batches of validations.
    std::vector<std::shared_ptr<Callback>> validation_callbacks = {};
    /// Asked before every epoch for the examples to train with in it, by the number of the epoch:
    /// varied copies, for instance (augmentation). Those given to train() when empty. Not together
    /// with validation_split.
    std::function<Dataset(std::size_t epoch)> augment = {};
};

/// What updates trained parameters of neurons and synapses, where it is not the optimiser of the
/// weights.
struct ParameterOptimisers {
    std::optional<Optimiser> all = {};              ///< of those not named below
    std::map<std::string, Optimiser> by_name = {};  ///< by "population.parameter"
    std::optional<Optimiser> delays = {};           ///< of learned delays
};

/// Half a cosine from 1 to 0: a common learning rate schedule.
double cosine_schedule(double fraction);

/// The figures of one epoch.
struct EpochResult {
    std::size_t epoch = 0;
    /// "loss" and the metrics asked for; those of the validation as "validation_<name>".
    Metrics metrics;
    /// Wall-clock time of the epoch.
    double seconds = 0.0;
};

/// All that training goes on from: with it, training that was interrupted after an epoch gives the
/// same weights, to the last bit, as training that never was.
struct TrainingState {
    /// Number of epochs that are complete, and so of the next.
    std::size_t next_epoch = 0;
    /// Number of weight updates made.
    std::uint64_t num_updates = 0;
    Optimiser optimiser = Adam();
    /// By connection, in the shape of weights(), and by name of the trained parameters; likewise
    /// the rest.
    std::map<std::string, Array> weights;
    /// The optimiser's mean gradients m and, of optimisers that keep them, mean squared gradients v
    /// of trained connections. With Sgd, m is the sum that its momentum decays.
    std::map<std::string, Array> mean_gradients;
    std::map<std::string, Array> mean_squares;
    /// The synapses of connections that are rewired (Deep-R), to which their weights belong.
    std::map<std::string, SynapsePairs> synapses = {};
    /// Figures of the epochs that are complete, which schedules look at.
    EpochHistory history = {};
};

}  // namespace saltus
