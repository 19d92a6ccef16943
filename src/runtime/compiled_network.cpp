#include <saltus/runtime/compiled_network.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/data/batch_order.hpp>

#include "backend/initial_weights.hpp"
#include "common/text.hpp"
#include "plan/fold_readouts.hpp"
#include "plan/synapse_table.hpp"
#include "runtime/implementation.hpp"
#include "runtime/recording_set.hpp"

namespace saltus {

std::size_t NetworkState::connection_index(const std::string& name) const {
    std::vector<std::string> names;
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        if (plan.connections[index].name == name) return index;
        names.push_back(plan.connections[index].name);
    }
    throw ModelError("CompiledNetwork", fmt::format("there is no connection '{}'", name),
                     suggest(name, names))
        .with("connection", name);
}

bool NetworkState::for_each_batch(const BoundData& data, std::span<const std::uint32_t> order,
                                  Progress& progress, const Callbacks& callbacks,
                                  const std::function<void(Batch& batch)>& body,
                                  std::size_t example_offset) {
    Batch batch;
    batch.inputs = data.inputs;
    batch.targets = data.targets;
    batch.example_offset = example_offset;
    std::vector<std::size_t> numbers;
    for (std::size_t first = 0; first < order.size(); first += plan.batch_size) {
        batch.examples = order.subspan(first, std::min(plan.batch_size, order.size() - first));
        batch.first_step = clock;
        numbers.assign(batch.examples.begin(), batch.examples.end());
        for (std::size_t& number : numbers)
            number += example_offset;
        progress.examples = numbers;
        tell(callbacks, &Callback::on_batch_begin, progress);
        body(batch);
        if (plan.clock_goes_on) clock += plan.num_steps;
        ++progress.batch;
        tell(callbacks, &Callback::on_batch_end, progress);
        progress.examples = {};
        if (want_to_stop(callbacks)) return true;
    }
    return false;
}

// Between
bool want_to_stop(const Callbacks& callbacks) {
    bool stop = false;
    for (const auto& callback : callbacks)
        stop |= callback->wants_to_stop();
    return stop;
}

void copy_weights(const Plan& plan, const Program& from, Program& to) {
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        const std::shared_ptr<const SynapseTable> synapses = from.synapses(index);
        if (synapses && synapses != to.synapses(index)) to.set_synapses(index, synapses);
        if (plan.connections[index].num_weights() > 0) to.set_weights(index, from.weights(index));
    }
    for (std::size_t index = 0; index < plan.populations.size(); ++index) {
        for (std::size_t k = 0; k < plan.populations[index].trained.size(); ++k)
            to.set_parameter(index, k, from.parameter(index, k));
    }
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        if (plan.connections[index].learned_delay) to.set_delays(index, from.delays(index));
    }
}

void check_callbacks(const Callbacks& callbacks) {
    if (std::find(callbacks.begin(), callbacks.end(), nullptr) == callbacks.end()) return;
    throw ModelError("CompiledNetwork", "a callback is null", "give callbacks that exist");
}

CompiledNetwork::CompiledNetwork(Plan plan, BackendOptions backend)
    : CompiledNetwork(std::move(plan), std::move(backend), {}) {}

CompiledNetwork::CompiledNetwork(Plan plan, BackendOptions backend,
                                 const std::map<std::string, std::shared_ptr<const Loss>>& losses)
    : implementation_(std::make_unique<Implementation>()) {
    Implementation& own = *implementation_;
    own.plan = std::move(plan);
    own.backend = std::move(backend);
    own.losses.resize(own.plan.populations.size());
    for (std::size_t index = 0; index < own.losses.size(); ++index) {
        const auto found = losses.find(own.plan.populations[index].name);
        if (found != losses.end()) own.losses[index] = found->second;
    }
    own.program = load_program(own.plan, own.losses, own.backend);
}

CompiledNetwork::CompiledNetwork(CompiledNetwork&&) noexcept = default;
CompiledNetwork& CompiledNetwork::operator=(CompiledNetwork&&) noexcept = default;
CompiledNetwork::~CompiledNetwork() = default;

