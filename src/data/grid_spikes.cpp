#include <saltus/data/grid_spikes.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

#include "common/thread_team.hpp"
#include "data/spike_deletion.hpp"

namespace saltus {
namespace {

constexpr std::size_t kExamplesPerTask = 256;

/// Puts the spikes of one example on the grid.
class GridSorter {
  public:
    GridSorter(const SpikeTrains& trains, double dt, std::size_t num_steps, bool keep_offsets)
        : trains_(trains), dt_(dt), num_steps_(num_steps), keep_offsets_(keep_offsets) {
        list_.step_begin.resize(num_steps + 1);
    }

    const SpikeList& sort(std::size_t example) {
        place(example);
        for (std::size_t step = 0; step < num_steps_; ++step) {
            sort_step(list_.step_begin[step], list_.step_begin[step + 1]);
        }
        list_.neurons.clear();
        list_.offsets.clear();
        for (const Placed& spike : placed_) {
            list_.neurons.push_back(spike.neuron);
            if (keep_offsets_) list_.offsets.push_back(spike.offset);
        }
        return list_;
    }

  private:
    struct Placed {
        std::uint32_t neuron;
        float offset;
    };

    static bool is_before(const Placed& a, const Placed& b) { return a.neuron < b.neuron; }

    /// The spikes of an example come in the order of time, so that their steps ascend.
    void place(std::size_t example) {
        const auto times = trains_.times(example);
        const auto neurons = trains_.neurons(example);
        placed_.clear();
        std::size_t step = 0;
        for (std::size_t i = 0; i < times.size(); ++i) {
            const std::uint64_t spike_step = grid_step(times[i], dt_);
            if (spike_step >= num_steps_) refuse(example, neurons[i], times[i], spike_step);
            while (step <= spike_step)
                list_.step_begin[step++] = static_cast<std::uint32_t>(i);
            const double grid_time = static_cast<double>(spike_step) * dt_;
            placed_.push_back(
                {neurons[i], static_cast<float>(std::clamp(grid_time - times[i], 0.0, dt_))});
        }
        while (step <= num_steps_) {
            list_.step_begin[step++] = static_cast<std::uint32_t>(times.size());
        }
    }

    /// Stable, so that the spikes of one neuron stay in the order of time.
    void sort_step(std::size_t first, std::size_t last) {
        const auto begin = placed_.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = placed_.begin() + static_cast<std::ptrdiff_t>(last);
        if (!std::is_sorted(begin, end, is_before)) std::stable_sort(begin, end, is_before);
    }

    [[noreturn]] void refuse(std::size_t example, std::uint32_t neuron, double time,
                             std::uint64_t spike_step) const {
        const double end = static_cast<double>(num_steps_ - 1) * dt_;
        throw ModelError(
            fmt::format("Example {}", example),
            fmt::format("neuron {} spikes at {:.9g} ms, after the last step of the example "
                        "at {:.9g} ms ({} steps of {} ms are {:.9g} ms)",
                        neuron, time, end, num_steps_, dt_, static_cast<double>(num_steps_) * dt_),
            fmt::format("simulate at least {} steps or leave out later spikes", spike_step + 1))
            .with("example", std::to_string(example))
            .with("neuron", std::to_string(neuron))
            .with("time", fmt::format("{}", time))
            .with("end", fmt::format("{}", end));
    }

