#pragma once

#include <span>
#include <utility>

#include "backend/cpu/bound_plan.hpp"
#include "backend/program.hpp"
#include "backend/regularisation.hpp"

namespace saltus {

/// What the examples of a chunk leave for each other's end. Rows of neighbouring slots lie side by
/// side, so that what travels between cores does so in few lines of the cache.
struct Chunk {
    std::vector<ExampleSlot> slots;
    /// Adjoints at the arrivals of spikes, of populations that keep them. By population, group:
    /// [slots][steps][padded], followed by minus these where spikes with a sign arrive.
    std::vector<std::vector<Floats>> arrivals;
    /// Gradients that backward passes sum. By connection: [slots][weights].
    std::vector<Floats> slot_gradients;
    /// Spikes weighted in time for folded readouts. By population: [slots][folds][padded].
    std::vector<Floats> fold_sums;
    /// What folded connections add to readouts. By connection: [slots][sum blocks][target neurons].
    std::vector<std::vector<double>> fold_products;
    /// By population: [slots][neurons].
    std::vector<std::vector<double>> readouts;
    /// Derivatives of the batch's mean loss by the readouts, likewise.
    std::vector<std::vector<double>> slopes;
    /// Where every step has targets: the output variable in each, then the derivatives by it. By
    /// population: [slots][steps][neurons], or nothing.
    std::vector<std::vector<double>> step_outputs;
    std::vector<std::vector<double>> losses;  ///< by population: [slots]
    /// By population: what is recorded of slots that are.
    std::vector<RecordedPopulation> records;
    /// By place in the batch, when the plan carries anything; slot 0 is at place `first`.
    std::vector<Carried> carried;
    std::size_t first = 0;
};

/// Neurons of the largest population whose spikes are recorded as bits.
inline constexpr std::size_t kMostBits = 2048;

/// Whether spikes deliver their weight or minus that.
enum class SpikeSign { kPositive, kNegative };

/// Runs the passes of a plan for one example, on one worker's scratch.
class ExampleRun {
  public:
    /// @param trails the worker's, or the slot's when the example runs level by level.
    ExampleRun(const BoundPlan& bound, const Losses& losses, Worker& worker,
               std::vector<Trail>& trails, Chunk& chunk, std::size_t slot);

    /// Input spikes, every population's steps, readouts and losses.
    /// @param keeps_tape whether backward() will follow.
    void forward(const Batch& batch, std::uint32_t example, bool keeps_tape);
    /// Adjoints of the mean loss of the batch, after forward() of the same example.
    void backward(const Batch& batch, std::uint32_t example);
    /// @param scale factor of feedback weights that fade.
    void set_feedback_scale(double scale) { feedback_scale_ = static_cast<float>(scale); }
    /// @param pulls what regularisation adds, by population.
    void set_pulls(const std::vector<Pulls>& pulls) { pulls_ = &pulls; }
    /// Adds to the gradients of a connection's delays what the example contributes, after its
    /// backward().
    void add_delay_gradient(std::size_t connection, std::vector<double>& gradient);

    /// One stage of forward().
    void advance_stage(const Stage& stage, const Batch& batch, std::uint32_t example,
                       bool keeps_tape);
    /// One stage of backward().
    void retreat_stage(const Stage& stage);

