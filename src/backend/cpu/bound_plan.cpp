#include "backend/cpu/bound_plan.hpp"

#include <algorithm>

namespace saltus {
namespace {

// Input of a block of steps stays in the first cache levels.
constexpr std::size_t kBlockFloats = 16 * 1024;

void append_padded(const Coefficient& coefficient, std::size_t size, std::size_t padded,
                   Floats& target) {
    // Padding repeats the last neuron, whose values are valid in every equation.
    for (std::size_t neuron = 0; neuron < padded; ++neuron) {
        target.push_back(static_cast<float>(coefficient.at(std::min(neuron, size - 1))));
    }
}

void append_floats(const std::vector<double>& values, Floats& target) {
    for (const double value : values)
        target.push_back(static_cast<float>(value));
}

BoundPopulation bind_population(const PopulationPlan& population, std::size_t num_steps,
                                const KernelSources& sources) {
    BoundPopulation bound;
    bound.padded = padded_size(population.size);
    if (population.input != InputKind::kNone || population.folded) return bound;
    const NeuronKernel& kernel = population.kernel;
    bound.functions = find_neuron_functions(kernel, sources);
    for (const std::string& name : kernel.scalars) {
        bound.scalars.push_back(static_cast<float>(population.coefficient(name).at(0)));
    }
    for (const std::string& name : kernel.arrays) {
        append_padded(population.coefficient(name), population.size, bound.padded, bound.arrays);
    }
    for (const Coefficient& initial : population.initial) {
        append_padded(initial, population.size, bound.padded, bound.initial);
    }
    const bool refractory = kernel.refractoriness != Refractoriness::kNone;
    bound.state_rows = kernel.num_states() + kernel.num_groups() + (refractory ? 1 : 0);
    bound.initial.resize(bound.state_rows * bound.padded, 0.0F);
    if (population.readout) append_floats(population.readout->step_weights, bound.step_weights);
    bound.block_steps = std::clamp<std::size_t>(kBlockFloats / bound.padded, 1, num_steps);
    bound.num_folds = static_cast<std::uint32_t>(kernel.num_folds);
    bound.fold_weights.resize(kernel.num_folds * num_steps);
    bound.fold_shift.resize(kernel.num_folds * num_steps);
    return bound;
}

BoundConnection bind_connection(const Plan& plan, std::size_t index) {
    const ConnectionPlan& connection = plan.connections[index];
    BoundConnection bound;
    bound.rows = connection.num_pre;
    bound.columns = connection.num_post;
    bound.transposed = connection.fold.has_value();
    bound.stride = padded_size(bound.transposed ? bound.rows : bound.columns);
    bound.weight.assign((bound.transposed ? bound.columns : bound.rows) * bound.stride, 0.0F);
    if (connection.trainable) {
        bound.m.assign(bound.weight.size(), 0.0F);
        bound.v.assign(bound.weight.size(), 0.0F);
    }
    return bound;
}

void bind_fold(const Plan& plan, const ConnectionPlan& connection, BoundPopulation& source) {
    const std::size_t first = connection.fold_index * plan.num_steps;
    for (std::size_t step = 0; step < plan.num_steps; ++step) {
        source.fold_weights[first + step] = static_cast<float>(connection.fold->response[step]);
        source.fold_shift[first + step] = static_cast<float>(connection.fold->shift[step]);
    }
}

}  // namespace

void BoundConnection::unpack(const Floats& packed, double* values, std::size_t width) const {
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            values[row * width + column] = static_cast<double>(packed[place(row, column)]);
        }
    }
}

void BoundConnection::pack(const double* values, std::size_t width, Floats& packed) const {
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            packed[place(row, column)] = static_cast<float>(values[row * width + column]);
        }
    }
}

BoundPlan bind_plan(const SplitPlan& split, const KernelSources& sources) {
    const Plan& plan = split.plan;
    BoundPlan bound;
    bound.plan = plan;
    bound.original = split.original;
    for (const PopulationPlan& population : plan.populations) {
        bound.populations.push_back(bind_population(population, plan.num_steps, sources));
    }
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        bound.connections.push_back(bind_connection(plan, index));
        const ConnectionPlan& connection = plan.connections[index];
        BoundPopulation& source = bound.populations[connection.source];
        BoundPopulation& target = bound.populations[connection.target];
        const bool from_input = plan.populations[connection.source].input != InputKind::kNone;
        if (connection.fold) {
            bind_fold(plan, connection, source);
        } else {
            source.lists_spikes = true;
            source.gets_feedback |= !from_input;
            target.needs_shift |= !from_input;
        }
    }
    for (const Stage& stage : plan.backward) {
        for (const auto* passes : {&stage.blocks, &stage.steps}) {
            for (const Pass& pass : *passes) {
                if (pass.kind == PassKind::kRetreat) bound.populations[pass.index].retreats = true;
            }
        }
    }
    return bound;
}

}  // namespace saltus
