#include "backend/cpu/cpu_program.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "backend/cpu/flush_denormals.hpp"
#include "backend/cpu/gradients.hpp"
#include "backend/cpu/norm_bounds.hpp"
#include "backend/cpu/profiler.hpp"
#include "backend/cpu/rewiring_pass.hpp"
#include "backend/cpu/split_columns.hpp"
#include "backend/delay_training.hpp"
#include "backend/initial_weights.hpp"
#include "backend/parameter_training.hpp"
#include "common/thread_team.hpp"
#include "plan/replace_synapses.hpp"

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

class CpuProgram : public Program {
  public:
    CpuProgram(const Plan& plan, const Losses& losses, const BackendOptions& options)
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
        size_chunk(bound_, chunk_size(), split_.by_level || counts_spikes_ || learns_delays_,
                   chunk_);
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

    void infer(const Batch& batch, BatchResult& result) override {
        begin(batch, result);
        in_team([&] {
            for_each_chunk(batch, [&](std::size_t first, std::size_t count) {
                begin_recordings(batch, first, count);
                run_examples(batch, first, count, false);
                collect(first, count, result);
            });
        });
    }

    void learn(const Batch& batch, const UpdateStep* step, BatchResult& result) override {
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

    std::vector<double> weights(std::size_t connection) const override {
        return unpack(connection, [](const BoundConnection& bound, double* to, std::size_t width) {
            bound.unpack(bound.weight, 1.0 / bound.scale, to, width);
        });
    }

    void set_weights(std::size_t connection, const std::vector<double>& values) override {
        pack(connection, values, [](BoundConnection& bound, const double* from, std::size_t width) {
            bound.pack(from, bound.scale, width, bound.weight);
        });
    }

    std::vector<double> gradient(std::size_t connection) const override {
        return unpack(connection, [](const BoundConnection& bound, double* to, std::size_t width) {
            bound.unpack(bound.gradient, bound.scale, to, width);
        });
    }

    std::shared_ptr<const SynapseTable> synapses(std::size_t connection) const override {
        const ConnectionPlan& now = current(connection);
        return why_synapses_stay(now).empty() ? now.table : nullptr;
    }

    void set_synapses(std::size_t connection, std::shared_ptr<const SynapseTable> table) override {
        // A plan with sparse matrices is never cut.
        bind_synapses(std::move(table), split_.blocks[connection].front().connection, bound_);
        norm_bounds_.regroup(connection);
    }

    // Moments are those of the user's weights, whatever the scale.
    Moments moments(std::size_t connection) const override {
        const auto copy_m = [](const BoundConnection& bound, double* to, std::size_t width) {
            bound.unpack(bound.m, 1.0, to, width);
        };
        const auto copy_v = [](const BoundConnection& bound, double* to, std::size_t width) {
            bound.unpack(bound.v, 1.0, to, width);
        };
        return {unpack(connection, copy_m), unpack(connection, copy_v)};
    }

    void set_moments(std::size_t connection, const Moments& moments) override {
        pack(connection, moments.m,
             [](BoundConnection& bound, const double* from, std::size_t width) {
                 bound.pack(from, 1.0, width, bound.m);
             });
        pack(connection, moments.v,
             [](BoundConnection& bound, const double* from, std::size_t width) {
                 bound.pack(from, 1.0, width, bound.v);
             });
    }

    std::vector<double> delay_gradient(std::size_t connection) const override {
        if (bound_.connections[connection].learned) return delays_.state(connection).gradient;
        const double dt = bound_.plan.dt;
        if (bound_.plan.connections[connection].has_uniform_delay())
            return {dt * bound_.connections[connection].delay_gradient.at(0)};
        return unpack(connection,
                      [dt](const BoundConnection& bound, double* to, std::size_t width) {
                          bound.unpack(bound.delay_gradient, dt, to, width);
                      });
    }

    ParameterState parameter(std::size_t population, std::size_t index) const override {
        return parameters_.state(population, index);
    }

    void set_parameter(std::size_t population, std::size_t index,
                       const ParameterState& state) override {
        parameters_.set_state(population, index, state);
        bind_parameters(population);
    }

    ParameterState delays(std::size_t connection) const override {
        return delays_.state(connection);
    }

    void set_delays(std::size_t connection, const ParameterState& state) override {
        delays_.set_state(connection, state);
        LearnedDelays& learned = *bound_.connections[connection].learned;
        for (std::size_t row = 0; row < learned.num_rows(); ++row)
            take_delays(connection, learned, row);
    }

    std::vector<double> carried_state(std::size_t population, std::size_t state) const override {
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

    void forget() override {
        for (Carried& carried : chunk_.carried)
            carried.exists = false;
    }

    Profile profile() const override { return profiler_.profile(plan_, workers_); }
    void reset_profile() override { profiler_.reset(workers_); }

    int threads() const override { return team_.num_threads(); }

    std::string describe() const override {
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

  private:
    /// A connection, or its first part, with the synapses that it has now.
    const ConnectionPlan& current(std::size_t connection) const {
        return bound_.plan.connections[split_.blocks[connection].front().connection];
    }

    // The same for any number of threads, so that sums have the same order.
    std::size_t chunk_size() const {
        const Plan& plan = bound_.plan;
        if (plan.mode == PlanMode::kInference) return std::min<std::size_t>(plan.batch_size, 64);
        // A slot with trails of its own has as many tables in these.
        const bool has_trails = counts_spikes_ || learns_delays_;
        std::size_t bytes = 1;
        for (std::size_t index = 0; index < plan.populations.size(); ++index) {
            const BoundPopulation& population = bound_.populations[index];
            if (!population.retreats) continue;
            if (population.keeps_arrivals || (has_trails && population.needs_shift)) {
                bytes += plan.populations[index].groups.size() * plan.num_steps *
                         population.padded * sizeof(float);
            }
            for (const std::size_t connection : population.summed)
                bytes += bound_.connections[connection].weight.size() * sizeof(float);
        }
        const std::size_t most = counts_spikes_ ? kCountedChunkBytes : kChunkBytes;
        return std::min(plan.batch_size, std::max(kMinChunk, most / bytes));
    }

    std::size_t num_columns(std::size_t connection) const {
        const Block& last = split_.blocks[connection].back();
        return last.first_column + bound_.connections[last.connection].columns;
    }

    template <class Pack>
    void pack(std::size_t connection, const std::vector<double>& values, const Pack& pack_block) {
        const std::size_t width = num_columns(connection);
        for (const Block& block : split_.blocks[connection]) {
            pack_block(bound_.connections[block.connection],
                       values.data() + block.first_row * width + block.first_column, width);
        }
    }

    template <class Unpack>
    std::vector<double> unpack(std::size_t connection, const Unpack& unpack_block) const {
        const Block& last = split_.blocks[connection].back();
        const std::size_t width = num_columns(connection);
        const std::size_t rows = last.first_row + bound_.connections[last.connection].rows;
        std::vector<double> unpacked(rows * width);
        for (const Block& block : split_.blocks[connection]) {
            unpack_block(bound_.connections[block.connection],
                         unpacked.data() + block.first_row * width + block.first_column, width);
        }
        return unpacked;
    }

    void bound_norms() { norm_bounds_.apply(evenly_); }

    /// Calls visit(connection, learned delays, row) for all rows of connections with such.
    template <class Visit>
    void for_each_delay_row(const Visit& visit) {
        for (const std::size_t index : delays_.connections()) {
            LearnedDelays& learned = *bound_.connections[index].learned;
            evenly_(learned.num_rows(), [&](std::size_t begin, std::size_t end, Worker&) {
                for (std::size_t row = begin; row < end; ++row)
                    visit(index, learned, row);
            });
        }
    }

    void find_delay_gradients(BatchResult& result) {
        if (!learns_delays_) return;
        const double dt = plan_.dt;
        for_each_delay_row([&](std::size_t index, const LearnedDelays& learned, std::size_t row) {
            double* const gradient = delays_.gradient(index).data() + learned.first_weight(row);
            const float* const sums = learned.gradient.data() + learned.first_place(row);
            for (std::size_t k = 0; k < learned.row_size(row); ++k)
                gradient[k] = dt * static_cast<double>(sums[k]);
        });
        delays_.watch(result);
    }

    void update_delays(const Batch& batch) {
        if (!batch.delay_step) return;
        for_each_delay_row([&](std::size_t index, LearnedDelays& learned, std::size_t row) {
            const std::size_t first = learned.first_weight(row);
            delays_.update(*batch.delay_step, index, first, learned.row_size(row));
            take_delays(index, learned, row);
        });
    }

    /// Lets the kernels know what the delays of a row have become.
    void take_delays(std::size_t index, LearnedDelays& learned, std::size_t row) {
        learned.take(row, std::span<const double>(delays_.state(index).values)
                              .subspan(learned.first_weight(row), learned.row_size(row)));
    }

    void update_parameters(const Batch& batch) {
        if (batch.parameter_steps.empty()) return;
        parameters_.update(batch.parameter_steps);
        for (const std::size_t population : parameters_.populations())
            bind_parameters(population);
    }

    /// Lets the kernels of a population's parts know what its parameters have become.
    void bind_parameters(std::size_t population) {
        for (const Part& part : split_.parts[population]) {
            PopulationPlan& plan = bound_.plan.populations[part.population];
            const std::vector<Coefficient>& now = parameters_.coefficients(population);
            for (std::size_t k = 0; k < now.size(); ++k) {
                if (now[k].moves) plan.coefficients[k] = slice(now[k], part.first, plan.size);
            }
            bind_coefficients(plan, bound_.populations[part.population]);
        }
    }

    /// Adds up what the examples of a chunk say about trained parameters.
    void sum_parameters(std::size_t count) {
        for (const std::size_t population : parameters_.populations()) {
            for (const Part& part : split_.parts[population]) {
                const std::size_t padded = bound_.populations[part.population].padded;
                const std::size_t size = bound_.plan.populations[part.population].size;
                for (std::size_t slot = 0; slot < count; ++slot) {
                    const Floats& rows = chunk_.slots[slot].parameters[part.population];
                    for (std::size_t k = 0; k * padded < rows.size(); ++k) {
                        parameters_.add(population, k, part.first,
                                        std::span<const float>(rows.data() + k * padded, size));
                    }
                }
            }
        }
    }

    void begin(const Batch& batch, BatchResult& result) {
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

    /// Makes room for what the examples of a chunk record.
    void begin_recordings(const Batch& batch, std::size_t first, std::size_t count) {
        for (std::size_t position = 0; position < count; ++position) {
            ExampleSlot& slot = chunk_.slots[position];
            slot.is_recorded = batch.records_example(first + position);
            if (!slot.is_recorded) continue;
            const std::size_t populations = bound_.plan.populations.size();
            slot.states.resize(populations);
            for (std::size_t index = 0; index < populations; ++index) {
                const std::vector<bool>& wanted = chunk_.records[index].states;
                const std::size_t values =
                    bound_.plan.num_steps * bound_.plan.populations[index].size;
                slot.states[index].resize(wanted.size());
                for (std::size_t state = 0; state < wanted.size(); ++state) {
                    slot.states[index][state].resize(wanted[state] ? values : 0);
                }
            }
        }
    }

    template <class Body>
    void for_each_chunk(const Batch& batch, const Body& body) {
        const std::size_t size = chunk_.slots.size();
        for (std::size_t first = 0; first < batch.examples.size(); first += size) {
            chunk_.first = first;
            body(first, std::min(size, batch.examples.size() - first));
        }
    }

    Worker& worker_of(std::size_t thread) {
        Worker& worker = workers_[thread];
        if (worker.populations.empty()) {
            size_worker(bound_, worker);
            size_trails(bound_, worker.trails);
            worker.accounts = profiler_.make_accounts();
        }
        return worker;
    }

    template <class Work>
    void in_team(const Work& work) {
        const FlushDenormals guard;
        profiler_.time_batch([&] { team_.enter(work); });
    }

    template <class Body>
    void parallel_for(std::size_t count, Balance balance, const Body& body) {
        team_.loop(count, 1, balance, [&](std::size_t begin, std::size_t end, std::size_t thread) {
            const FlushDenormals guard;
            body(begin, end, worker_of(thread));
        });
    }

    /// Each example from beginning to end; how long one takes is not known.
    void run_examples(const Batch& batch, std::size_t first, std::size_t count, bool backward) {
        const auto run_some = [&](std::size_t begin, std::size_t end, Worker& worker) {
            for (std::size_t slot = begin; slot < end; ++slot) {
                if (slot + 1 < end) prefetch(batch, first + slot + 1);
                std::vector<Trail>& trails =
                    backward && learns_delays_ ? chunk_.slots[slot].trails : worker.trails;
                ExampleRun run(bound_, losses_, worker, trails, chunk_, slot);
                run.set_feedback_scale(batch.feedback_scale);
                run.set_pulls(pulls_.all());
                run.forward(batch, batch.examples[first + slot], backward);
                if (backward) run.backward(batch, batch.examples[first + slot]);
                if (backward && bound_.plan.wants_delay_gradients) add_delay_gradients(run);
            }
        };
        if (bound_.plan.wants_delay_gradients) {
            // Examples add to the same sums, in their order.
            run_some(0, count, worker_of(0));
        } else {
            parallel_for(count, Balance::kOnDemand, run_some);
        }
    }

    void add_delay_gradients(ExampleRun& run) {
        for (std::size_t index = 0; index < bound_.connections.size(); ++index)
            if (!bound_.connections[index].learned)
                run.add_delay_gradient(index, bound_.connections[index].delay_gradient);
    }

    /// Whether the backward passes of a batch that is one chunk wait for what is counted in it.
    bool counts_within(const Batch& batch) const {
        return counts_spikes_ && batch.examples.size() <= chunk_.slots.size();
    }

    /// All examples of a batch forward, then all back: what they do is known in between.
    void run_together(const Batch& batch, std::size_t first, std::size_t count) {
        const auto run_each = [&](const auto& pass) {
            parallel_for(count, Balance::kOnDemand,
                         [&](std::size_t begin, std::size_t end, Worker& worker) {
                             for (std::size_t slot = begin; slot < end; ++slot) {
                                 ExampleRun run(bound_, losses_, worker, chunk_.slots[slot].trails,
                                                chunk_, slot);
                                 run.set_pulls(pulls_.all());
                                 pass(run, slot);
                             }
                         });
        };
        run_each([&](ExampleRun& run, std::size_t slot) {
            run.forward(batch, batch.examples[first + slot], true);
        });
        add_spikes(count);
        pulls_.finish();
        run_each([&](ExampleRun& run, std::size_t slot) {
            run.backward(batch, batch.examples[first + slot]);
        });
        if (bound_.plan.wants_delay_gradients) add_all_delay_gradients(count);
    }

    /// Examples add to the same sums, in their order.
    void add_all_delay_gradients(std::size_t count) {
        for (std::size_t slot = 0; slot < count; ++slot) {
            ExampleRun run(bound_, losses_, worker_of(0), chunk_.slots[slot].trails, chunk_, slot);
            add_delay_gradients(run);
        }
    }

    /// Each level over all examples: every thread gets the same parts of populations each time.
    void run_levels(const Batch& batch, std::size_t first, std::size_t count) {
        for (const Level& level : forward_) {
            const bool is_first = &level == &forward_.front();
            run_level(level, count, 1.0,
                      [&](const Strand& strand, std::size_t slot, ExampleRun& run) {
                          if (is_first && slot + 1 < count) prefetch(batch, first + slot + 1);
                          for (const Stage* stage : strand)
                              run.advance_stage(*stage, batch, batch.examples[first + slot], true);
                      });
        }
        if (counts_within(batch)) {
            add_spikes(count);
            pulls_.finish();
        }
        for (const Level& level : backward_) {
            run_level(level, count, batch.feedback_scale,
                      [](const Strand& strand, std::size_t, ExampleRun& run) {
                          for (const Stage* stage : strand)
                              run.retreat_stage(*stage);
                      });
        }
    }

    template <class Body>
    void run_level(const Level& level, std::size_t count, double feedback_scale, const Body& body) {
        parallel_for(level.size() * count, Balance::kEven,
                     [&](std::size_t begin, std::size_t end, Worker& worker) {
                         for (std::size_t task = begin; task < end; ++task) {
                             const std::size_t slot = task % count;
                             ExampleRun run(bound_, losses_, worker, chunk_.slots[slot].trails,
                                            chunk_, slot);
                             run.set_feedback_scale(feedback_scale);
                             run.set_pulls(pulls_.all());
                             body(level[task / count], slot, run);
                         }
                     });
    }

    /// Shuffled examples lie anywhere in memory: fetches the next while one runs.
    static void prefetch(const Batch& batch, std::size_t position) {
        for (const InputView& input : batch.inputs) {
            if (input.spikes != nullptr) input.spikes->prefetch(batch.examples[position]);
        }
    }

    void collect(std::size_t first, std::size_t count, BatchResult& result) {
        for (std::size_t position = 0; position < count; ++position) {
            const ExampleSlot& slot = chunk_.slots[position];
            if (!slot.is_recorded) continue;
            join(split_, chunk_.records, slot, result.recordings[first + position]);
        }
        for (const std::size_t output : outputs_) {
            const std::size_t size = bound_.plan.populations[output].size;
            std::copy_n(
                chunk_.readouts[output].begin(), count * size,
                result.readouts[output].begin() + static_cast<std::ptrdiff_t>(first * size));
        }
        for (const std::size_t output : outputs_) {
            if (result.output_losses[output].empty()) continue;
            for (std::size_t position = 0; position < count; ++position) {
                const double loss = chunk_.losses[output][position];
                result.output_losses[output][first + position] = loss;
                result.losses[first + position] += loss;
            }
        }
    }

    /// Before the first chunk of a batch.
    void begin_watch(BatchResult& result) {
        result.exploded.clear();
        result.exploded_parameters.clear();
        result.rewirings.clear();
        result.has_spiked.assign(split_.parts.size(), false);
        for (ExampleSlot& slot : chunk_.slots) {
            slot.exploded.assign(bound_.populations.size(), 0);
            slot.has_spiked.assign(bound_.populations.size(), 0);
        }
    }

    /// Notes what the examples of a chunk did that whoever trains wants to know.
    void watch(std::size_t count, BatchResult& result) {
        std::vector<std::uint32_t> exploded(bound_.populations.size(), 0);
        for (std::size_t position = 0; position < count; ++position) {
            const ExampleSlot& slot = chunk_.slots[position];
            for (std::size_t index = 0; index < exploded.size(); ++index) {
                exploded[index] |= slot.exploded[index];
                if (slot.has_spiked[index] != 0) result.has_spiked[split_.original[index]] = true;
            }
        }
        for (const std::size_t output : outputs_) {
            const double* slopes = chunk_.slopes[output].data();
            const std::size_t slots = count * bound_.plan.populations[output].size;
            // A folded readout has no adjoints in which they would be found.
            if (!are_within(kGreatestAdjoint<float>, std::span(slopes, slots)))
                exploded[output] = ~std::uint32_t{0};
        }
        for (std::size_t original = 0; original < split_.blocks.size(); ++original) {
            if (!plan_.connections[original].trainable) continue;
            for (const Block& block : split_.blocks[original]) {
                const ConnectionPlan& connection = bound_.plan.connections[block.connection];
                if ((exploded[connection.target] >> connection.group & 1) != 0)
                    result.add_exploded(original);
            }
        }
    }

    /// Numbers of spikes of a whole batch, from a forward pass of its own.
    void count_in_advance(const Batch& batch) {
        for (ExampleSlot& slot : chunk_.slots)
            slot.is_recorded = false;
        for_each_chunk(batch, [&](std::size_t first, std::size_t count) {
            run_examples(batch, first, count, false);
            add_spikes(count);
        });
        pulls_.finish();
    }

    void add_spikes(std::size_t count) {
        for (std::size_t k = 0; k < count; ++k) {
            pulls_.add([&](std::size_t population) -> std::span<const std::uint32_t> {
                return chunk_.slots[k].spikes[population].neurons;
            });
        }
    }

    /// As it was before its populations were cut.
    Plan plan_;
    ThreadTeam team_;
    SplitPlan split_;
    BoundPlan bound_;
    ParameterTraining parameters_;
    DelayTraining delays_;
    bool learns_delays_;
    BatchPulls pulls_;
    /// Whether the backward passes of a batch wait for the spikes of all its examples.
    bool counts_spikes_;
    std::vector<Level> forward_;
    std::vector<Level> backward_;
    std::vector<std::size_t> outputs_ = bound_.plan.outputs();
    Losses losses_;
    /// By thread.
    std::vector<Worker> workers_;
    Chunk chunk_;
    Profiler profiler_;
    NormBounds norm_bounds_;
    RewiringPass rewiring_;
    GradientPass gradient_pass_;
    /// Runs a body over equal parts.
    const ParallelFor evenly_ = [this](std::size_t total, const auto& body) {
        parallel_for(total, Balance::kEven, body);
    };
};

}  // namespace

std::unique_ptr<Program> load_cpu_program(const Plan& plan, const Losses& losses,
                                          const BackendOptions& options) {
    return std::make_unique<CpuProgram>(plan, losses, options);
}

}  // namespace saltus
