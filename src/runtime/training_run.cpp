#include "runtime/training_run.hpp"

#include <chrono>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <saltus/common/errors.hpp>
#include <saltus/common/log.hpp>
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

double sum_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace

TrainingRun::TrainingRun(CompiledTrainingNetwork& network, NetworkState& own, const Inputs& x,
                         const Labels& y, const TrainOptions& options)
    : own_(own),
      options_(options),
      recordings_(own.plan, checked(options).callbacks),
      silence_(own.plan),
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
    // What epochs gave that are now run again is not the past any more.
    own_.history.erase(own_.history.lower_bound(options_.start_epoch), own_.history.end());
    tell(options_.callbacks, &Callback::on_run_begin, progress_);
    for (std::size_t n = 0; n < options_.num_epochs && !stopped_; ++n) {
        const auto start = std::chrono::steady_clock::now();
        const std::size_t epoch = options_.start_epoch + n;
        if (!run_epoch(epoch)) break;
        own_.next_epoch = epoch + 1;
        if (validates()) validate();
        own_.history[epoch] = current_;
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
    silence_.begin_epoch();
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
    if (progress_.batch < progress_.num_batches) return false;
    for (const std::size_t population : silence_.end_epoch())
        log(LogLevel::kWarning, describe_silence(own_, data_, population, epoch));
    return true;
}

std::vector<std::uint32_t> TrainingRun::order_of(std::size_t epoch) const {
    return options_.shuffle ? shuffled_order(num_trained_, own_.plan.seed, epoch)
                            : natural_order(num_trained_);
}

double TrainingRun::rate_factor() const {
    const TrainingMoment moment{.epoch = progress_.epoch,
                                .num_epochs = progress_.num_epochs,
                                .batch = progress_.batch,
                                .num_batches = progress_.num_batches,
                                .history = &own_.history};
    return options_.schedule(moment);
}

// The norm that is bounded is that of the weights' gradients.
UpdateStep TrainingRun::parameter_step(const Optimiser& optimiser, double factor) const {
    return update_step(optimiser, own_.step, factor, {.value = own_.clip.value});
}

std::vector<std::vector<UpdateStep>> TrainingRun::parameter_steps(double factor) const {
    std::vector<std::vector<UpdateStep>> steps(own_.plan.populations.size());
    own_.for_each_parameter([&](const ParameterPlace& place, const TrainedParameter&) {
        if (!place.is_delay)
            steps[place.owner].push_back(parameter_step(own_.optimiser_of(place), factor));
    });
    return steps;
}

void TrainingRun::train_batch(Batch& batch, BatchResult& result) {
    batch.presentation = progress_.epoch + 1;
    batch.input_dropout = options_.input_dropout;
    batch.feedback_scale = own_.feedback_scale();
    batch.update = own_.step;
    const double factor = rate_factor();
    const UpdateStep step = update_step(own_.optimiser, own_.step, factor, own_.clip);
    batch.parameter_steps = parameter_steps(factor);
    if (own_.plan.learns_delays()) {
        const Optimiser& optimiser = own_.delay_optimiser ? *own_.delay_optimiser : own_.optimiser;
        batch.delay_step = parameter_step(optimiser, factor);
    }
    recordings_.prepare(batch);
    own_.program->learn(batch, &step, result);
    require_finite(result);
    note_rewirings(result);
    ++own_.step;
    silence_.update(result);
    metrics_.update(batch, result);
    loss_sum_ += sum_of(result.losses);
    examples_ += batch.examples.size();
    current_["loss"] = loss_sum_ / static_cast<double>(examples_);
    for (const auto& [name, value] : metrics_.results())
        current_[name] = value;
    recordings_.deliver(batch, result, progress_.epoch);
}

void TrainingRun::note_rewirings(const BatchResult& result) {
    if (result.rewirings.empty()) return;
    own_.take_synapses();
    rewirings_.clear();
    for (const ConnectionRewiring& rewiring : result.rewirings) {
        rewirings_.push_back(
            {own_.plan.connections[rewiring.connection].name, rewiring.count, rewiring.returned});
    }
    progress_.rewirings = rewirings_;
}

void TrainingRun::require_finite(const BatchResult& result) const {
    const std::string when =
        fmt::format("in batch {} of epoch {}", progress_.batch, progress_.epoch);
    if (!std::isfinite(sum_of(result.losses))) {
        throw ModelError("train",
                         fmt::format("the loss is {} {}; the weights are those before that batch",
                                     sum_of(result.losses), when),
                         "use a smaller learning rate or smaller initial weights");
    }
    if (!result.exploded_parameters.empty()) {
        throw ModelError("train",
                         fmt::format("gradients of {} are infinite or no numbers {}; the weights "
                                     "are those before that batch",
                                     fmt::join(result.exploded_parameters, ", "), when),
                         "use a smaller learning rate, or narrower bounds of the parameter")
            .with("parameter", result.exploded_parameters.front());
    }
    if (result.exploded.empty()) return;
    std::vector<std::string> names;
    for (const std::size_t index : result.exploded) {
        const ConnectionPlan& connection = own_.plan.connections[index];
        names.push_back(fmt::format("'{}' into population '{}'", connection.name,
                                    own_.plan.populations[connection.target].name));
    }
    const ConnectionPlan& first = own_.plan.connections[result.exploded.front()];
    throw ModelError(
        "train",
        fmt::format("gradients of connection {} are infinite, no numbers, or too great "
                    "to be squared {}; the weights are those before that batch",
                    fmt::join(names, ", "), when),
        own_.plan.mode == PlanMode::kEventProp
            ? "use a smaller learning rate, clip_norm, or a larger min_slope"
            : "use a smaller learning rate, clip_norm, or a flatter surrogate")
        .with("connection", first.name)
        .with("population", own_.plan.populations[first.target].name);
}

void TrainingRun::validate() {
    const BoundData& data = own_validation_.num_examples > 0 ? own_validation_ : data_;
    Metrics figures;
    Progress progress = progress_;
    progress.training = false;
    progress.validating = true;
    progress.rewirings = {};
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