std::map<std::string, Array> CompiledNetwork::predict(
    const Inputs& x, const std::vector<std::shared_ptr<Callback>>& callbacks) {
    Implementation& own = *implementation_;
    check_callbacks(callbacks);
    const BoundData data = bind_data(own.plan, x, {}, own.losses);
    std::map<std::string, Array> predictions;
    for (const std::size_t output : own.plan.outputs()) {
        const PopulationPlan& population = own.plan.populations[output];
        predictions[population.name] = Array(Shape{data.num_examples, population.size});
    }
    Progress progress;
    progress.network = this;
    progress.num_batches = own.num_batches_of(data.num_examples);
    RecordedInference inference(own, callbacks);
    tell(callbacks, &Callback::on_run_begin, progress);
    BatchResult result;
    own.for_each_batch(
        data, natural_order(data.num_examples), progress, callbacks, [&](Batch& batch) {
            inference.infer(batch, result);
            for (const std::size_t output : own.plan.outputs()) {
                const PopulationPlan& population = own.plan.populations[output];
                const std::size_t first = batch.examples[0] * population.size;
                std::copy(result.readouts[output].begin(), result.readouts[output].end(),
                          predictions[population.name].values.begin() +
                              static_cast<std::ptrdiff_t>(first));
            }
        });
    tell(callbacks, &Callback::on_run_end, progress);
    return predictions;
}

Trace CompiledNetwork::trace(const Inputs& x, std::size_t example) {
    Implementation& own = *implementation_;
    const BoundData data = bind_data(own.plan, x, {}, own.losses);
    if (example >= data.num_examples) {
        throw ModelError("CompiledNetwork",
                         fmt::format("there is no example {} among {}", example, data.num_examples),
                         fmt::format("give a number below {}", data.num_examples));
    }
    // Folded outputs have no steps to look at, so the trace runs a plan without folds.
    const std::unique_ptr<Program> program =
        load_program(without_folds(own.plan), own.losses, own.backend);
    copy_weights(own.plan, *own.program, *program);
    const std::uint32_t number = static_cast<std::uint32_t>(example);
    Batch batch;
    batch.inputs = data.inputs;
    batch.targets = data.targets;
    batch.examples = {&number, 1};
    for (const PopulationPlan& population : own.plan.populations)
        batch.records.push_back({true, std::vector<bool>(population.kernel.num_states(), true)});
    BatchResult result;
    program->infer(batch, result);
    const Recording& recording = result.recordings.front();
    Trace trace;
    for (std::size_t index = 0; index < own.plan.populations.size(); ++index) {
        const PopulationPlan& population = own.plan.populations[index];
        trace.spikes[population.name] = recording.spikes[index].to_list();
        for (std::size_t state = 0; state < recording.states[index].size(); ++state) {
            trace.states[population.name + "." + population.kernel.states[state]] =
                Array(Shape{own.plan.num_steps, population.size}, recording.states[index][state]);
        }
        if (population.readout) {
            trace.readouts[population.name] = Array::vector(result.readouts[index]);
        }
    }
    return trace;
}

void CompiledNetwork::reset() {
    implementation_->program->forget();
    implementation_->clock = 0;
}

namespace {

void require_kept_weights(const ConnectionPlan& plan) {
    if (plan.num_weights() > 0) return;
    throw ModelError(
        "Connection " + plan.name,
        fmt::format("it is {}: no weight is kept in memory", to_string(plan.matrix_type)),
        "let the compiler use the matrix type SPARSE, or look at synapses()")
        .with("connection", plan.name);
}

/// Calls `visit(weight, pre, synapse)` for every synapse with the number of its weight.
template <class Visit>
void for_each_weight(const ConnectionPlan& plan, const Visit& visit) {
    const bool numbers_weights = plan.rows->num_elements().has_value();
    std::size_t count = 0;
    for_each_synapse(*plan.rows, [&](std::size_t pre, const RowSynapse& synapse) {
        visit(numbers_weights ? synapse.element : count, pre, synapse);
        ++count;
    });
}

}  // namespace

Array CompiledNetwork::weights(const std::string& connection) const {
    const std::size_t index = implementation_->connection_index(connection);
    const ConnectionPlan& plan = implementation_->plan.connections[index];
    require_kept_weights(plan);
    return {plan.weight_shape, implementation_->program->weights(index)};
}

Array CompiledNetwork::delays(const std::string& connection) const {
    const std::size_t index = implementation_->connection_index(connection);
    const ConnectionPlan& plan = implementation_->plan.connections[index];
    if (plan.learned_delay)
        return {plan.weight_shape, implementation_->program->delays(index).values};
    if (plan.exact_delays) return {plan.weight_shape, *plan.exact_delays};
    if (plan.has_uniform_delay()) {
        const bool is_exact = implementation_->plan.exact_times;
        return {Shape(), {is_exact ? plan.exact_delay : static_cast<double>(plan.delay)}};
    }
    require_kept_weights(plan);
    Array delays(plan.weight_shape);
    for_each_weight(plan, [&](std::size_t weight, std::size_t, const RowSynapse& synapse) {
        delays.values[weight] = static_cast<double>(plan.delays->of(synapse.element));
    });
    return delays;
}

