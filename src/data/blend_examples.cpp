#include <cmath>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>
#include <saltus/data/spike_transforms.hpp>

#include "data/axis_shift.hpp"

namespace saltus {
namespace {

double mean_time(std::span<const Spike> spikes) {
    double sum = 0.0;
    for (const Spike& spike : spikes)
        sum += spike.time;
    return sum / static_cast<double>(spikes.size());
}

std::vector<Spike> spikes_of(const SpikeTrains& trains, std::size_t example) {
    std::vector<Spike> spikes;
    const auto times = trains.times(example);
    const auto neurons = trains.neurons(example);
    for (std::size_t spike = 0; spike < times.size(); ++spike)
        spikes.push_back({neurons[spike], times[spike]});
    return spikes;
}

/// Moves spikes so that their centre of mass comes to a place and time; those that leave the
/// population or the time from 0 on are deleted.
void centre_at(std::vector<Spike>& spikes, const Shape& shape, std::span<const double> place,
               double time) {
    const std::vector<double> own_place = mean_place(spikes, shape, place.size());
    const double delay = time - mean_time(spikes);
    std::vector<std::int64_t> shift;
    for (std::size_t axis = 0; axis < place.size(); ++axis)
        shift.push_back(std::llround(place[axis] - own_place[axis]));
    shift_along_axes(spikes, shape, shift);
    for (Spike& spike : spikes)
        spike.time += delay;
    std::erase_if(spikes, [](const Spike& spike) { return spike.time < 0.0; });
}

}  // namespace

BlendExamples::BlendExamples(Shape shape, std::size_t num_aligned_axes, double probability)
    : shape_(std::move(shape)), num_aligned_axes_(num_aligned_axes), probability_(probability) {
    require_population_shape(shape_, "BlendExamples");
    if (num_aligned_axes > shape_.rank()) {
        throw ModelError("BlendExamples",
                         fmt::format("num_aligned_axes is {}, but the shape is {}",
                                     num_aligned_axes, to_string(shape_)),
                         "give at most the number of its axes")
            .with("parameter", "num_aligned_axes");
    }
    if (!(probability >= 0.0 && probability <= 1.0)) {
        throw ModelError("BlendExamples", fmt::format("probability is {}", probability),
                         "give a number from 0 to 1")
            .with("parameter", "probability");
    }
}

void BlendExamples::apply(std::vector<Spike>& spikes, const AugmentationSource& source,
                          std::size_t example, ExampleRandom& random) const {
    if (source.labels.empty()) {
        throw ModelError("BlendExamples", "it was given no labels",
                         "give the class of each example, since only examples of one class blend");
    }
    if (random.uniform() > probability_) return;
    const auto label = static_cast<std::size_t>(source.labels[example]);
    const std::vector<std::uint32_t>& same = source.examples_by_label[label];
    if (same.size() < 2) return;
    // Any of the class but the example itself.
    std::size_t number = random.below(same.size() - 1);
    if (same[number] >= example) ++number;
    std::vector<Spike> other = spikes_of(source.trains, same[number]);
    if (spikes.empty() || other.empty()) return;
    std::vector<double> place = mean_place(spikes, shape_, num_aligned_axes_);
    const std::vector<double> other_place = mean_place(other, shape_, num_aligned_axes_);
    for (std::size_t axis = 0; axis < place.size(); ++axis)
        place[axis] = 0.5 * (place[axis] + other_place[axis]);
    const double time = 0.5 * (mean_time(spikes) + mean_time(other));
    centre_at(spikes, shape_, place, time);
    centre_at(other, shape_, place, time);
    spikes.insert(spikes.end(), other.begin(), other.end());
    std::erase_if(spikes, [&](const Spike&) { return random.uniform() <= 0.5; });
}

void BlendExamples::check(std::size_t num_neurons) const {
    require_shape_fits(shape_, num_neurons, "BlendExamples");
}

}  // namespace saltus
