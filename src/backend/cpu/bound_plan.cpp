#include "backend/cpu/bound_plan.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "connectivity/convolution_rows.hpp"
#include "connectivity/dense_rows.hpp"
#include "plan/derive_eprop.hpp"

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

void bind_step_weights(const Plan& plan, const ReadoutPlan& readout, BoundPopulation& bound) {
    append_floats(readout.step_weights, bound.step_weights);
    bound.num_step_weights = readout.step_weights.size();
    if (bound.num_step_weights == 0 || !(plan.carry.any() || plan.clock_goes_on)) return;
    const double later = readout.weight_of(bound.num_step_weights);
    bound.step_weights.resize(bound.num_step_weights + plan.num_steps, static_cast<float>(later));
}

BoundPopulation bind_population(const Plan& plan, const PopulationPlan& population,
                                const KernelSources& sources) {
    const std::size_t num_steps = plan.num_steps;
    BoundPopulation bound;
    bound.padded = padded_size(population.size);
    if (!population.has_equations() || population.folded) return bound;
    const NeuronKernel& kernel = population.kernel;
    bound.functions = find_neuron_functions(kernel, sources);
    bind_coefficients(population, bound);
    for (const Coefficient& initial : population.initial) {
        append_padded(initial, population.size, bound.padded, bound.initial);
    }
    const auto share = std::find(kernel.scalars.begin(), kernel.scalars.end(), kExampleShare);
    if (share != kernel.scalars.end())
        bound.share_place = static_cast<std::size_t>(share - kernel.scalars.begin());
    bound.state_rows = kernel.num_states() + kernel.num_groups() + (kernel.refractory ? 1 : 0);
    bound.initial.resize(bound.state_rows * bound.padded, 0.0F);
    if (population.readout) bind_step_weights(plan, *population.readout, bound);
    bound.block_steps = std::clamp<std::size_t>(kBlockFloats / bound.padded, 1, num_steps);
    bound.num_folds = static_cast<std::uint32_t>(kernel.num_folds);
    bound.fold_weights.resize(kernel.num_folds * num_steps);
    bound.fold_shift.resize(kernel.num_folds * num_steps);
    return bound;
}

void bind_matrix(const Plan& plan, std::size_t index, BoundConnection& bound) {
    const ConnectionPlan& connection = plan.connections[index];
    const auto* rows = connection.rows.get();
    bound.gradient_kind = GradientKind::kShared;
    if (connection.table) {
        bound.matrix = make_sparse_matrix(connection);
        if (!bound.matrix->shares_weights()) bound.gradient_kind = GradientKind::kSparse;
    } else if (connection.matrix_type == MatrixType::kDense) {
        bound.matrix =
            make_dense_matrix(bound.num_matrix_rows(connection.num_pre), connection.num_post);
        bound.gradient_kind = GradientKind::kRows;
        bound.stride = padded_size(connection.num_post);
    } else if (dynamic_cast<const ConvolutionRows*>(rows) != nullptr) {
        bound.matrix = make_kernel_matrix(connection);
    } else {
        const RandomStream stream(plan.seed, RandomPurpose::kWeights,
                                  static_cast<std::uint32_t>(index));
        bound.matrix = make_procedural_matrix(connection, stream);
    }
}

/// Whether feedback of all neurons in every step is a product with few rows of the transpose.
/// Outputs are never cut, so that this does not depend on the number of threads.
bool transposes(const Plan& plan, const ConnectionPlan& connection, const BoundConnection& bound) {
    constexpr std::size_t kMostRows = 64;
    return plan.has_surrogates() && connection.feeds_back && !connection.fold &&
           bound.gradient_kind == GradientKind::kRows && !bound.relay &&
           plan.populations[connection.source].input == InputKind::kNone &&
           plan.populations[connection.target].readout && connection.num_post <= kMostRows;
}

/// A bound of weights that are kept `scale` times as large. It is rounded to where no weight that
/// is read back lies beyond.
float scaled_bound(double bound, double scale, float inside) {
    auto scaled = static_cast<float>(bound * scale);
    const auto is_beyond = [&] {
        const double read = 1.0 / scale * static_cast<double>(scaled);
        return inside < 0.0F ? read * scale > bound * scale : read * scale < bound * scale;
    };
    while (std::isfinite(scaled) && is_beyond())
        scaled = std::nextafter(scaled, inside);
    return scaled;
}

kernels::WeightRange range_of(const WeightConstraint& constraint, double scale) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    kernels::WeightRange range;
    range.keeps_sign = constraint.keeps_sign;
    const bool is_turned = scale < 0.0;
    range.lower = scaled_bound(is_turned ? constraint.upper : constraint.lower, scale, kInfinity);
    range.upper = scaled_bound(is_turned ? constraint.lower : constraint.upper, scale, -kInfinity);
    // Bounds so close that no float32 lies between them.
    if (range.lower > range.upper) range.lower = range.upper;
    return range;
}