SynapseList CompiledNetwork::synapses(const std::string& connection) const {
    const std::size_t index = implementation_->connection_index(connection);
    const ConnectionPlan& plan = implementation_->plan.connections[index];
    const std::vector<double> weights = plan.num_weights() > 0
                                            ? implementation_->program->weights(index)
                                            : initial_weights(implementation_->plan, index);
    const bool has_own_delays = plan.learned_delay || plan.exact_delays;
    const std::vector<double> delays =
        has_own_delays ? this->delays(connection).values : std::vector<double>();
    const auto delay_of = [&](std::size_t weight, const RowSynapse& synapse) {
        if (has_own_delays) return static_cast<std::uint32_t>(std::round(delays[weight]));
        return plan.delays ? plan.delays->of(synapse.element) : plan.delay;
    };
    SynapseList list;
    for_each_weight(plan, [&](std::size_t weight, std::size_t pre, const RowSynapse& synapse) {
        list.pre.push_back(static_cast<std::uint32_t>(pre));
        list.post.push_back(synapse.post);
        list.weight.push_back(weights[weight] * plan.weight_scale);
        list.delay.push_back(delay_of(weight, synapse));
    });
    return list;
}

void CompiledNetwork::set_weights(const std::string& connection, const Array& weights) {
    const std::size_t index = implementation_->connection_index(connection);
    const ConnectionPlan& plan = implementation_->plan.connections[index];
    const std::string where = "Connection " + connection;
    require_kept_weights(plan);
    const Shape& expected = plan.weight_shape;
    if (!(weights.shape == expected)) {
        throw ModelError(where,
                         fmt::format("weights of shape {} do not fit its shape {}",
                                     to_string(weights.shape), to_string(expected)),
                         "give weights in the shape of weights()")
            .with("connection", connection)
            .with("shape", to_string(weights.shape));
    }
    require_finite(weights, where, "weights");
    const double limit = std::numeric_limits<float>::max();
    for (const double weight : weights.values) {
        if (std::abs(weight) <= limit || implementation_->backend.name == "reference64") continue;
        throw ModelError(where, fmt::format("a weight is {:g}, too large for float32", weight),
                         "give smaller weights, or use the backend 'reference64'")
            .with("connection", connection);
    }
    implementation_->program->set_weights(index, weights.values);
}

void CompiledNetwork::set_synapses(const std::string& connection, const SynapsePairs& synapses) {
    Implementation& own = *implementation_;
    const std::size_t index = own.connection_index(connection);
    const std::string where = "Connection " + connection;
    ConnectionPlan& plan = own.plan.connections[index];
    const std::string obstacle = why_synapses_stay(plan);
    if (!obstacle.empty()) {
        throw ModelError(where, obstacle + ", so that others cannot take their place",
                         "use a sparse connectivity with weights of its own and one delay")
            .with("connection", connection);
    }
    own.program->set_synapses(index, table_of(synapses, plan, where));
    replace_synapses(own.program->synapses(index), plan);
}

std::vector<std::string> CompiledNetwork::rewired_connections() const {
    std::vector<std::string> names;
    for (const ConnectionPlan& connection : implementation_->plan.connections) {
        const bool is_replaced = dynamic_cast<const TableRows*>(connection.rows.get()) != nullptr;
        if (connection.rewiring || is_replaced) names.push_back(connection.name);
    }
    return names;
}

std::vector<std::string> CompiledNetwork::connections() const {
    std::vector<std::string> names;
    for (const ConnectionPlan& connection : implementation_->plan.connections) {
        names.push_back(connection.name);
    }
    return names;
}

std::vector<std::string> CompiledNetwork::connections_with_weights() const {
    std::vector<std::string> names;
    for (const ConnectionPlan& connection : implementation_->plan.connections) {
        if (connection.num_weights() > 0) names.push_back(connection.name);
    }
    return names;
}

const Plan& CompiledNetwork::plan() const {
    return implementation_->plan;
}

const BackendOptions& CompiledNetwork::backend() const {
    return implementation_->backend;
}

int CompiledNetwork::threads() const {
    return implementation_->program->threads();
}

namespace {

void require_profile(const BackendOptions& backend) {
    if (backend.kernel_profiling) return;
    throw ModelError("CompiledNetwork", "no profile is kept of it",
                     "compile it with kernel_profiling");
}

}  // namespace

Profile CompiledNetwork::profile() const {
    require_profile(implementation_->backend);
    return implementation_->program->profile();
}

void CompiledNetwork::reset_profile() {
    require_profile(implementation_->backend);
    implementation_->program->reset_profile();
}

std::string CompiledNetwork::explain() const {
    return implementation_->plan.explain() +
           fmt::format("backend {}, {} threads\n", implementation_->backend.name, threads()) +
           implementation_->program->describe();
}

}  // namespace saltus
