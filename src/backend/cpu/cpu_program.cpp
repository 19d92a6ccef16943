#include "backend/cpu/cpu_program.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <saltus/common/errors.hpp>

#include "backend/cpu/flush_denormals.hpp"
#include "backend/cpu/gradients.hpp"

namespace saltus {
namespace {

// Adjoints of a chunk of examples stay in the second cache level until the gradient is summed.
constexpr std::size_t kChunkBytes = 1024 * 1024;
constexpr std::size_t kMinChunk = 4;

class CpuProgram : public Program {
  public:
    CpuProgram(const Plan& plan, const Losses& losses, const BackendOptions& options)
        : bound_(bind_plan(plan, {options.built_in_kernels, options.compiled_kernels})),
          losses_(losses),
          threads_(options.threads > 0 ? options.threads : tbb::info::default_concurrency()),
          arena_(threads_),
          gradient_pass_(bound_, static_cast<std::size_t>(threads_)) {
        size_chunk(bound_, chunk_size(), chunk_);
    }

    void infer(const Batch& batch, BatchResult& result) override {
        begin(batch, result);
        for_each_chunk(batch, [&](std::size_t first, std::size_t count) {
            run_examples(batch, first, count, false);
            collect(first, count, result);
        });
    }

    void learn(const Batch& batch, const AdamStep* step, BatchResult& result) override {
        begin(batch, result);
        for_each_chunk(batch, [&](std::size_t first, std::size_t count) {
            run_examples(batch, first, count, true);
            collect(first, count, result);
            const bool last = first + count == batch.examples.size();
            update(count, first == 0, last && has_finite_losses(result) ? step : nullptr);
        });
    }

    Recording record(const Batch& batch) override {
        Recording recording;
        recording.states.resize(bound_.populations.size());
        for (std::size_t index = 0; index < bound_.populations.size(); ++index) {
            const PopulationPlan& population = bound_.plan.populations[index];
            recording.states[index].assign(
                population.kernel.num_states(),
                std::vector<double>(bound_.plan.num_steps * population.size));
        }
        Worker worker;
        size_worker(bound_, worker);
        const FlushDenormals guard;
        ExampleRun run(bound_, losses_, worker, chunk_, 0, &recording);
        run.forward(batch, batch.examples[0], false);
        recording.spikes = chunk_.slots[0].spikes;
        return recording;
    }

    std::vector<double> weights(std::size_t connection) const override {
        const BoundConnection& bound = bound_.connections[connection];
        return bound.unpack(bound.weight);
    }

    void set_weights(std::size_t connection, const std::vector<double>& values) override {
        BoundConnection& bound = bound_.connections[connection];
        bound.pack(values, bound.weight);
    }

    std::vector<double> gradient(std::size_t connection) const override {
        const BoundConnection& bound = bound_.connections[connection];
        return bound.unpack(bound.gradient);
    }

    int threads() const override { return threads_; }

    std::string describe() const override {
        std::string text;
        for (std::size_t index = 0; index < bound_.populations.size(); ++index) {
            const NeuronFunctions& functions = bound_.populations[index].functions;
            if (functions.advance == nullptr) continue;
            text += fmt::format("  {}: kernel {}, blocks of {} steps\n",
                                bound_.plan.populations[index].name, functions.origin,
                                bound_.populations[index].block_steps);
        }
        return text;
    }

  private:
    // The same for any number of threads, so that sums have the same order.
    std::size_t chunk_size() const {
        const Plan& plan = bound_.plan;
        if (plan.mode == PlanMode::kInference) return std::min<std::size_t>(plan.batch_size, 64);
        std::size_t bytes = 1;
        for (std::size_t index = 0; index < plan.populations.size(); ++index) {
            if (!bound_.populations[index].retreats) continue;
            bytes += plan.populations[index].groups.size() * plan.num_steps *
                     bound_.populations[index].padded * sizeof(float);
        }
        return std::min(plan.batch_size, std::max(kMinChunk, kChunkBytes / bytes));
    }

    void begin(const Batch& batch, BatchResult& result) const {
        result.readouts.resize(bound_.populations.size());
        for (const std::size_t output : bound_.plan.outputs()) {
            result.readouts[output].resize(batch.examples.size() *
                                           bound_.plan.populations[output].size);
        }
        result.losses.assign(batch.examples.size(), 0.0);
    }

    template <class Body>
    void for_each_chunk(const Batch& batch, const Body& body) {
        const std::size_t size = chunk_.slots.size();
        for (std::size_t first = 0; first < batch.examples.size(); first += size) {
            body(first, std::min(size, batch.examples.size() - first));
        }
    }

    Worker& local_worker() {
        Worker& worker = workers_.local();
        if (worker.populations.empty()) size_worker(bound_, worker);
        return worker;
    }

    void parallel_for(std::size_t count, std::size_t grain,
                      const std::function<void(std::size_t, std::size_t, Worker&)>& body) {
        if (threads_ == 1) {
            const FlushDenormals guard;
            body(0, count, local_worker());
            return;
        }
        arena_.execute([&] {
            tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, grain),
                              [&](const tbb::blocked_range<std::size_t>& range) {
                                  const FlushDenormals guard;
                                  body(range.begin(), range.end(), local_worker());
                              });
        });
    }

    void run_examples(const Batch& batch, std::size_t first, std::size_t count, bool backward) {
        const std::size_t batch_count = batch.examples.size();
        parallel_for(count, 1, [&](std::size_t begin, std::size_t end, Worker& worker) {
            for (std::size_t slot = begin; slot < end; ++slot) {
                // Shuffled examples lie anywhere in memory: fetch the next while this one runs.
                if (slot + 1 < end) prefetch(batch, batch.examples[first + slot + 1]);
                ExampleRun run(bound_, losses_, worker, chunk_, slot);
                run.forward(batch, batch.examples[first + slot], backward);
                if (backward) run.backward(batch_count);
            }
        });
    }

    static void prefetch(const Batch& batch, std::uint32_t example) {
        for (const InputView& input : batch.inputs) {
            if (input.spikes != nullptr) input.spikes->prefetch(example);
        }
    }

    void update(std::size_t count, bool first_chunk, const AdamStep* step) {
        const ParallelFor run = [this](std::size_t total, std::size_t grain, const auto& body) {
            parallel_for(total, grain, body);
        };
        const FlushDenormals guard;
        for (std::size_t index = 0; index < bound_.connections.size(); ++index) {
            if (!bound_.plan.connections[index].trainable) continue;
            gradient_pass_.run(index, bound_.connections[index], chunk_, count, first_chunk, step,
                               run);
        }
    }

    void collect(std::size_t first, std::size_t count, BatchResult& result) const {
        for (std::size_t slot = 0; slot < count; ++slot) {
            const ExampleSlot& example = chunk_.slots[slot];
            for (const std::size_t output : bound_.plan.outputs()) {
                const std::vector<double>& readout = example.readouts[output];
                std::copy(readout.begin(), readout.end(),
                          result.readouts[output].begin() +
                              static_cast<std::ptrdiff_t>((first + slot) * readout.size()));
            }
            result.losses[first + slot] = example.loss;
        }
    }

    BoundPlan bound_;
    Losses losses_;
    int threads_;
    tbb::task_arena arena_;
    tbb::enumerable_thread_specific<Worker> workers_;
    Chunk chunk_;
    GradientPass gradient_pass_;
};

}  // namespace

std::unique_ptr<Program> load_cpu_program(const Plan& plan, const Losses& losses,
                                          const BackendOptions& options) {
    return std::make_unique<CpuProgram>(plan, losses, options);
}

}  // namespace saltus
