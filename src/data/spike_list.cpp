#include <saltus/data/spike_list.hpp>

#include <cmath>
#include <cstddef>

namespace saltus {

std::uint64_t grid_step(double time, double dt) {
    constexpr double kTolerance = 1e-6;
    constexpr double kMostSteps = 0x1p62;
    const double step = std::ceil(time / dt - kTolerance);
    if (step >= kMostSteps) return static_cast<std::uint64_t>(kMostSteps);
    return step > 0.0 ? static_cast<std::uint64_t>(step) : 0;
}

void drop_steps(std::size_t count, SpikeList& spikes) {
    const auto dropped = static_cast<std::ptrdiff_t>(count);
    const std::uint32_t first = spikes.step_begin[count];
    spikes.neurons.erase(spikes.neurons.begin(), spikes.neurons.begin() + first);
    spikes.step_begin.erase(spikes.step_begin.begin(), spikes.step_begin.begin() + dropped);
    for (std::uint32_t& begin : spikes.step_begin)
        begin -= first;
}

void append_steps(const SpikeList& more, SpikeList& spikes) {
    const auto before = static_cast<std::uint32_t>(spikes.neurons.size());
    spikes.neurons.insert(spikes.neurons.end(), more.neurons.begin(), more.neurons.end());
    for (std::size_t step = 1; step < more.step_begin.size(); ++step)
        spikes.step_begin.push_back(before + more.step_begin[step]);
}

}  // namespace saltus
