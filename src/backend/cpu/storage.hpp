#pragma once

#include <cstdint>
#include <vector>

#include <oneapi/tbb/cache_aligned_allocator.h>
#include <saltus/data/spike_list.hpp>

#include "kernels/cpu/dense.hpp"
#include "kernels/neuron_abi.h"

namespace saltus {

/// Floats aligned for the kernels.
using Floats = std::vector<float, tbb::cache_aligned_allocator<float>>;

static_assert(kSaltusPadding == kernels::kRowPadding);

/// Neurons rounded up to whole vectors.
inline std::size_t padded_size(std::size_t neurons) {
    return (neurons + kernels::kRowPadding - 1) / kernels::kRowPadding * kernels::kRowPadding;
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

/// What one worker needs for one population while it runs an example.
struct PopulationScratch {
    Floats state;                     ///< [states + groups (+ refractory)][padded]
    Floats input;                     ///< [groups][block][padded]
    std::vector<std::uint8_t> masks;  ///< [block][padded / 8]
    Floats readout;                   ///< [padded]
    Tape tape;
    Floats adjoint;        ///< [states + groups][padded]
    Floats readout_slope;  ///< [padded]
    Floats kappa;          ///< [block][padded]
    Floats shift;          ///< [groups][steps][padded]
    Floats fold_feedback;  ///< [folds][padded]
};

/// Scratch of one worker.
struct Worker {
    std::vector<PopulationScratch> populations;
    Floats gradient_rows;
};

/// What one example leaves for the end of its batch.
struct ExampleSlot {
    std::vector<SpikeList> spikes;                    ///< by population
    std::vector<Floats> fold_sums;                    ///< by population: [folds][padded]
    std::vector<std::vector<double>> readouts;        ///< by population
    std::vector<std::vector<double>> readout_slopes;  ///< by population
    double loss = 0.0;
};

/// Appends the spikes of a block of steps, given as bits, to a list.
void append_spikes(const std::uint8_t* masks, std::size_t num_steps, std::size_t padded,
                   SpikeList& spikes);

}  // namespace saltus
