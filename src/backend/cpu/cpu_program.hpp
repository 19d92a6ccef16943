#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "backend/cpu/flush_denormals.hpp"
#include "backend/cpu/gradients.hpp"
#include "backend/cpu/norm_bounds.hpp"
#include "backend/cpu/profiler.hpp"
#include "backend/cpu/rewiring_pass.hpp"
#include "backend/cpu/split_columns.hpp"
#include "backend/delay_training.hpp"
#include "backend/parameter_training.hpp"
#include "backend/program.hpp"
#include "common/thread_team.hpp"

namespace saltus {

/// A plan bound to the fast CPU backend: float32, time fused over blocks of steps, examples and
/// weight rows over threads, results independent of their number. cpu_program.cpp has what a batch
/// goes through, cpu_batch.cpp the passes of its examples, cpu_weights.cpp all that is learned.
class CpuProgram : public Program {
  public:
    CpuProgram(const Plan& plan, const Losses& losses, const BackendOptions& options);

    void infer(const Batch& batch, BatchResult& result) override;
    void learn(const Batch& batch, const UpdateStep* step, BatchResult& result) override;
    std::vector<double> weights(std::size_t connection) const override;
    void set_weights(std::size_t connection, const std::vector<double>& values) override;
    std::vector<double> gradient(std::size_t connection) const override;
    std::shared_ptr<const SynapseTable> synapses(std::size_t connection) const override;
    void set_synapses(std::size_t connection, std::shared_ptr<const SynapseTable> table) override;
    // Moments are those of the user's weights, whatever the scale.
    Moments moments(std::size_t connection) const override;
    void set_moments(std::size_t connection, const Moments& moments) override;
    std::vector<double> delay_gradient(std::size_t connection) const override;
    ParameterState parameter(std::size_t population, std::size_t index) const override;
    void set_parameter(std::size_t population, std::size_t index,
                       const ParameterState& state) override;
    ParameterState delays(std::size_t connection) const override;
    void set_delays(std::size_t connection, const ParameterState& state) override;
    std::vector<double> carried_state(std::size_t population, std::size_t state) const override;
    void forget() override {
        for (Carried& carried : chunk_.carried)
            carried.exists = false;
    }
    Profile profile() const override { return profiler_.profile(plan_, workers_); }
    void reset_profile() override { profiler_.reset(workers_); }
    int threads() const override { return team_.num_threads(); }
    std::string describe() const override;

  private:
    // cpu_weights.cpp

    /// A connection, or its first part, with the synapses that it has now.
    const ConnectionPlan& current(std::size_t connection) const {
        return bound_.plan.connections[split_.blocks[connection].front().connection];
    }
    std::size_t num_columns(std::size_t connection) const;
    template <class Pack>
    void pack(std::size_t connection, const std::vector<double>& values, const Pack& pack_block);
    template <class Unpack>
    std::vector<double> unpack(std::size_t connection, const Unpack& unpack_block) const;
    void bound_norms() { norm_bounds_.apply(evenly_); }
    /// Calls visit(connection, learned delays, row) for all rows of connections with such.
    template <class Visit>
    void for_each_delay_row(const Visit& visit);
    void find_delay_gradients(BatchResult& result);
    void update_delays(const Batch& batch);
    /// Lets the kernels know what the delays of a row have become.
    void take_delays(std::size_t index, LearnedDelays& learned, std::size_t row);
    void update_parameters(const Batch& batch);
    /// Lets the kernels of a population's parts know what its parameters have become.
    void bind_parameters(std::size_t population);
    /// Adds up what the examples of a chunk say about trained parameters.
    void sum_parameters(std::size_t count);

    // cpu_batch.cpp

    /// Makes room for what the examples of a chunk record.
    void begin_recordings(const Batch& batch, std::size_t first, std::size_t count);

    /// Each example from beginning to end; how long one takes is not known.
    void run_examples(const Batch& batch, std::size_t first, std::size_t count, bool backward);
    void add_delay_gradients(ExampleRun& run);

    /// Whether the backward passes of a batch that is one chunk wait for what is counted in it.
    bool counts_within(const Batch& batch) const {
        return counts_spikes_ && batch.examples.size() <= chunk_.slots.size();
    }
    /// All examples of a batch forward, then all back: what they do is known in between.
    void run_together(const Batch& batch, std::size_t first, std::size_t count);
    /// Examples add to the same sums, in their order.
    void add_all_delay_gradients(std::size_t count);
    /// Each level over all examples: every thread gets the same parts of populations each time.
    void run_levels(const Batch& batch, std::size_t first, std::size_t count);
    template <class Body>
    void run_level(const Level& level, std::size_t count, double feedback_scale, const Body& body);

    /// Shuffled examples lie anywhere in memory: fetches the next while one runs.
    static void prefetch(const Batch& batch, std::size_t position) {
        for (const InputView& input : batch.inputs) {
            if (input.spikes != nullptr) input.spikes->prefetch(batch.examples[position]);
        }
    }
    void collect(std::size_t first, std::size_t count, BatchResult& result);
    /// Before the first chunk of a batch.
    void begin_watch(BatchResult& result);
    /// Notes what the examples of a chunk did that whoever trains wants to know.
    void watch(std::size_t count, BatchResult& result);
    /// Numbers of spikes of a whole batch, from a forward pass of its own.
    void count_in_advance(const Batch& batch);
    void add_spikes(std::size_t count);

    // cpu_program.cpp

    /// The same for any number of threads, so that sums have the same order.
    std::size_t chunk_size() const;
    void begin(const Batch& batch, BatchResult& result);

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

/// @see CpuProgram.
std::unique_ptr<Program> load_cpu_program(const Plan& plan, const Losses& losses,
                                          const BackendOptions& options);

}  // namespace saltus
