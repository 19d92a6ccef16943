#include <chrono>
#include <cmath>
#include <numbers>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/data/batch_order.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "plan/fold_readouts.hpp"
#include "runtime/implementation.hpp"
#include "runtime/metric_set.hpp"

namespace saltus {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void check_options(const TrainOptions& options) {
    check_callbacks(options.callbacks);
    if (options.input_dropout >= 0.0 && options.input_dropout < 1.0) return;
    throw ModelError("TrainOptions", fmt::format("input_dropout is {:g}", options.input_dropout),
                     "give a probability in [0, 1)")
        .with("parameter", "input_dropout");
}

double sum_of(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values)
        sum += value;
    return sum;
}

void require_finite_loss(double loss, std::size_t epoch, std::size_t batch) {
    if (std::isfinite(loss)) return;
    throw ModelError("train",
                     fmt::format("the loss is {} in batch {} of epoch {}", loss, batch, epoch),
                     "use a smaller learning rate or smaller initial weights");
}

}  // namespace

double cosine_schedule(double fraction) {
    return 0.5 * (1.0 + std::cos(std::numbers::pi * fraction));
}

CompiledTrainingNetwork::CompiledTrainingNetwork(
    Plan plan, BackendOptions backend, std::map<std::string, std::shared_ptr<const Loss>> losses,
    Adam optimiser)
    : CompiledNetwork(std::move(plan), std::move(backend), losses) {
    optimiser.check();
    implementation_->optimiser = optimiser;
}

std::vector<EpochResult> CompiledTrainingNetwork::train(const Inputs& x, const Labels& y,
                                                        const TrainOptions& options) {
    Implementation& own = *implementation_;
    check_options(options);
    if (y.empty()) throw ModelError("train", "there are no labels", "give labels to train with");
    const BoundData data = bind_data(own.plan, x, y, own.losses);
    MetricSet set(own.plan, options.metrics);
    std::vector<EpochResult> results;
    Metrics current;
    Progress progress;
    progress.training = true;
    progress.num_epochs = options.start_epoch + options.num_epochs;
    progress.metrics = &current;
    for (const auto& callback : options.callbacks)
        callback->on_run_begin(progress);
    bool stopped = false;
    for (std::size_t n = 0; n < options.num_epochs && !stopped; ++n) {
        const auto start = std::chrono::steady_clock::now();
        progress.epoch = options.start_epoch + n;
        progress.batch = 0;
        set.reset();
        double loss_sum = 0.0;
        std::size_t examples = 0;
        const std::vector<std::uint32_t> order =
            options.shuffle ? shuffled_order(data.num_examples, own.plan.seed, progress.epoch)
                            : natural_order(data.num_examples);
        for (const auto& callback : options.callbacks)
            callback->on_epoch_begin(progress);
        BatchResult result;
        stopped = own.for_each_batch(data, order, progress, options.callbacks, [&](Batch& batch) {
            batch.presentation = progress.epoch + 1;
            batch.input_dropout = options.input_dropout;
            AdamStep step = adam_step(own.optimiser, own.step);
            if (options.schedule) {
                const double batches = static_cast<double>(progress.num_batches);
                const double done = static_cast<double>(progress.epoch) +
                                    static_cast<double>(progress.batch) / batches;
                step.alpha *= options.schedule(done / static_cast<double>(progress.num_epochs));
            }
            own.program->learn(batch, &step, result);
            ++own.step;
            set.update(batch, result);
            loss_sum += sum_of(result.losses);
            examples += batch.examples.size();
            require_finite_loss(loss_sum, progress.epoch, progress.batch);
            current["loss"] = loss_sum / static_cast<double>(examples);
            for (const auto& [name, value] : set.results())
                current[name] = value;
        });
        if (progress.batch < progress.num_batches) break;
        results.push_back({progress.epoch, current, seconds_since(start)});
        for (const auto& callback : options.callbacks)
            callback->on_epoch_end(progress);
    }
    for (const auto& callback : options.callbacks)
        callback->on_run_end(progress);
    return results;
}

namespace {

/// All examples as one batch.
Batch whole_batch(const BoundData& data, const std::vector<std::uint32_t>& order) {
    Batch batch;
    batch.inputs = data.inputs;
    batch.labels = data.labels;
    batch.examples = order;
    return batch;
}

}  // namespace

std::map<std::string, Array> CompiledTrainingNetwork::gradients(const Inputs& x, const Labels& y) {
    Implementation& own = *implementation_;
    if (y.empty()) throw ModelError("gradients", "there are no labels", "give labels");
    const BoundData data = bind_data(own.plan, x, y, own.losses);
    const std::vector<std::uint32_t> order = natural_order(data.num_examples);
    BatchResult result;
    own.program->learn(whole_batch(data, order), nullptr, result);
    std::map<std::string, Array> gradients;
    for (std::size_t index = 0; index < own.plan.connections.size(); ++index) {
        const ConnectionPlan& connection = own.plan.connections[index];
        if (!connection.trainable) continue;
        gradients[connection.name] = {connection.weight_shape, own.program->gradient(index)};
    }
    return gradients;
}

std::map<std::string, Array> CompiledTrainingNetwork::delay_gradients(const Inputs& x,
                                                                      const Labels& y) {
    Implementation& own = *implementation_;
    if (y.empty()) throw ModelError("delay_gradients", "there are no labels", "give labels");
    const BoundData data = bind_data(own.plan, x, y, own.losses);
    const std::vector<std::uint32_t> order = natural_order(data.num_examples);
    // Folded outputs have no steps in which a spike could arrive.
    Plan plan = without_folds(own.plan);
    plan.wants_delay_gradients = true;
    const std::unique_ptr<Program> program = load_program(plan, own.losses, own.backend);
    copy_weights(own.plan, *own.program, *program);
    BatchResult result;
    program->learn(whole_batch(data, order), nullptr, result);
    std::map<std::string, Array> gradients;
    for (std::size_t index = 0; index < own.plan.connections.size(); ++index) {
        const ConnectionPlan& connection = own.plan.connections[index];
        // Delays that are computed whenever they are used have nowhere to be learned.
        if (!connection.has_uniform_delay() && connection.num_weights() == 0) continue;
        const Shape shape = connection.has_uniform_delay() ? Shape{1} : connection.weight_shape;
        gradients[connection.name] = {shape, program->delay_gradient(index)};
    }
    return gradients;
}

double CompiledTrainingNetwork::loss(const Inputs& x, const Labels& y) {
    Implementation& own = *implementation_;
    if (y.empty()) throw ModelError("loss", "there are no labels", "give labels");
    const BoundData data = bind_data(own.plan, x, y, own.losses);
    const std::vector<std::uint32_t> order = natural_order(data.num_examples);
    BatchResult result;
    own.program->infer(whole_batch(data, order), result);
    return sum_of(result.losses) / static_cast<double>(data.num_examples);
}

}  // namespace saltus
