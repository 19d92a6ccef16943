#include <cmath>
#include <numbers>
#include <numeric>

#include <saltus/common/errors.hpp>
#include <saltus/data/batch_order.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "plan/fold_readouts.hpp"
#include "runtime/implementation.hpp"
#include "runtime/training_run.hpp"

namespace saltus {
namespace {

double sum_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace

double cosine_schedule(double fraction) {
    return 0.5 * (1.0 + std::cos(std::numbers::pi * fraction));
}

CompiledTrainingNetwork::CompiledTrainingNetwork(
    Plan plan, BackendOptions backend, std::map<std::string, std::shared_ptr<const Loss>> losses,
    Optimiser optimiser, GradientClip clip, const ParameterOptimisers& parameters)
    : CompiledNetwork(std::move(plan), std::move(backend), losses) {
    Implementation& own = *implementation_;
    check(optimiser);
    if (parameters.all) check(*parameters.all);
    own.optimiser = optimiser;
    own.clip = clip;
    own.parameter_optimisers.resize(own.plan.populations.size());
    own.for_each_parameter([&](const ParameterPlace& place, const TrainedParameter&) {
        if (!place.is_delay) own.parameter_optimisers[place.owner].push_back(parameters.all);
    });
    if (parameters.delays) check(*parameters.delays);
    own.delay_optimiser = parameters.delays;
    for (const auto& [name, given] : parameters.by_name) {
        check(given);
        const ParameterPlace place = own.parameter_place(name);
        if (place.is_delay) {
            throw ModelError("Parameter " + name, "learned delays have an optimiser of their own",
                             "give it as delay_optimiser")
                .with("parameter", name);
        }
        own.parameter_optimisers[place.owner][place.number] = given;
    }
}

std::vector<EpochResult> CompiledTrainingNetwork::train(const Inputs& x, const Labels& y,
                                                        const TrainOptions& options) {
    return TrainingRun(*this, *implementation_, x, y, options).run();
}

namespace {

/// All examples as one batch.
Batch whole_batch(const BoundData& data, const std::vector<std::uint32_t>& order) {
    Batch batch;
    batch.inputs = data.inputs;
    batch.targets = data.targets;
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
    Batch batch = whole_batch(data, order);
    batch.feedback_scale = own.feedback_scale();
    own.program->learn(batch, nullptr, result);
    std::map<std::string, Array> gradients;
    for (std::size_t index = 0; index < own.plan.connections.size(); ++index) {
        const ConnectionPlan& connection = own.plan.connections[index];
        if (!connection.trainable) continue;
        gradients[connection.name] = {connection.weight_shape, own.program->gradient(index)};
    }
    own.for_each_parameter([&](const ParameterPlace& place, const TrainedParameter& parameter) {
        gradients[parameter.name()] = {shape_of(parameter), place.state(*own.program).gradient};
    });
    return gradients;
}

std::map<std::string, Array> CompiledTrainingNetwork::delay_gradients(const Inputs& x,
                                                                      const Labels& y) {
    Implementation& own = *implementation_;
    if (y.empty()) throw ModelError("delay_gradients", "there are no labels", "give labels");
    if (implementation_->plan.mode != PlanMode::kEventProp) {
        throw ModelError("delay_gradients", "surrogate gradients have none by delays",
                         "compile the network with EventPropCompiler")
            .unsupported();
    }
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
