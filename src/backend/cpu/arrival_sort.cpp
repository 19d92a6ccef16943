#include "backend/cpu/arrival_sort.hpp"

#include <algorithm>

namespace saltus {
namespace {

/// The first of sorted numbers that is not below a value, found without a branch on the numbers,
/// which could not be predicted.
const std::uint32_t* first_from(const std::uint32_t* begin, const std::uint32_t* end,
                                std::uint32_t value) {
    auto length = static_cast<std::size_t>(end - begin);
    while (length > 1) {
        const std::size_t half = length / 2;
        begin += half * static_cast<std::size_t>(begin[half - 1] < value);
        length -= half;
    }
    return length == 1 ? begin + static_cast<std::size_t>(*begin < value) : begin;
}

}  // namespace

void ArrivalSort::find_ranges(const Chunk& chunk, Part& part) const {
    const std::size_t steps = num_arriving_steps();
    const bool is_last = &part == &parts_.back();
    part.ranges.clear();
    for (std::size_t list = 0; list < num_lists(part); ++list) {
        const SpikeList& spikes = list_of(chunk, part, list);
        const std::uint32_t* const neurons = spikes.neurons.data();
        for (std::size_t step = 0; step < steps; ++step) {
            const std::uint32_t* begin = neurons + spikes.step_begin[step];
            const std::uint32_t* end = neurons + spikes.step_begin[step + 1];
            if (part.first > 0) begin = first_from(begin, end, part.first);
            if (!is_last) end = first_from(begin, end, part.last);
            part.ranges.push_back({static_cast<std::uint32_t>(begin - neurons),
                                   static_cast<std::uint32_t>(end - neurons)});
        }
    }
}

void ArrivalSort::count_arrivals(const Chunk& chunk, Part& part) const {
    const std::size_t steps = num_arriving_steps();
    part.cursor.assign(part.last - part.first, 0);
    std::uint32_t* const cursor = part.cursor.data() - part.first;
    if (parts_.size() > 1) {
        const Range* range = part.ranges.data();
        for (std::size_t list = 0; list < num_lists(part); ++list) {
            const std::uint32_t* const neurons = list_of(chunk, part, list).neurons.data();
            for (const Range* const end = range + steps; range != end; ++range) {
                for (std::uint32_t k = range->begin; k < range->end; ++k)
                    ++cursor[neurons[k]];
            }
        }
        return;
    }
    // All neurons' spikes are one range, whose end is met once a slot rather than once a step.
    for (std::size_t list = 0; list < num_lists(part); ++list) {
        const SpikeList& spikes = list_of(chunk, part, list);
        const std::uint32_t* const neurons = spikes.neurons.data();
        const std::uint32_t end = spikes.step_begin[steps];
        for (std::uint32_t k = spikes.step_begin[0]; k < end; ++k)
            ++cursor[neurons[k]];
    }
}

template <class Index>
void ArrivalSort::place_all(const Chunk& chunk, Part& part, std::vector<Index>& rows) const {
    // So many rows are written at once, over those of later steps.
    constexpr std::size_t kWritten = 16;
    const std::size_t steps = num_arriving_steps();
    std::uint32_t* const cursor = part.cursor.data();
    std::size_t most = 0;
    for (std::size_t list = 0; list < num_lists(part); ++list)
        most = std::max<std::size_t>(most, list_of(chunk, part, list).step_begin[steps]);
    const std::size_t total = part.row_begin.back();
    // What follows is the row of every spike of one list.
    rows.resize(total + most + kWritten);
    Index* const target = rows.data();
    Index* const row_of = target + total;
    for (std::size_t list = 0; list < num_lists(part); ++list) {
        const SpikeList& spikes = list_of(chunk, part, list);
        const std::uint32_t* const begin = spikes.step_begin.data();
        const std::size_t first_row = first_row_of(chunk, part, list) + lag_;
        for (std::size_t step = 0; step < steps; ++step) {
            const auto row = static_cast<Index>(first_row + step);
            for (std::size_t k = begin[step]; k < begin[step + 1]; k += kWritten)
                std::fill_n(row_of + k, kWritten, row);
        }
        const std::uint32_t* const neurons = spikes.neurons.data();
        for (std::size_t k = begin[0]; k < begin[steps]; ++k)
            target[cursor[neurons[k]]++] = row_of[k];
    }
}

template <class Index>
void ArrivalSort::place_arrivals(const Chunk& chunk, Part& part, std::vector<Index>& rows) const {
    const std::size_t steps = num_arriving_steps();
    std::uint32_t* const cursor = part.cursor.data() - part.first;
    const Range* range = part.ranges.data();
    rows.resize(part.row_begin.back());
    Index* const target = rows.data();
    for (std::size_t list = 0; list < num_lists(part); ++list) {
        const std::uint32_t* const neurons = list_of(chunk, part, list).neurons.data();
        std::size_t row = first_row_of(chunk, part, list) + lag_;
        for (const Range* const end = range + steps; range != end; ++range, ++row) {
            for (std::uint32_t k = range->begin; k < range->end; ++k)
                target[cursor[neurons[k]]++] = static_cast<Index>(row);
        }
    }
}

ArrivalSort::ArrivalSort(const SpikeSource& source, std::size_t num_steps, std::size_t num_parts)
    : source_(source), num_steps_(num_steps), lag_(source.lag) {
    const std::size_t neurons = source.num_rows;
    const std::size_t grains = (neurons + kGrain - 1) / kGrain;
    part_size_ = std::max<std::size_t>(1, (grains + num_parts - 1) / num_parts) * kGrain;
    for (std::size_t first = 0; first < neurons; first += part_size_) {
        Part& part = parts_.emplace_back();
        part.first = static_cast<std::uint32_t>(first);
        part.last = static_cast<std::uint32_t>(std::min(neurons, first + part_size_));
    }
}

void ArrivalSort::sort(const Chunk& chunk, SlotRange slots, std::size_t index) {
    Part& part = parts_[index];
    part.slots = slots;
    const std::size_t last_slot =
        (source_.is_signed ? chunk.slots.size() : 0) + slots.first + slots.count;
    part.is_narrow = last_slot * num_steps_ <= 65536;
    const bool is_whole = parts_.size() == 1;
    if (!is_whole) find_ranges(chunk, part);
    count_arrivals(chunk, part);
    part.row_begin.resize(part.cursor.size() + 1);
    std::uint32_t total = 0;
    for (std::size_t neuron = 0; neuron < part.cursor.size(); ++neuron) {
        part.row_begin[neuron] = total;
        total += part.cursor[neuron];
        part.cursor[neuron] = part.row_begin[neuron];
    }
    part.row_begin.back() = total;
    const auto place = [&](auto& rows) {
        is_whole ? place_all(chunk, part, rows) : place_arrivals(chunk, part, rows);
    };
    part.is_narrow ? place(part.narrow) : place(part.wide);
}

void ArrivalSort::sum_rows(const Floats& table, std::size_t stride, std::size_t first,
                           std::size_t count, bool accumulate, float* out) const {
    const Part& part = parts_[first / part_size_];
    const std::uint32_t* const begin = part.row_begin.data() + (first - part.first);
    if (part.is_narrow) {
        kernels::sum_rows(table.data(), stride, begin, part.narrow.data(), count, accumulate, out);
    } else {
        kernels::sum_rows(table.data(), stride, begin, part.wide.data(), count, accumulate, out);
    }
}

}  // namespace saltus