void bind_learned_delays(const Plan& plan, const ConnectionPlan& connection,
                         BoundConnection& bound) {
    bound.learned =
        std::make_unique<LearnedDelays>(connection, padded_size(connection.num_post), bound.stride,
                                        plan.history_steps() + plan.num_steps);
    bound.gradient_kind = GradientKind::kDelayed;
    if (plan.trains()) bound.learned->gradient.resize(bound.weight.size());
}

BoundConnection bind_connection(const Plan& plan, std::size_t index, std::size_t interval) {
    const ConnectionPlan& connection = plan.connections[index];
    const bool is_plain = dynamic_cast<const DenseRows*>(connection.rows.get()) != nullptr;
    BoundConnection bound;
    bound.rows = is_plain ? connection.num_pre : 1;
    bound.columns = is_plain ? connection.num_post : connection.num_weights();
    bound.scale = connection.weight_scale;
    if (connection.fold) {
        bound.gradient_kind = GradientKind::kFolded;
        bound.stride = padded_size(bound.rows);
        bound.weight.assign(bound.columns * bound.stride, 0.0F);
    } else {
        bound.relay = SpikeRelay::for_connection(connection);
        bind_matrix(plan, index, bound);
        bound.weight.assign(bound.matrix->num_floats(), 0.0F);
        if (connection.learned_delay) bind_learned_delays(plan, connection, bound);
    }
    if (transposes(plan, connection, bound))
        bound.transposed.assign(connection.num_post * padded_size(connection.num_pre), 0.0F);
    bound.sums_in_backward_pass = connection.trainable && !connection.fold &&
                                  (interval > 0 || bound.gradient_kind == GradientKind::kShared);
    bound.range = range_of(connection.constraint, bound.scale);
    if (connection.trainable) {
        bound.m.assign(bound.weight.size(), 0.0F);
        bound.v.assign(bound.weight.size(), 0.0F);
    }
    if (plan.wants_delay_gradients && !bound.learned) {
        bound.delay_gradient.resize(connection.has_uniform_delay() ? 1 : bound.weight.size());
    }
    return bound;
}

SpikeList all_in_every_step(std::size_t neurons, std::size_t num_steps) {
    SpikeList list{{0}, {}, {}};
    list.neurons.reserve(neurons * num_steps);
    for (std::size_t step = 0; step < num_steps; ++step) {
        for (std::size_t neuron = 0; neuron < neurons; ++neuron)
            list.neurons.push_back(static_cast<std::uint32_t>(neuron));
        list.step_begin.push_back(static_cast<std::uint32_t>(list.neurons.size()));
    }
    return list;
}

void bind_fold(const Plan& plan, const ConnectionPlan& connection, BoundPopulation& source) {
    const std::size_t first = connection.fold_index * plan.num_steps;
    for (std::size_t step = 0; step < plan.num_steps; ++step) {
        source.fold_weights[first + step] = static_cast<float>(connection.fold->response[step]);
        const double back =
            plan.has_surrogates() ? connection.fold->response[step] : connection.fold->shift[step];
        source.fold_shift[first + step] = static_cast<float>(back);
    }
}

Floats bind_feedback(const Plan& plan, const FeedbackPlan& feedback) {
    const std::size_t size = plan.populations[feedback.source].size;
    const std::size_t padded = padded_size(size);
    Floats weights(plan.populations[feedback.output].size * padded, 0.0F);
    for (std::size_t k = 0; k < feedback.weights.size(); ++k)
        weights[k / size * padded + k % size] = static_cast<float>(feedback.weights[k]);
    return weights;
}

/// Where a stage goes back step by step, what the spikes of a step ask for is at most this far.
std::size_t shift_mask(const BoundPlan& bound, std::size_t population) {
    const Plan& plan = bound.plan;
    const auto stage =
        std::find_if(plan.backward.begin(), plan.backward.end(), [&](const Stage& candidate) {
            return std::count(candidate.populations.begin(), candidate.populations.end(),
                              population) > 0;
        });
    if (stage == plan.backward.end() || !stage->recurrent || plan.wants_delay_gradients)
        return SIZE_MAX;
    std::size_t rows = 1;
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        const ConnectionPlan& connection = plan.connections[index];
        const BoundConnection& own = bound.connections[index];
        if (connection.target != population || connection.fold) continue;
        if (own.learned) return SIZE_MAX;
        if (plan.populations[connection.source].input != InputKind::kNone) continue;
        const bool is_inside =
            std::count(stage->populations.begin(), stage->populations.end(), connection.source) > 0;
        if (!is_inside || own.relay || own.matrix->has_own_delays()) return SIZE_MAX;
        rows = std::max(rows, std::size_t{connection.delay} + 2);
    }
    return std::bit_ceil(rows) - 1;
}

