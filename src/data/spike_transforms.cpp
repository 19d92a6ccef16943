#include <saltus/data/spike_transforms.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

#include "data/axis_shift.hpp"

namespace saltus {
namespace {

constexpr double kMostAddedSpikes = 1e7;

ModelError refusal(const char* where, const char* parameter, const std::string& problem,
                   const std::string& advice) {
    return ModelError(where, problem, advice).with("parameter", parameter);
}

void require_time(double value, const char* where, const char* parameter) {
    if (std::isfinite(value) && value >= 0.0) return;
    throw refusal(where, parameter, fmt::format("{} is {} ms", parameter, value),
                  "give a finite time that is not negative");
}

void require_probability(double value, const char* where) {
    if (value >= 0.0 && value <= 1.0) return;
    throw refusal(where, "probability", fmt::format("probability is {}", value),
                  "give a number from 0 to 1");
}

}  // namespace

ShiftNeurons::ShiftNeurons(Shape shape, std::vector<std::size_t> max_shift)
    : shape_(std::move(shape)), max_shift_(std::move(max_shift)) {
    require_population_shape(shape_, "ShiftNeurons");
    if (max_shift_.size() > shape_.rank()) {
        throw refusal("ShiftNeurons", "max_shift",
                      fmt::format("max_shift has {} numbers for the shape {}", max_shift_.size(),
                                  to_string(shape_)),
                      "give at most one number for each axis");
    }
    for (std::size_t axis = 0; axis < max_shift_.size(); ++axis) {
        if (max_shift_[axis] < shape_[axis]) continue;
        throw refusal("ShiftNeurons", "max_shift",
                      fmt::format("max_shift is {} along axis {}, which has {} neurons",
                                  max_shift_[axis], axis, shape_[axis]),
                      "give a smaller number");
    }
}

void ShiftNeurons::apply(std::vector<Spike>& spikes, const AugmentationSource&, std::size_t,
                         ExampleRandom& random) const {
    std::vector<std::int64_t> shift;
    for (const std::size_t most : max_shift_) {
        shift.push_back(static_cast<std::int64_t>(random.below(2 * most + 1)) -
                        static_cast<std::int64_t>(most));
    }
    shift_along_axes(spikes, shape_, shift);
}

void ShiftNeurons::check(std::size_t num_neurons) const {
    require_shape_fits(shape_, num_neurons, "ShiftNeurons");
}

MirrorNeurons::MirrorNeurons(Shape shape, std::size_t axis, double probability)
    : shape_(std::move(shape)), axis_(axis), probability_(probability) {
    require_population_shape(shape_, "MirrorNeurons");
    if (axis >= shape_.rank()) {
        throw refusal("MirrorNeurons", "axis",
                      fmt::format("axis is {} for the shape {}", axis, to_string(shape_)),
                      fmt::format("give an axis from 0 to {}", shape_.rank() - 1));
    }
    require_probability(probability, "MirrorNeurons");
}

void MirrorNeurons::apply(std::vector<Spike>& spikes, const AugmentationSource&, std::size_t,
                          ExampleRandom& random) const {
    if (random.uniform() > probability_) return;
    std::size_t stride = 1;
    for (std::size_t axis = axis_ + 1; axis < shape_.rank(); ++axis)
        stride *= shape_[axis];
    const std::size_t length = shape_[axis_];
    for (Spike& spike : spikes) {
        const std::size_t place = spike.neuron / stride % length;
        const std::size_t without = spike.neuron - place * stride;
        spike.neuron = static_cast<std::uint32_t>(without + (length - 1 - place) * stride);
    }
}

void MirrorNeurons::check(std::size_t num_neurons) const {
    require_shape_fits(shape_, num_neurons, "MirrorNeurons");
}

ShiftTime::ShiftTime(double max_shift) : max_shift_(max_shift) {
    require_time(max_shift, "ShiftTime", "max_shift");
}

void ShiftTime::apply(std::vector<Spike>& spikes, const AugmentationSource&, std::size_t,
                      ExampleRandom& random) const {
    const double shift = (2.0 * random.uniform() - 1.0) * max_shift_;
    for (Spike& spike : spikes)
        spike.time += shift;
    std::erase_if(spikes, [](const Spike& spike) { return spike.time < 0.0; });
}

JitterTime::JitterTime(double sd) : sd_(sd) {
    require_time(sd, "JitterTime", "sd");
}

void JitterTime::apply(std::vector<Spike>& spikes, const AugmentationSource&, std::size_t,
                       ExampleRandom& random) const {
    for (Spike& spike : spikes)
        spike.time = std::fabs(spike.time + sd_ * random.normal());
}

DeleteSpikes::DeleteSpikes(double probability) : probability_(probability) {
    require_probability(probability, "DeleteSpikes");
}

void DeleteSpikes::apply(std::vector<Spike>& spikes, const AugmentationSource&, std::size_t,
                         ExampleRandom& random) const {
    std::erase_if(spikes, [&](const Spike&) { return random.uniform() <= probability_; });
}

AddSpikes::AddSpikes(double mean_spikes, double duration)
    : mean_spikes_(mean_spikes), duration_(duration) {
    if (!(mean_spikes >= 0.0 && mean_spikes <= kMostAddedSpikes)) {
        throw refusal("AddSpikes", "mean_spikes", fmt::format("mean_spikes is {}", mean_spikes),
                      fmt::format("give a number from 0 to {}", kMostAddedSpikes));
    }
    if (!(std::isfinite(duration) && duration > 0.0)) {
        throw refusal("AddSpikes", "duration", fmt::format("duration is {} ms", duration),
                      "give the length of an example");
    }
}

void AddSpikes::apply(std::vector<Spike>& spikes, const AugmentationSource& source, std::size_t,
                      ExampleRandom& random) const {
    const std::size_t num_neurons = source.trains.num_neurons();
    if (num_neurons == 0) return;
    for (std::size_t left = random.poisson(mean_spikes_); left > 0; --left) {
        const auto neuron = static_cast<std::uint32_t>(random.below(num_neurons));
        // From 0 on, and never the end itself.
        spikes.push_back({neuron, (1.0 - random.uniform()) * duration_});
    }
}

}  // namespace saltus
