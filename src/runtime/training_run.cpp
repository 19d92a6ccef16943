#include "runtime/training_run.hpp"

#include <chrono>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/data/batch_order.hpp>

namespace saltus {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

[[noreturn]] void refuse(const std::string& parameter, const std::string& problem,
                         const std::string& advice) {
    throw ModelError("TrainOptions", problem, advice).with("parameter", parameter);
}

/// The options, once they are found to fit together.
const TrainOptions& checked(const TrainOptions& options) {
    check_callbacks(options.callbacks);
    check_callbacks(options.validation_callbacks);
    if (!(options.input_dropout >= 0.0 && options.input_dropout < 1.0)) {
        refuse("input_dropout", fmt::format("input_dropout is {:g}", options.input_dropout),
               "give a probability in [0, 1)");
    }
    const double split = options.validation_split;
    if (!(split >= 0.0 && split < 1.0)) {
        refuse("validation_split", fmt::format("validation_split is {:g}", split),
               "give the fraction of the examples to keep, in [0, 1)");
    }
    const Dataset& validation = options.validation;
    if (validation.x.empty() != validation.y.empty()) {
        refuse("validation",
               validation.x.empty() ? "validation has labels, but no inputs"
                                    : "validation has inputs, but no labels",
               "give both or neither");
    }
    if (split > 0.0 && !validation.x.empty()) {
        refuse("validation_split", "there are both a validation_split and examples for validation",
               "give one of the two");
    }
    if (split > 0.0 && options.augment) {
        refuse("augment", "augment makes all examples anew, those of validation_split, too",
               "give examples for validation of their own");
    }
    return options;
}

void require_finite_loss(double loss, std::size_t epoch, std::size_t batch) {
    if (std::isfinite(loss)) return;
    throw ModelError("train",
                     fmt::format("the loss is {} in batch {} of epoch {}", loss, batch, epoch),
                     "use a smaller learning rate or smaller initial weights");
}

double sum_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace

TrainingRun::TrainingRun(CompiledTrainingNetwork& network, NetworkState& own, const Inputs& x,
                         const Labels& y, const TrainOptions& options)
    : own_(own),
      options_(options),
      recordings_(own.plan, checked(options).callbacks),
      metrics_(own.plan, options.metrics),
      validation_metrics_(own.plan, options.metrics) {
    if (recordings_.needs_folded_steps()) {
        throw ModelError("train",
                         "a recorder wants the states of an output that is trained as a sum over "
                         "spikes, without steps",
                         "compile with fold_readouts = false, or record in evaluate()");
    }
    bind(x, y);
    bind_validation(options.validation.x, options.validation.y);
    progress_.training = true;
    progress_.num_epochs = options.start_epoch + options.num_epochs;
    progress_.metrics = &current_;
    progress_.network = &network;
}

void TrainingRun::bind(const Inputs& x, const Labels& y) {
    if (y.empty()) throw ModelError("train", "there are no labels", "give labels to train with");
    data_ = bind_data(own_.plan, x, y, own_.losses);
    metrics_.require_fits(data_.targets);
    num_trained_ = data_.num_examples;
}

void TrainingRun::bind_validation(const Inputs& x, const Labels& y) {
    if (options_.validation_split > 0.0) {
        const auto all = static_cast<double>(data_.num_examples);
        const auto kept = static_cast<std::size_t>(std::round(all * options_.validation_split));
        if (kept == 0 || kept == data_.num_examples) {
            refuse("validation_split",
                   fmt::format("validation_split {:g} keeps {} of {} examples",
                               options_.validation_split, kept, data_.num_examples),
                   "give a fraction that leaves examples on both sides");
        }
        num_trained_ -= kept;
        validation_order_.resize(kept);
        std::iota(validation_order_.begin(), validation_order_.end(),
                  static_cast<std::uint32_t>(num_trained_));
        return;
    }
    if (x.empty()) return;
    own_validation_ = bind_data(own_.plan, x, y, own_.losses);
    validation_metrics_.require_fits(own_validation_.targets);
    validation_order_ = natural_order(own_validation_.num_examples);
}

std::vector<EpochResult> TrainingRun::run() {
    std::vector<EpochResult> results;
    tell(options_.callbacks, &Callback::on_run_begin, progress_);
    for (std::size_t n = 0; n < options_.num_epochs && !stopped_; ++n) {
        const auto start = std::chrono::steady_clock::now();
        const std::size_t epoch = options_.start_epoch + n;
        if (!run_epoch(epoch)) break;
        own_.next_epoch = epoch + 1;
        if (validates()) validate();
        results.push_back({epoch, current_, seconds_since(start)});
        tell(options_.callbacks, &Callback::on_epoch_end, progress_);
        stopped_ |= want_to_stop(options_.callbacks);
    }
    tell(options_.callbacks, &Callback::on_run_end, progress_);
    return results;
}

bool TrainingRun::run_epoch(std::size_t epoch) {
    progress_.epoch = epoch;
    progress_.batch = 0;
    current_.clear();
    metrics_.reset();
    loss_sum_ = 0.0;
    examples_ = 0;
    Dataset varied;  // outlives the epoch, since batches look into it
    if (options_.augment) {
        varied = options_.augment(epoch);
        bind(varied.x, varied.y);
    }
    const std::vector<std::uint32_t> order = order_of(epoch);
    progress_.num_batches = own_.num_batches_of(order.size());
    tell(options_.callbacks, &Callback::on_epoch_begin, progress_);
    BatchResult result;
    stopped_ = own_.for_each_batch(data_, order, progress_, options_.callbacks,
                                   [&](Batch& batch) { train_batch(batch, result); });
    return progress_.batch == progress_.num_batches;
}

std::vector<std::uint32_t> TrainingRun::order_of(std::size_t epoch) const {
    return options_.shuffle ? shuffled_order(num_trained_, own_.plan.seed, epoch)
                            : natural_order(num_trained_);
}

AdamStep TrainingRun::step_of_batch() const {
    AdamStep step = adam_step(own_.optimiser, own_.step);
    if (options_.schedule) {
        const double done =
            static_cast<double>(progress_.epoch) +
            static_cast<double>(progress_.batch) / static_cast<double>(progress_.num_batches);
        step.alpha *= options_.schedule(done / static_cast<double>(progress_.num_epochs));
    }
    return step;
}

void TrainingRun::train_batch(Batch& batch, BatchResult& result) {
    batch.presentation = progress_.epoch + 1;
    batch.input_dropout = options_.input_dropout;
    batch.feedback_scale = own_.feedback_scale();
    const AdamStep step = step_of_batch();
    recordings_.prepare(batch);
    own_.program->learn(batch, &step, result);
    ++own_.step;
    metrics_.update(batch, result);
    loss_sum_ += sum_of(result.losses);
    examples_ += batch.examples.size();
    require_finite_loss(loss_sum_, progress_.epoch, progress_.batch);
    current_["loss"] = loss_sum_ / static_cast<double>(examples_);
    for (const auto& [name, value] : metrics_.results())
        current_[name] = value;
    recordings_.deliver(batch, result, progress_.epoch);
}

void TrainingRun::validate() {
    const BoundData& data = own_validation_.num_examples > 0 ? own_validation_ : data_;
    Metrics figures;
    Progress progress = progress_;
    progress.training = false;
    progress.validating = true;
    progress.metrics = &figures;
    progress.batch = 0;
    progress.num_batches = own_.num_batches_of(validation_order_.size());
    validation_metrics_.reset();
    double loss_sum = 0.0;
    std::size_t examples = 0;
    RecordedInference inference(own_, options_.validation_callbacks);
    tell(options_.validation_callbacks, &Callback::on_epoch_begin, progress);
    BatchResult result;
    stopped_ |= own_.for_each_batch(data, validation_order_, progress,
                                    options_.validation_callbacks, [&](Batch& batch) {
                                        inference.infer(batch, result, progress.epoch);
                                        validation_metrics_.update(batch, result);
                                        loss_sum += sum_of(result.losses);
                                        examples += batch.examples.size();
                                        figures = validation_metrics_.results();
                                        figures["loss"] = loss_sum / static_cast<double>(examples);
                                    });
    tell(options_.validation_callbacks, &Callback::on_epoch_end, progress);
    // Figures over some of the examples would look like those over all.
    if (progress.batch < progress.num_batches) return;
    for (const auto& [name, value] : figures)
        current_["validation_" + name] = value;
}

}  // namespace saltus
