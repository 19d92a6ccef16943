#include <saltus/data/spike_trains.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

bool is_before(const Spike& a, const Spike& b) {
    return a.time != b.time ? a.time < b.time : a.neuron < b.neuron;
}

void require_spike(const Spike& spike, std::size_t example, std::size_t num_neurons) {
    const bool has_neuron = spike.neuron < num_neurons;
    if (has_neuron && std::isfinite(spike.time) && spike.time >= 0.0) return;
    const std::string problem =
        has_neuron
            ? fmt::format("neuron {} spikes at {} ms, which is no time", spike.neuron, spike.time)
            : fmt::format("neuron {} spikes at {} ms, but the trains have {} neurons", spike.neuron,
                          spike.time, num_neurons);
    throw ModelError(fmt::format("Example {}", example), problem,
                     has_neuron ? "times count in ms from the start of the example, finite and not "
                                  "negative"
                                : "neurons count from 0; check the population's size")
        .with("example", std::to_string(example))
        .with("neuron", std::to_string(spike.neuron))
        .with("time", fmt::format("{}", spike.time));
}

}  // namespace

void SpikeTrains::append(std::span<const Spike> spikes) {
    for (const Spike& spike : spikes)
        require_spike(spike, num_examples(), num_neurons_);
    if (std::is_sorted(spikes.begin(), spikes.end(), is_before)) {
        append_sorted(spikes);
        return;
    }
    std::vector<Spike> sorted(spikes.begin(), spikes.end());
    std::sort(sorted.begin(), sorted.end(), is_before);
    append_sorted(sorted);
}

void SpikeTrains::append(std::span<const double> times, std::span<const std::uint32_t> neurons) {
    if (times.size() != neurons.size()) {
        throw ModelError(fmt::format("Example {}", num_examples()),
                         fmt::format("has {} times, but {} neurons", times.size(), neurons.size()),
                         "give one neuron for each time")
            .with("example", std::to_string(num_examples()))
            .with("times", std::to_string(times.size()))
            .with("neurons", std::to_string(neurons.size()));
    }
    std::vector<Spike> spikes(times.size());
    for (std::size_t i = 0; i < spikes.size(); ++i)
        spikes[i] = {neurons[i], times[i]};
    append(spikes);
}

void SpikeTrains::require_same_population(const SpikeTrains& more) const {
    if (more.num_neurons_ != num_neurons_) {
        throw ModelError("SpikeTrains",
                         fmt::format("trains of {} neurons cannot be added to those of {}",
                                     more.num_neurons_, num_neurons_),
                         "give trains of the same population");
    }
}

void SpikeTrains::append(const SpikeTrains& more, std::span<const std::uint32_t> examples) {
    require_same_population(more);
    if (&more == this) {
        append(SpikeTrains(more), examples);
        return;
    }
    std::size_t num_spikes = this->num_spikes();
    for (const std::uint32_t example : examples)
        num_spikes += more.num_spikes(example);
    reserve(num_examples() + examples.size(), num_spikes);
    for (const std::uint32_t example : examples) {
        const auto times = more.times(example);
        const auto neurons = more.neurons(example);
        times_.insert(times_.end(), times.begin(), times.end());
        neurons_.insert(neurons_.end(), neurons.begin(), neurons.end());
        row_begin_.push_back(times_.size());
    }
}

void SpikeTrains::append(const SpikeTrains& more) {
    require_same_population(more);
    if (&more == this) {
        append(SpikeTrains(more));
        return;
    }
    const std::size_t before = times_.size();
    const std::size_t num_examples = more.num_examples();
    for (std::size_t example = 0; example < num_examples; ++example)
        row_begin_.push_back(before + more.row_begin_[example + 1]);
    times_.insert(times_.end(), more.times_.begin(), more.times_.end());
    neurons_.insert(neurons_.end(), more.neurons_.begin(), more.neurons_.end());
}

void SpikeTrains::reserve(std::size_t num_examples, std::size_t num_spikes) {
    row_begin_.reserve(num_examples + 1);
    times_.reserve(num_spikes);
    neurons_.reserve(num_spikes);
}

void SpikeTrains::append_sorted(std::span<const Spike> spikes) {
    for (const Spike& spike : spikes) {
        neurons_.push_back(spike.neuron);
        times_.push_back(spike.time);
    }
    row_begin_.push_back(times_.size());
}

void SpikeTrains::require_example(std::size_t example) const {
    if (example < num_examples()) return;
    throw ModelError(
        "SpikeTrains",
        fmt::format("there is no example {}: the trains hold {}", example, num_examples()),
        "examples count from 0")
        .with("example", std::to_string(example));
}

std::size_t SpikeTrains::num_spikes(std::size_t example) const {
    require_example(example);
    return row_begin_[example + 1] - row_begin_[example];
}

std::span<const std::uint32_t> SpikeTrains::neurons(std::size_t example) const {
    const std::size_t count = num_spikes(example);
    return std::span(neurons_).subspan(row_begin_[example], count);
}

std::span<const double> SpikeTrains::times(std::size_t example) const {
    const std::size_t count = num_spikes(example);
    return std::span(times_).subspan(row_begin_[example], count);
}

double SpikeTrains::latest_time() const {
    const auto latest = std::max_element(times_.begin(), times_.end());
    return latest == times_.end() ? 0.0 : *latest;
}

}  // namespace saltus
