#include "backend/cpu/cpu_program.hpp"

#include <fmt/format.h>

#include "backend/initial_weights.hpp"

namespace saltus {
namespace {

// Adjoints of a chunk of examples stay in the second cache level until the gradient is summed.
constexpr std::size_t kChunkBytes = std::size_t{1024} * 1024;
// Where backward passes wait for the spikes of the whole batch, its examples had better be one
// chunk, of which all is kept until then: measured on 784-128-10, that takes 1.4 times as long as
// without regularisation. A batch that would leave the third cache level is run forward twice,
// which takes 1.9 times as long, but no memory that grows with the batch.
constexpr std::size_t kCountedChunkBytes = 4 * kChunkBytes;
constexpr std::size_t kMinChunk = 4;

}  // namespace

CpuProgram::CpuProgram(const Plan& plan, const Losses& losses, const BackendOptions& options)
    : plan_(plan),
      team_(options.threads),
      split_(split_columns(plan, team_.num_threads())),
      bound_(bind_plan(split_, {options.built_in_kernels, options.compiled_kernels})),
      parameters_(plan_.populations),
      delays_(plan_),
      learns_delays_(plan_.learns_delays()),
      pulls_(bound_.plan.populations),
      counts_spikes_(pulls_.needs_spikes()),
      losses_(losses),
      workers_(static_cast<std::size_t>(team_.num_threads())),
      profiler_(split_, bound_, options.kernel_profiling),
      norm_bounds_(plan, split_, bound_),
      rewiring_(bound_),
      gradient_pass_(bound_, split_, split_.by_level ? 1 : workers_.size()) {
    size_chunk(bound_, chunk_size(), split_.by_level || counts_spikes_ || learns_delays_, chunk_);
    if (split_.by_level) {
        forward_ = forward_levels(bound_.plan);
        backward_ = backward_levels(bound_.plan);
    }
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        if (plan.connections[index].num_weights() > 0)
            set_weights(index, initial_weights(plan, index));
    }
    for (BoundConnection& bound : bound_.connections) {
        // They were rounded to float32.
        if (!bound.range.is_bounded()) continue;
        for (float& weight : bound.weight)
            weight = std::min(std::max(weight, bound.range.lower), bound.range.upper);
    }
}

void CpuProgram::infer(const Batch& batch, BatchResult& result) {
    begin(batch, result);
    in_team([&] {
        for_each_chunk(batch, [&](std::size_t first, std::size_t count) {
            begin_recordings(batch, first, count);
            run_examples(batch, first, count, false);
            collect(first, count, result);
        });
    });
}

void CpuProgram::learn(const Batch& batch, const UpdateStep* step, BatchResult& result) {
    begin(batch, result);
    begin_watch(result);
    parameters_.clear_gradients();
    for (BoundPopulation& bound : bound_.populations) {
        if (!bound.share_place) continue;
        bound.scalars[*bound.share_place] = 1.0F / static_cast<float>(batch.examples.size());
    }
    for (BoundConnection& bound : bound_.connections) {
        std::fill(bound.delay_gradient.begin(), bound.delay_gradient.end(), 0.0);
        bound.transpose(padded_size(bound.rows));
    }
    in_team([&] {
        pulls_.begin(batch.examples.size());
        if (counts_spikes_ && !counts_within(batch)) count_in_advance(batch);
        for_each_chunk(batch, [&](std::size_t first, std::size_t count) {
            begin_recordings(batch, first, count);
            if (split_.by_level) {
                run_levels(batch, first, count);
            } else if (counts_within(batch)) {
                run_together(batch, first, count);
            } else {
                run_examples(batch, first, count, true);
            }
            collect(first, count, result);
            watch(count, result);
            sum_parameters(count);
            const bool last = first + count == batch.examples.size();
            if (last) parameters_.find_gradients(result);
            const auto run_gradients = [&](const UpdateStep* update) {
                gradient_pass_.run(chunk_, count, first == 0, update, evenly_,
                                   [this] { rewiring_.begin(); });
            };
            // Those of delays are known with those of weights, none of which may be updated
            // before.
            if (learns_delays_) run_gradients(nullptr);
            if (last) find_delay_gradients(result);
            const bool updates = last && step != nullptr && may_update(result);
            // First, since they may be refused.
            if (updates) update_parameters(batch);
            if (!learns_delays_) {
                run_gradients(updates ? step : nullptr);
            } else if (updates) {
                rewiring_.begin();
                gradient_pass_.update(*step, evenly_);
                update_delays(batch);
            }
            if (!updates) return;
            bound_norms();
            rewiring_.finish(batch, norm_bounds_, result);
        });
    });
}