  private:
    void begin_population(std::size_t population);
    /// The steps of a stage from `first` to before `end`.
    void advance_steps(const Stage& stage, const Batch& batch, std::uint32_t example,
                       std::size_t first, std::size_t end);
    void retreat_steps(const Stage& stage, std::size_t first, std::size_t end);
    /// backward() in segments of the checkpoint interval, the last first: each is run forward
    /// again from the states at its beginning, whose last forward() has kept.
    void backward_by_segments(const Batch& batch, std::uint32_t example);
    void replay(const Stage& stage, const Batch& batch, std::uint32_t example, std::size_t end);
    /// Keeps a stage's states at the beginning of a segment.
    void keep_checkpoint(const Stage& stage, std::size_t step);
    /// Moves adjoints at arrivals to where they are for the segment before.
    void move_arrivals(std::size_t population);
    void prepare_advance(std::size_t population);
    void take_over(std::size_t population, const Carried& carried);
    /// Begins a list of spikes with those of the steps before the example.
    void begin_list(std::size_t population);
    bool is_signed(std::size_t population) const {
        return plan_.populations[population].signed_spikes;
    }
    void emit(std::size_t population, const Batch& batch, std::uint32_t example);
    /// Keeps what the next example takes over.
    void leave();
    void propagate(std::size_t connection, std::size_t first, std::size_t count, bool accumulate);
    /// The same where delays are learned.
    void propagate_learned(std::size_t connection, std::size_t first, std::size_t count,
                           bool accumulate);
    /// Puts the spikes of the source's steps before `end` that are new on their way.
    void send(std::size_t connection, SpikeSign sign, DelayLine& line, std::size_t end);
    /// Adds what the spikes of one sign bring in some steps, as if they were positive.
    void deliver(std::size_t connection, SpikeSign sign, std::size_t first, std::size_t count,
                 bool accumulate, const StepRows<float>& input);
    /// The spikes of some steps as spikes of the rows of a connection's matrix.
    SpikeRows spikes_into(std::size_t connection, SpikeSign sign, std::size_t from,
                          std::size_t count);
    /// The values of an input as the current of its neurons.
    void drive(std::size_t population, const Batch& batch, std::uint32_t example, std::size_t first,
               std::size_t count);
    void propagate_block(const Stage& stage, std::size_t first, std::size_t count);
    void advance(std::size_t population, std::size_t first, std::size_t count);
    bool compares_steps(std::size_t population) const {
        return !chunk_.step_outputs[population].empty();
    }
    std::span<double> step_outputs(std::size_t population) {
        const std::size_t size = plan_.num_steps * plan_.populations[population].size;
        return {chunk_.step_outputs[population].data() + slot_index_ * size, size};
    }
    /// Keeps the output variable of a step.
    void keep_outputs(std::size_t population, std::size_t step);
    /// Adds the derivatives of the loss by it.
    void add_step_slopes(std::size_t population, std::size_t step);
    void record_states(std::size_t population, std::size_t step);
    void weigh_spikes(std::size_t connection);
    void fold_readout(std::size_t population);
    void read_out(std::size_t population);
    void compute_loss(std::size_t population, const Batch& batch, std::uint32_t example);

    void begin_stage(const Stage& stage);
    void begin_adjoint(std::size_t population);
    void prepare_retreat(std::size_t population);
    /// Of a readout of first spikes: in which steps they are; and adds the derivatives of the loss
    /// by their times to those of a block of steps.
    void find_first_spikes(std::size_t population);
    void add_time_slopes(std::size_t population, std::size_t first, std::size_t count);
    /// Of the example: writes what regularisation adds to its adjoints.
    void begin_pulls(std::size_t population);
    void clear_feedback(std::size_t population, std::size_t first, std::size_t count);
    void fold_feedback(std::size_t connection);
    void feedback(std::size_t connection, std::size_t first, std::size_t count);
    /// Those whose feedback matters: a population's spikes, or with surrogate gradients all that
    /// there might have been.
    /// @param first a step. @return the list, and which of its steps this is.
    std::pair<const SpikeList*, std::size_t> spikes_that_count(std::size_t population,
                                                               std::size_t first);
    /// From a step on: the derivative of the loss by the time at which a weight of 1 arrives; with
    /// surrogate gradients by the weight. As many steps as the target keeps.
    StepRows<const float> shifts_from(std::size_t connection, std::size_t step);
    template <class Visit>
    void for_each_arrival(std::size_t connection, const SpikeList& spikes, std::size_t begin,
                          std::size_t first, std::size_t count, const Visit& visit);
    void add_delay_gradient(std::size_t connection, const SpikeList& spikes,
                            std::vector<double>& gradient);
    /// Adjoints at a group's arrivals from one step of the block that is being run on.
    float* arrivals_from(std::size_t population, std::size_t group, std::size_t step);
    /// Of an example: begins the gradients that a population's backward pass sums, and adds what
    /// the arrivals in some steps contribute.
    void clear_slot_gradients(std::size_t population);
    void add_slot_gradients(std::size_t population, std::size_t first, std::size_t count);
    /// @param adjoints of all neurons at arrivals in step `first` and those after it.
    void add_slot_gradient(std::size_t connection, SpikeSign sign, const float* adjoints,
                           std::size_t first, std::size_t count);
    /// Writes minus the adjoints of some steps behind them all.
    void mirror_arrivals(std::size_t population, std::size_t first, std::size_t count);
    void feedback_pooled(std::size_t connection, std::size_t first, std::size_t count,
                         const StepRows<float>& kappa);
    void feedback_relayed(std::size_t connection, std::size_t first, std::size_t count,
                          const StepRows<float>& kappa);
    void feedback_learned(std::size_t connection, std::size_t first, std::size_t count,
                          const StepRows<float>& kappa);
    /// Learning signals that feedback weights carry to a population.
    void broadcast(std::size_t population, std::size_t first, std::size_t count);
    /// The backward pass with the lags of mlGeNN: populations that learn from outputs do so from
    /// derivatives of one step earlier.
    void backward_with_lags();
    void retreat(std::size_t population, std::size_t first, std::size_t count);
    /// Notes adjoints of some steps that are too great.
    void check_arrivals(std::size_t population, std::size_t first, std::size_t count);
    /// Leaves the derivatives by coefficients that trained parameters move.
    void leave_parameters(std::size_t population);