bool keeps_arrivals(const BoundPlan& bound, std::size_t population) {
    const Plan& plan = bound.plan;
    if (bound.checkpoint_interval > 0) return false;
    if (plan.has_surrogates() || bound.populations[population].mirrors_arrivals) return true;
    const bool sends_signals =
        std::any_of(plan.feedbacks.begin(), plan.feedbacks.end(),
                    [&](const FeedbackPlan& feedback) { return feedback.output == population; });
    if (sends_signals || plan.lags_behind) return true;
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        const ConnectionPlan& connection = plan.connections[index];
        if (connection.target != population || !connection.trainable) continue;
        if (!bound.connections[index].sums_in_backward_pass) return true;
    }
    return false;
}

/// Besides the steps that are run, those after them that earlier spikes arrive in.
std::size_t arrival_rows(const BoundPlan& bound, std::size_t population) {
    if (bound.checkpoint_interval == 0) return bound.populations[population].block_steps;
    std::size_t rows = 0;
    for (const ConnectionPlan& connection : bound.plan.connections) {
        if (connection.target == population && !connection.fold)
            rows = std::max(rows, 1 + std::size_t{connection.greatest_delay});
    }
    return bound.checkpoint_interval + std::min(rows, bound.plan.num_steps);
}

}  // namespace

void BoundConnection::transpose(std::size_t padded) {
    if (transposed.empty()) return;
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column)
            transposed[column * padded + row] = weight[row * stride + column];
    }
}

void BoundConnection::pack(const double* values, double factor, std::size_t width,
                           Floats& packed) const {
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            packed[place(row, column)] = static_cast<float>(factor * values[row * width + column]);
        }
    }
}

void bind_coefficients(const PopulationPlan& population, BoundPopulation& bound) {
    bound.scalars.clear();
    bound.arrays.clear();
    for (const std::string& name : population.kernel.scalars)
        bound.scalars.push_back(static_cast<float>(population.coefficient(name).at(0)));
    for (const std::string& name : population.kernel.arrays)
        append_padded(population.coefficient(name), population.size, bound.padded, bound.arrays);
}

BoundPlan bind_plan(const SplitPlan& split, const KernelSources& sources) {
    const Plan& plan = split.plan;
    BoundPlan bound;
    bound.plan = plan;
    if (plan.checkpoint_interval < plan.num_steps)
        bound.checkpoint_interval = plan.checkpoint_interval;
    bound.history_steps = plan.history_steps();
    bound.original = split.original;
    for (const PopulationPlan& population : plan.populations) {
        bound.populations.push_back(bind_population(plan, population, sources));
    }
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        bound.connections.push_back(bind_connection(plan, index, bound.checkpoint_interval));
        const ConnectionPlan& connection = plan.connections[index];
        BoundPopulation& source = bound.populations[connection.source];
        BoundPopulation& target = bound.populations[connection.target];
        const bool from_input = plan.populations[connection.source].input != InputKind::kNone;
        target.mirrors_arrivals |= plan.populations[connection.source].signed_spikes;
        if (connection.fold) {
            bind_fold(plan, connection, source);
        } else {
            source.lists_spikes = true;
            source.gets_feedback |= !from_input && connection.feeds_back;
            source.keeps_all_feedback |=
                plan.has_surrogates() || !bound.connections.back().transposed.empty();
            target.needs_shift |=
                plan.mode == PlanMode::kEventProp &&
                (!from_input || plan.wants_delay_gradients || connection.learned_delay);
        }
    }
    for (BoundConnection& connection : bound.connections) {
        if (plan.has_surrogates() && connection.relay && connection.relay->greatest_delay() == 0)
            connection.every_row = all_in_every_step(connection.relay->num_rows(), 1);
    }
    for (std::size_t index = 0; index < plan.populations.size(); ++index) {
        BoundPopulation& population = bound.populations[index];
        if (plan.has_surrogates() && population.gets_feedback)
            population.everyone =
                all_in_every_step(plan.populations[index].size, population.block_steps);
    }
    for (const FeedbackPlan& feedback : plan.feedbacks) {
        bound.feedbacks.push_back(bind_feedback(plan, feedback));
        bound.populations[feedback.source].gets_feedback = true;
        bound.populations[feedback.source].keeps_all_feedback = true;
    }
    for (std::size_t index = 0; index < plan.populations.size(); ++index) {
        const auto& readout = plan.populations[index].readout;
        const bool reads_first = readout && readout->source == ReadoutSource::kFirstSpike;
        if (reads_first || plan.populations[index].regularisation.any())
            bound.populations[index].lists_spikes = true;
        if (reads_first) bound.populations[index].gets_feedback = true;
    }
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        const ConnectionPlan& connection = plan.connections[index];
        if (bound.connections[index].sums_in_backward_pass)
            bound.populations[connection.target].summed.push_back(index);
    }
    for (std::size_t index = 0; index < plan.populations.size(); ++index) {
        bound.populations[index].keeps_arrivals = keeps_arrivals(bound, index);
        bound.populations[index].mirrors_arrivals &= bound.populations[index].keeps_arrivals;
        bound.populations[index].arrival_rows = arrival_rows(bound, index);
        bound.populations[index].shift_mask = shift_mask(bound, index);
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
