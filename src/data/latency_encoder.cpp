#include <saltus/data/latency_encoder.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

constexpr int kNumValues = 256;
/// The step in which a pixel of each value spikes; the number of steps for a silent one.
using StepTable = std::array<std::uint32_t, kNumValues>;

void require(bool is_valid, const char* parameter, double value, const char* advice) {
    if (is_valid) return;
    throw ModelError("LatencyEncoder", fmt::format("{} is {}", parameter, value), advice)
        .with("parameter", parameter)
        .with("value", fmt::format("{}", value));
}

void require_times(double min_time, int threshold) {
    require(std::isfinite(min_time) && min_time >= 0.0, "min_time", min_time,
            "give a time in ms that is not negative");
    require(threshold >= 0 && threshold < kNumValues, "threshold", threshold,
            "give a pixel value between 0 and 255");
}

/// Sorts the spikes of one image after another into steps, by counting.
class ImageSorter {
  public:
    ImageSorter(const StepTable& steps, std::size_t num_steps, int threshold)
        : steps_(steps), num_steps_(num_steps), threshold_(threshold) {}

    const SpikeList& sort(std::span<const std::uint8_t> image) {
        select(image);
        count(image);
        place(image);
        return list_;
    }

  private:
    /// Without a branch: which pixel spikes is too irregular to be predicted.
    void select(std::span<const std::uint8_t> image) {
        pixels_.resize(image.size());
        std::size_t num_selected = 0;
        for (std::size_t i = 0; i < image.size(); ++i) {
            pixels_[num_selected] = static_cast<std::uint32_t>(i);
            num_selected += image[i] > threshold_ ? 1 : 0;
        }
        pixels_.resize(num_selected);
    }

    void count(std::span<const std::uint8_t> image) {
        next_.assign(num_steps_ + 1, 0);
        for (const std::uint32_t pixel : pixels_)
            ++next_[steps_[image[pixel]]];
        std::uint32_t begin = 0;
        for (std::uint32_t& entry : next_)
            begin += std::exchange(entry, begin);
        list_.step_begin = next_;
    }

    /// Pixels come in the order of their numbers, which thus ascend within a step.
    void place(std::span<const std::uint8_t> image) {
        list_.neurons.resize(pixels_.size());
        for (const std::uint32_t pixel : pixels_) {
            list_.neurons[next_[steps_[image[pixel]]]++] = pixel;
        }
    }

    StepTable steps_;
    std::size_t num_steps_;
    int threshold_;
    std::vector<std::uint32_t> pixels_;
    // Where the next spike of each step goes.
    std::vector<std::uint32_t> next_;
    SpikeList list_;
};

/// Throws for the first pixel of a value that `is_late`, if there is any.
void require_no_late_pixel(const LatencyEncoder& encoder, const ImageView& images,
                           const std::array<bool, kNumValues>& is_late, double dt,
                           std::size_t num_steps) {
    const auto late = std::find_if(images.pixels.begin(), images.pixels.end(),
                                   [&](std::uint8_t value) { return is_late[value]; });
    if (late == images.pixels.end()) return;
    const auto position = static_cast<std::size_t>(late - images.pixels.begin());
    const std::size_t example = position / images.size;
    const std::size_t neuron = position % images.size;
    const double time = *encoder.time(*late);
    const double end = static_cast<double>(num_steps - 1) * dt;
    throw ModelError(
        fmt::format("Example {}", example),
        fmt::format(
            "pixel {} of value {} spikes at {:.9g} ms, after the last step of the example at "
            "{:.9g} ms ({} steps of {} ms are {:.9g} ms)",
            neuron, *late, time, end, num_steps, dt, static_cast<double>(num_steps) * dt),
        fmt::format("simulate at least {} steps or encode into a shorter time",
                    grid_step(time, dt) + 1))
        .with("example", std::to_string(example))
        .with("neuron", std::to_string(neuron))
        .with("time", fmt::format("{}", time))
        .with("end", fmt::format("{}", end));
}