    bool records_spikes(std::size_t population) const {
        return chunk_.slots[slot_index_].is_recorded && chunk_.records[population].spikes;
    }
    /// Whether they are recorded as bits: they are no list yet, and it would not be shorter.
    bool records_bits(std::size_t population) const {
        return records_spikes(population) && !bound_.populations[population].lists_spikes &&
               plan_.populations[population].kernel.spiking &&
               plan_.populations[population].size <= kMostBits;
    }
    bool records_states(std::size_t population) const {
        return chunk_.slots[slot_index_].is_recorded && chunk_.records[population].any_state();
    }
    /// Times a pass until the end of the scope.
    TimedPass timed(PassKind kind, std::size_t index, std::uint64_t events = 0) {
        return {worker_.accounts.get(), kind, index, events};
    }
    bool is_profiled() const { return worker_.accounts != nullptr; }
    /// Steps that a stage runs at once: single ones where states are recorded.
    std::size_t block_steps(const Stage& stage) const;
    PopulationScratch& scratch(std::size_t population) { return worker_.populations[population]; }
    Trail& trail(std::size_t population) { return trails_[population]; }
    /// What is kept of a population's steps from one on; null when nothing is.
    float* kept_of(std::size_t population, std::size_t step) {
        if (step < segment_begin_) return nullptr;
        step -= segment_begin_;
        Floats& kept = trail(population).kept;
        const std::size_t floats = plan_.populations[population].kernel.kept.size() *
                                   bound_.populations[population].padded;
        return kept.empty() ? nullptr : kept.data() + step * floats;
    }
    float* fold_sums(std::size_t population) {
        const BoundPopulation& bound = bound_.populations[population];
        return chunk_.fold_sums[population].data() + slot_index_ * bound.num_folds * bound.padded;
    }
    std::span<double> row_of(std::vector<std::vector<double>>& rows, std::size_t population) {
        const std::size_t size = plan_.populations[population].size;
        return {rows[population].data() + slot_index_ * size, size};
    }
    const SpikeList& spikes_of(std::size_t population, SpikeSign sign) {
        return sign == SpikeSign::kPositive ? slot().spikes[population]
                                            : slot().negative[population];
    }
    RelayedSpikes& relayed_of(std::size_t connection, SpikeSign sign) {
        return sign == SpikeSign::kPositive ? slot().relayed[connection]
                                            : slot().relayed_negative[connection];
    }
    ExampleSlot& slot() { return chunk_.slots[slot_index_]; }
    /// What the example takes over; null when the plan carries nothing.
    Carried* carried() {
        return chunk_.carried.empty() ? nullptr : &chunk_.carried[chunk_.first + slot_index_];
    }
    float* input_row(std::size_t population, std::size_t group, std::size_t step);

    const BoundPlan& bound_;
    const Plan& plan_;
    const Losses& losses_;
    Worker& worker_;
    std::vector<Trail>& trails_;
    Chunk& chunk_;
    std::size_t slot_index_;
    /// Steps before the example, which its lists of spikes begin with: the example runs from step
    /// history_ on.
    std::size_t history_;
    /// Step of the clock at which the example begins.
    std::size_t clock_ = 0;
    /// First step of the block that is being run: row 0 of the block's buffers.
    std::size_t block_begin_ = 0;
    /// First step of the segment whose states are kept: all steps are one without checkpoints.
    std::size_t segment_begin_ = 0;
    /// Whether steps are run again for the backward pass, after which only states are looked at.
    bool replays_ = false;
    bool keeps_tape_ = false;
    float feedback_scale_ = 1.0F;
    const std::vector<Pulls>* pulls_ = nullptr;
};

/// Gives trails the sizes that a plan needs.
void size_trails(const BoundPlan& bound, std::vector<Trail>& trails);

/// Gives a worker's scratch the sizes that a plan needs.
void size_worker(const BoundPlan& bound, Worker& worker);

/// Gives a chunk `num_slots` slots and, for training, their arrival tables.
/// @param by_level whether its examples will run level by level.
void size_chunk(const BoundPlan& bound, std::size_t num_slots, bool by_level, Chunk& chunk);

}  // namespace saltus
