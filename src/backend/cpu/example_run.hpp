#pragma once

#include "backend/cpu/bound_plan.hpp"
#include "backend/program.hpp"

namespace saltus {

/// What the examples of a chunk share: their slots and the adjoint at the arrivals of their spikes.
struct Chunk {
    std::vector<ExampleSlot> slots;
    /// By population, group: [slots][steps][padded].
    std::vector<std::vector<Floats>> arrivals;
};

/// Runs the passes of a plan for one example, on one worker's scratch.
class ExampleRun {
  public:
    /// @param recording set to record every step (blocks are then single steps).
    ExampleRun(const BoundPlan& bound, const Losses& losses, Worker& worker, Chunk& chunk,
               std::size_t slot, Recording* recording = nullptr);

    /// Input spikes, every population's steps, readouts and losses.
    /// @param keeps_tape whether backward() will follow.
    void forward(const Batch& batch, std::uint32_t example, bool keeps_tape);
    /// Adjoints; scales the loss's derivative by 1 / `batch_count`.
    void backward(std::size_t batch_count);

  private:
    void begin_population(std::size_t population);
    void run_stage(const Stage& stage, const Batch& batch, std::uint32_t example);
    void propagate(std::size_t connection, std::size_t first, std::size_t count, bool accumulate);
    void propagate_block(const Stage& stage, std::size_t first, std::size_t count);
    void advance(std::size_t population, std::size_t first, std::size_t count);
    void record_states(std::size_t population, std::size_t step);
    void fold_readout(std::size_t population);
    void read_out(std::size_t population);
    void compute_loss(std::size_t population, const Batch& batch, std::uint32_t example);

    void begin_adjoint(std::size_t population, std::size_t batch_count);
    void retreat_stage(const Stage& stage);
    void fold_feedback(std::size_t connection);
    void feedback(std::size_t connection, std::size_t first, std::size_t count);
    void retreat(std::size_t population, std::size_t first, std::size_t count);

    std::size_t block_steps(const Stage& stage) const;
    PopulationScratch& scratch(std::size_t population) { return worker_.populations[population]; }
    ExampleSlot& slot() { return chunk_.slots[slot_index_]; }
    float* input_row(std::size_t population, std::size_t group, std::size_t step);

    const BoundPlan& bound_;
    const Plan& plan_;
    const Losses& losses_;
    Worker& worker_;
    Chunk& chunk_;
    std::size_t slot_index_;
    Recording* recording_;
    /// First step of the block that is being run: row 0 of the block's buffers.
    std::size_t block_begin_ = 0;
    bool keeps_tape_ = false;
};

/// Gives a worker's scratch the sizes that a plan needs.
void size_worker(const BoundPlan& bound, Worker& worker);

/// Gives a chunk `num_slots` slots and, for training, their arrival tables.
void size_chunk(const BoundPlan& bound, std::size_t num_slots, Chunk& chunk);

}  // namespace saltus