    const SpikeTrains& trains_;
    double dt_;
    std::size_t num_steps_;
    bool keep_offsets_;
    SpikeList list_;
    std::vector<Placed> placed_;
};

/// Whether the neurons of each step exist and ascend.
bool neurons_fit(const SpikeList& list, std::size_t num_neurons) {
    for (std::size_t step = 0; step + 1 < list.step_begin.size(); ++step) {
        std::uint32_t least = 0;
        for (std::size_t i = list.step_begin[step]; i < list.step_begin[step + 1]; ++i) {
            if (list.neurons[i] < least || list.neurons[i] >= num_neurons) return false;
            least = list.neurons[i];
        }
    }
    return true;
}

ModelError misfit(std::size_t example, std::string problem, std::string advice) {
    return ModelError(fmt::format("Example {}", example), std::move(problem), std::move(advice))
        .with("example", std::to_string(example));
}

}  // namespace

GridSpikes::GridSpikes(std::size_t num_neurons, std::size_t num_steps, double dt)
    : num_neurons_(num_neurons), num_steps_(num_steps), dt_(dt) {
    constexpr std::size_t kMostSteps = (std::size_t{1} << 31) - 1;
    if (!(std::isfinite(dt) && dt > 0.0)) {
        throw ModelError("GridSpikes", fmt::format("the time step is {} ms", dt),
                         "give a positive number")
            .with("parameter", "dt")
            .with("value", fmt::format("{}", dt));
    }
    if (num_steps == 0 || num_steps > kMostSteps) {
        throw ModelError("GridSpikes", fmt::format("the examples have {} steps", num_steps),
                         fmt::format("give a number between 1 and {}", kMostSteps))
            .with("parameter", "num_steps")
            .with("value", std::to_string(num_steps));
    }
}

std::size_t GridSpikes::num_spikes(std::size_t example) const {
    require_example(example);
    return row_begin_[example + 1] - row_begin_[example];
}

std::size_t GridSpikes::memory_bytes() const {
    return row_begin_.capacity() * sizeof(std::size_t) + step_begin_.memory_bytes() +
           neurons_.memory_bytes() + offsets_.capacity() * sizeof(float);
}

void GridSpikes::require_example(std::size_t example) const {
    if (example < num_examples()) return;
    throw ModelError(
        "GridSpikes",
        fmt::format("there is no example {}: the dataset holds {}", example, num_examples()),
        "examples count from 0")
        .with("example", std::to_string(example));
}

GridSpikes GridSpikes::from(const SpikeTrains& trains, double dt, std::size_t num_steps,
                            bool keep_offsets) {
    GridSpikes spikes(trains.num_neurons(), num_steps, dt);
    spikes.reserve(trains.num_examples(), trains.num_spikes());
    if (keep_offsets) spikes.offsets_.reserve(trains.num_spikes());
    GridSorter sorter(trains, dt, num_steps, keep_offsets);
    for (std::size_t example = 0; example < trains.num_examples(); ++example) {
        spikes.append(sorter.sort(example));
    }
    return spikes;
}

void GridSpikes::require_fits(std::size_t example, const SpikeList& list) const {
    const auto& steps = list.step_begin;
    if (steps.size() != num_steps_ + 1) {
        throw misfit(example,
                     fmt::format("has {} step boundaries for {} steps", steps.size(), num_steps_),
                     fmt::format("step_begin takes {} entries", num_steps_ + 1));
    }
    if (steps.front() != 0 || steps.back() != list.neurons.size() ||
        !std::is_sorted(steps.begin(), steps.end())) {
        throw misfit(example,
                     fmt::format("has step boundaries that do not divide its {} spikes",
                                 list.neurons.size()),
                     "step_begin ascends from 0 to the number of spikes");
    }
    if (!neurons_fit(list, num_neurons_)) {
        throw misfit(example,
                     fmt::format("has neurons beyond the {} of the dataset, or not ascending "
                                 "within a step",
                                 num_neurons_),
                     "neurons count from 0 and are sorted within each step");
    }
    if (!list.offsets.empty() && list.offsets.size() != list.neurons.size()) {
        throw misfit(
            num_examples(),
            fmt::format("has {} offsets for {} spikes", list.offsets.size(), list.neurons.size()),
            "give an offset for each spike, or none");
    }
    const auto longest = static_cast<float>(dt_);
    const auto is_outside = [longest](float offset) {
        return !(offset >= 0.0F && offset <= longest);
    };
    if (std::any_of(list.offsets.begin(), list.offsets.end(), is_outside)) {
        throw misfit(example, fmt::format("has an offset outside a step of {} ms", dt_),
                     "offsets lie between 0 and dt");
    }
}

void GridSpikes::append(const SpikeList& list) {
    require_fits(num_examples(), list);
    if (!list.offsets.empty() || !offsets_.empty()) {
        // Examples without offsets, earlier ones or this one, lie on the grid.
        offsets_.resize(num_spikes(), 0.0F);
        offsets_.insert(offsets_.end(), list.offsets.begin(), list.offsets.end());
        offsets_.resize(num_spikes() + list.neurons.size(), 0.0F);
    }
    step_begin_.append(list.step_begin);
    neurons_.append(list.neurons);
    row_begin_.push_back(num_spikes() + list.neurons.size());
}

void GridSpikes::put(std::size_t example, const SpikeList& list) {
    require_fits(example, list);
    if (list.neurons.size() != num_spikes(example) || !list.offsets.empty()) {
        throw misfit(example,
                     fmt::format("has {} spikes, {} with offsets, where {} on the grid were told",
                                 list.neurons.size(), list.offsets.size(), num_spikes(example)),
                     "tell the number of spikes of each example, and use append() for offsets");
    }
    step_begin_.write(example * (num_steps_ + 1), list.step_begin);
    neurons_.write(row_begin_[example], list.neurons);
}

GridSpikes GridSpikes::assemble(std::size_t num_neurons, std::size_t num_steps, double dt,
                                std::span<const std::uint32_t> num_spikes, const MakeExamples& make,
                                int threads) {
    GridSpikes spikes(num_neurons, num_steps, dt);
    spikes.row_begin_.reserve(num_spikes.size() + 1);
    std::uint32_t most = 0;
    for (const std::uint32_t count : num_spikes) {
        spikes.row_begin_.push_back(spikes.num_spikes() + count);
        most = std::max(most, count);
    }
    spikes.step_begin_.assign_zeros(num_spikes.size() * (num_steps + 1), most);
    spikes.neurons_.assign_zeros(spikes.num_spikes(), num_neurons);
    ThreadTeam team(threads);
    team.enter([&] {
        team.loop(num_spikes.size(), kExamplesPerTask, Balance::kOnDemand,
                  [&](std::size_t begin, std::size_t end, std::size_t) {
                      std::size_t example = begin;
                      make(begin, end, [&](const SpikeList& list) { spikes.put(example++, list); });
                  });
    });
    return spikes;
}

void GridSpikes::reserve(std::size_t num_examples, std::size_t num_spikes) {
    row_begin_.reserve(num_examples + 1);
    step_begin_.reserve(num_examples * (num_steps_ + 1));
    neurons_.reserve(num_spikes);
}

void GridSpikes::prefetch(std::size_t example) const {
    if (example >= num_examples()) return;
    const std::size_t first = row_begin_[example];
    neurons_.prefetch(first, row_begin_[example + 1] - first);
    step_begin_.prefetch(example * (num_steps_ + 1), num_steps_ + 1);
}

void GridSpikes::unpack(std::size_t example, SpikeList& list) const {
    const std::size_t count = num_spikes(example);
    const std::size_t first = row_begin_[example];
    const std::size_t boundaries = num_steps_ + 1;
    list.step_begin.resize(boundaries);
    step_begin_.copy(example * boundaries, boundaries, list.step_begin.data());
    list.neurons.resize(count);
    neurons_.copy(first, count, list.neurons.data());
    list.offsets.clear();
    if (!offsets_.empty()) {
        list.offsets.assign(offsets_.data() + first, offsets_.data() + first + count);
    }
}

void GridSpikes::unpack(std::size_t example, double probability, const RandomStream& stream,
                        std::uint64_t draw, SpikeList& list) const {
    unpack(example, list);
    delete_spikes(list, probability, stream, draw);
}

}  // namespace saltus
