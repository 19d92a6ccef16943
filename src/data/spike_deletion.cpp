#include "data/spike_deletion.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

/// Positions to delete, ascending. The gaps between them are geometric, so that a spike that stays
/// costs no random number.
class Deletions {
  public:
    Deletions(double probability, const RandomStream& stream, std::uint64_t draw)
        : stream_(stream), draw_(draw), scale_(1.0 / std::log1p(-probability)) {}

    /// The next position from `position` on; `end` when it is not before `end`.
    std::size_t next(std::size_t position, std::size_t end) {
        if (used_ % 4 == 0) words_ = stream_.words(used_ / 4, draw_);
        // Infinite for a tiny probability and even NaN for a denormal one: both compare as "none".
        const double gap = std::floor(std::log(to_uniform(words_[used_ % 4])) * scale_);
        ++used_;
        if (!(gap < static_cast<double>(end - position))) return end;
        return position + static_cast<std::size_t>(gap);
    }

  private:
    const RandomStream& stream_;
    std::uint64_t draw_;
    double scale_;
    std::uint64_t used_ = 0;
    std::array<std::uint32_t, 4> words_{};
};

void require_probability(double probability) {
    if (probability >= 0.0 && probability <= 1.0) return;
    throw ModelError("GridSpikes",
                     fmt::format("spikes cannot be deleted with probability {}", probability),
                     "give a number between 0 (keep all) and 1 (delete all)")
        .with("parameter", "probability")
        .with("value", fmt::format("{}", probability));
}

/// Moves the elements [first, last) to `to`, which is not after them.
template <typename Value>
void move_run(std::vector<Value>& values, std::size_t first, std::size_t last, std::size_t to) {
    if (first != to) std::copy(values.data() + first, values.data() + last, values.data() + to);
}

}  // namespace

void delete_spikes(SpikeList& list, double probability, const RandomStream& stream,
                   std::uint64_t draw) {
    require_probability(probability);
    if (probability == 0.0) return;
    Deletions deletions(probability, stream, draw);
    const std::size_t count = list.neurons.size();
    const bool has_offsets = !list.offsets.empty();
    std::size_t kept = 0;
    std::size_t position = 0;
    std::size_t step = 0;
    for (;;) {
        const std::size_t deleted = deletions.next(position, count);
        move_run(list.neurons, position, deleted, kept);
        if (has_offsets) move_run(list.offsets, position, deleted, kept);
        // A step that begins at or before the deleted spike loses only those deleted earlier.
        const auto lost = static_cast<std::uint32_t>(position - kept);
        for (; step < list.step_begin.size() && list.step_begin[step] <= deleted; ++step) {
            list.step_begin[step] -= lost;
        }
        kept += deleted - position;
        if (deleted == count) break;
        position = deleted + 1;
    }
    list.neurons.resize(kept);
    if (has_offsets) list.offsets.resize(kept);
}

}  // namespace saltus
