#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <saltus/data/spike_list.hpp>

#include "backend/cpu/spike_relay.hpp"
#include "backend/pass_accounts.hpp"
#include "backend/program.hpp"
#include "common/aligned_allocator.hpp"
#include "kernels/cpu/dense.hpp"
#include "kernels/neuron_abi.h"

namespace saltus {

/// Floats aligned for the kernels.
using Floats = std::vector<float, AlignedAllocator<float>>;

static_assert(kSaltusPadding == kernels::kRowPadding);

/// Groups of synapses of a population that kernels provide for.
inline constexpr std::size_t kMaxGroups = 8;

/// Neurons rounded up to whole vectors, and to rows that spread over the caches.
inline std::size_t padded_size(std::size_t neurons) {
    return kernels::row_stride(neurons);
}

/// Spikes of one population and example on their way back: grows with the spikes.
class Tape {
  public:
    void clear() { tape_.count = 0; }
    /// Makes room for `entries` more.
    void reserve(std::size_t entries, std::size_t floats_per_entry);
    SaltusTape* get() { return &tape_; }

  private:
    std::vector<SaltusTapeHeader> headers_;
    Floats values_;
    SaltusTape tape_{};
};

/// Cores that run different populations must not write to the same lines of the cache, nor to
/// neighbouring ones, which are fetched in pairs.
inline constexpr std::size_t kLinePair = std::size_t{2} * 64;

/// What the passes of one population and example leave for later ones of the same example.
struct alignas(kLinePair) Trail {
    Tape tape;             ///< from forward to backward
    Floats kept;           ///< [steps or checkpoint interval][kept][padded], likewise
    Floats checkpoints;    ///< [segments][states + groups (+ refractory)][padded], likewise
    Floats greatest_step;  ///< [padded], likewise: as in SaltusAdvance
    Floats nearest;        ///< [2][padded], likewise: as in SaltusAdvance
    /// From a target's backward pass to its sources', [groups][rows][padded]: as
    /// BoundPopulation::shift_mask says.
    Floats shift;
};

/// What one worker needs for one population while it runs a stage of an example.
struct PopulationScratch {
    Floats state;                     ///< [states + groups (+ refractory)][padded]
    Floats input;                     ///< [groups][block][padded]
    std::vector<std::uint8_t> masks;  ///< [block][padded / 8]
    Floats readout;                   ///< [padded]
    Floats adjoint;                   ///< [states + groups (+ refractory) + parameters][padded]
    Floats readout_slope;             ///< [padded]
    std::vector<std::uint32_t> first_steps;  ///< of a readout of first spikes: theirs, by neuron
    Floats spike_pull;                       ///< [padded], of regularisation
    Floats silence_pull;                     ///< likewise
    Floats kappa;                            ///< [block][padded]
    Floats arrival_rows;   ///< [groups][arrival rows][padded], where none are kept for longer
    Floats replayed_sums;  ///< [folds][padded], of steps that are run again: nobody reads them
    Floats fold_feedback;  ///< [folds][padded]
    /// What kernels are called with: what differs from step to step is filled in before each call.
    SaltusAdvance advance{};
    SaltusRetreat retreat{};
    std::array<const float*, kMaxGroups>
        inputs{};                               ///< by group: rows of the first step of the call
    std::array<float*, kMaxGroups> arrivals{};  ///< likewise
    std::array<float*, kMaxGroups> shifts{};    ///< likewise
};

/// The input of a connection with learned delays that is on its way to its target: a row for each
/// step from `first` on. One example at a time uses it.
struct DelayLine {
    Floats rows;
    std::size_t num_rows = 0;
    std::size_t first = 0;
    /// Step of the source whose spikes are put in next.
    std::size_t next = 0;

    /// Begins with nothing on its way.
    void begin(std::size_t step);
    /// Drops the rows before a step when there are too few left for `count` rows and delays of up
    /// to `most` behind them.
    void move_to(std::size_t step, std::size_t count, std::size_t most, std::size_t stride);
};

/// Scratch of one worker.
struct Worker {
    std::vector<PopulationScratch> populations;
    std::vector<DelayLine> delay_lines;  ///< by connection, where delays are learned
    std::vector<Trail> trails;           ///< by population, when it runs whole examples
    Floats gradient_rows;
    Floats row_products;                ///< of all rows of a pooled connection
    std::vector<double> target_values;  ///< of an example's loss
    std::vector<double> step_slopes;    ///< likewise: derivatives by every step's outputs
    // Spikes of an input, before they follow those of its history.
    SpikeList arriving;
    SpikeList arriving_negative;
    /// What passes took; null unless a profile is kept.
    std::unique_ptr<PassAccounts> accounts;
};

struct alignas(kLinePair) SlotSpikes : SpikeList {};

/// What an example leaves for the next one at its place in the batch, by population.
struct Carried {
    bool exists = false;
    std::vector<Floats> state;      ///< as in PopulationScratch
    std::vector<Floats> readout;    ///< likewise
    std::vector<SpikeList> spikes;  ///< of the last steps, as many as the plan's history
    std::vector<SpikeList> negative;
};

/// What one example leaves for the end of its batch, and its populations' trails when examples run
/// level by level.
struct ExampleSlot {
    std::vector<SlotSpikes> spikes;  ///< by population
    /// Those that deliver minus the weight, of populations whose spikes are signed.
    std::vector<SlotSpikes> negative;
    /// Spikes that nothing propagates but a recorder wants, as the words of SpikeBits.
    std::vector<std::vector<std::uint32_t>> bits;
    std::vector<RelayedSpikes> relayed;  ///< by connection, where it has a relay
    std::vector<RelayedSpikes> relayed_negative;
    std::vector<Trail> trails;  ///< by population
    /// By population, of all examples that the slot has had in a batch: a bit for each group of
    /// synapses whose adjoints became too great; and whether any neuron has spiked. Written once at
    /// most, so that cores do not take lines from each other.
    std::vector<std::uint32_t> exploded;
    std::vector<std::uint8_t> has_spiked;
    /// By population: derivatives by the coefficients that trained parameters move,
    /// [coefficients][padded].
    std::vector<Floats> parameters;
    /// By population: the label of its example's target, -1 without one.
    std::vector<std::int32_t> labels;
    bool is_recorded = false;
    /// What is recorded, by population and state: [steps][neurons].
    std::vector<std::vector<std::vector<double>>> states;
};

/// Appends the spikes of a block of steps, given as bits, to a list.
void append_spikes(const std::uint8_t* masks, std::size_t num_steps, std::size_t padded,
                   SpikeList& spikes);

/// Whether there is any.
bool have_spikes(const std::uint8_t* masks, std::size_t num_steps, std::size_t padded,
                 std::size_t neurons);

/// Appends them to the words of SpikeBits of so many neurons.
void append_bits(const std::uint8_t* masks, std::size_t num_steps, std::size_t padded,
                 std::size_t neurons, std::vector<std::uint32_t>& words);

}  // namespace saltus