std::vector<double> CpuProgram::carried_state(std::size_t population, std::size_t state) const {
    const std::size_t size = bound_.plan.populations[population].size;
    const BoundPopulation& bound = bound_.populations[population];
    std::vector<double> values;
    values.reserve(chunk_.carried.size() * size);
    for (const Carried& carried : chunk_.carried) {
        const Floats& rows = carried.exists ? carried.state[population] : bound.initial;
        const float* row = rows.data() + state * bound.padded;
        values.insert(values.end(), row, row + size);
    }
    return values;
}

std::string CpuProgram::describe() const {
    std::string text;
    for (std::size_t index = 0; index < split_.parts.size(); ++index) {
        const BoundPopulation& first = bound_.populations[index];
        if (first.functions.advance == nullptr) continue;
        const std::size_t parts = split_.parts[index].size();
        text += fmt::format("  {}: kernel {}, blocks of {} steps{}\n",
                            bound_.plan.populations[index].name, first.functions.origin,
                            first.block_steps,
                            parts > 1 ? fmt::format(", {} parts of up to {} neurons", parts,
                                                    bound_.plan.populations[index].size)
                                      : "");
    }
    return text;
}

std::size_t CpuProgram::chunk_size() const {
    const Plan& plan = bound_.plan;
    if (plan.mode == PlanMode::kInference) return std::min<std::size_t>(plan.batch_size, 64);
    // A slot with trails of its own has as many tables in these.
    const bool has_trails = counts_spikes_ || learns_delays_;
    std::size_t bytes = 1;
    for (std::size_t index = 0; index < plan.populations.size(); ++index) {
        const BoundPopulation& population = bound_.populations[index];
        if (!population.retreats) continue;
        if (population.keeps_arrivals || (has_trails && population.needs_shift)) {
            bytes += plan.populations[index].groups.size() * plan.num_steps * population.padded *
                     sizeof(float);
        }
        for (const std::size_t connection : population.summed)
            bytes += bound_.connections[connection].weight.size() * sizeof(float);
    }
    const std::size_t most = counts_spikes_ ? kCountedChunkBytes : kChunkBytes;
    return std::min(plan.batch_size, std::max(kMinChunk, most / bytes));
}

void CpuProgram::begin(const Batch& batch, BatchResult& result) {
    result.readouts.resize(split_.parts.size());
    for (const std::size_t output : outputs_) {
        result.readouts[output].resize(batch.examples.size() *
                                       bound_.plan.populations[output].size);
    }
    const std::size_t examples = batch.examples.size();
    result.losses.assign(examples, 0.0);
    result.output_losses.assign(split_.parts.size(), {});
    for (const std::size_t output : outputs_) {
        const bool has_loss = losses_[output] && !batch.targets[output].empty();
        if (has_loss) result.output_losses[output].resize(examples);
        const PopulationPlan& population = bound_.plan.populations[output];
        chunk_.step_outputs[output].resize(batch.targets[output].of_steps
                                               ? chunk_.slots.size() * bound_.plan.num_steps *
                                                     population.size
                                               : 0);
    }
    result.recordings.resize(batch.records.empty() ? 0 : batch.examples.size());
    chunk_.records.clear();
    if (batch.records.empty()) return;
    for (const std::size_t original : split_.original)
        chunk_.records.push_back(batch.records[original]);
}

std::unique_ptr<Program> load_cpu_program(const Plan& plan, const Losses& losses,
                                          const BackendOptions& options) {
    return std::make_unique<CpuProgram>(plan, losses, options);
}

}  // namespace saltus