/// @throws ModelError when a value that occurs in the images spikes after the last step.
StepTable step_table(const LatencyEncoder& encoder, const ImageView& images, double dt,
                     std::size_t num_steps) {
    StepTable steps{};
    std::array<bool, kNumValues> is_late{};
    bool any_late = false;
    for (std::size_t value = 0; value < kNumValues; ++value) {
        const auto time = encoder.time(static_cast<std::uint8_t>(value));
        const std::uint64_t step = time ? grid_step(*time, dt) : num_steps;
        is_late[value] = time && step >= num_steps;
        any_late = any_late || is_late[value];
        steps[value] = static_cast<std::uint32_t>(std::min<std::uint64_t>(step, num_steps));
    }
    if (any_late) require_no_late_pixel(encoder, images, is_late, dt, num_steps);
    return steps;
}

std::uint32_t count_bright(std::span<const std::uint8_t> pixels, int threshold) {
    // Blocks of a known number of rounds become vector instructions.
    constexpr std::size_t kBlock = 64;
    std::uint32_t count = 0;
    std::size_t i = 0;
    for (; i + kBlock <= pixels.size(); i += kBlock) {
        std::uint8_t in_block = 0;
        for (std::size_t j = 0; j < kBlock; ++j)
            in_block += pixels[i + j] > threshold ? 1 : 0;
        count += in_block;
    }
    for (; i < pixels.size(); ++i)
        count += pixels[i] > threshold ? 1 : 0;
    return count;
}

}  // namespace

LatencyEncoder LatencyEncoder::linear(double max_time, double min_time, int threshold) {
    require_times(min_time, threshold);
    require(std::isfinite(max_time) && max_time >= min_time, "max_time", max_time,
            "give a time in ms that is not before min_time");
    LatencyEncoder encoder(threshold);
    for (int value = threshold + 1; value < kNumValues; ++value) {
        encoder.times_[static_cast<std::size_t>(value)] =
            (255.0 - value) / 255.0 * (max_time - min_time) + min_time;
    }
    return encoder;
}

LatencyEncoder LatencyEncoder::logarithmic(double tau_eff, int threshold, double min_time) {
    require_times(min_time, threshold);
    require(std::isfinite(tau_eff) && tau_eff > 0.0, "tau_eff", tau_eff,
            "give a positive time constant in ms");
    LatencyEncoder encoder(threshold);
    for (int value = threshold + 1; value < kNumValues; ++value) {
        const double bright = value;
        encoder.times_[static_cast<std::size_t>(value)] =
            min_time + tau_eff * std::log(bright / (bright - threshold));
    }
    return encoder;
}

LatencyEncoder LatencyEncoder::from_times(std::span<const double, 256> times) {
    const auto first =
        std::find_if(times.begin(), times.end(), [](double time) { return !std::isnan(time); });
    LatencyEncoder encoder(static_cast<int>(first - times.begin()) - 1);
    for (auto time = first; time != times.end(); ++time) {
        const auto value = static_cast<std::size_t>(time - times.begin());
        require(std::isfinite(*time) && *time >= 0.0, "the time of a pixel", *time,
                "give times in ms, finite and not negative, and NaN for dark pixels only");
        encoder.times_[value] = *time;
    }
    return encoder;
}

SpikeTrains LatencyEncoder::encode(const ImageDataset& images) const {
    SpikeTrains trains(images.image_shape.size());
    std::vector<Spike> spikes;
    for (std::size_t i = 0; i < images.num_images; ++i) {
        spikes.clear();
        const auto image = images.image(i);
        for (std::size_t pixel = 0; pixel < image.size(); ++pixel) {
            const auto time = times_[image[pixel]];
            if (time) spikes.push_back({static_cast<std::uint32_t>(pixel), *time});
        }
        trains.append(spikes);
    }
    return trains;
}

GridSpikes LatencyEncoder::encode(const ImageView& images, double dt, std::size_t num_steps,
                                  int threads) const {
    // Refuses an impossible grid before anything is computed from it.
    const GridSpikes grid(images.size, num_steps, dt);
    const StepTable steps = step_table(*this, images, dt, num_steps);
    std::vector<std::uint32_t> num_spikes(images.num_images);
    for (std::size_t i = 0; i < images.num_images; ++i) {
        num_spikes[i] = count_bright(images.image(i), threshold_);
    }
    const auto make = [&](std::size_t first, std::size_t last,
                          const GridSpikes::TakeExample& take) {
        ImageSorter sorter(steps, num_steps, threshold_);
        for (std::size_t i = first; i < last; ++i)
            take(sorter.sort(images.image(i)));
    };
    return GridSpikes::assemble(grid.num_neurons(), num_steps, dt, num_spikes, make, threads);
}

}  // namespace saltus
