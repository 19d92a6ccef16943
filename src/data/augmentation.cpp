#include <saltus/data/augmentation.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

#include "common/thread_team.hpp"

namespace saltus {
namespace {

constexpr std::size_t kMostTransforms = 256;
constexpr std::size_t kExamplesPerTask = 32;

ModelError refusal(const std::string& problem, const std::string& advice) {
    return ModelError("SpikeAugmentation", problem, advice);
}

std::vector<std::vector<std::uint32_t>> by_label(std::span<const std::int32_t> labels) {
    std::vector<std::vector<std::uint32_t>> examples;
    for (std::size_t example = 0; example < labels.size(); ++example) {
        const std::int32_t label = labels[example];
        // A class without limit would take memory for all classes below it.
        if (label < 0 || static_cast<std::size_t>(label) > labels.size() + 1'000'000) {
            throw refusal(fmt::format("example {} has label {}", example, label),
                          "give classes numbered from 0")
                .with("example", std::to_string(example));
        }
        if (examples.size() <= static_cast<std::size_t>(label))
            examples.resize(static_cast<std::size_t>(label) + 1);
        examples[static_cast<std::size_t>(label)].push_back(static_cast<std::uint32_t>(example));
    }
    return examples;
}

/// Blocks one after the other; each gives its memory back when it was copied.
SpikeTrains joined(std::vector<SpikeTrains> blocks, const SpikeTrains& original) {
    std::size_t num_spikes = 0;
    for (const SpikeTrains& block : blocks)
        num_spikes += block.num_spikes();
    SpikeTrains all(original.num_neurons());
    all.reserve(original.num_examples(), num_spikes);
    for (SpikeTrains& block : blocks) {
        all.append(block);
        block = SpikeTrains(original.num_neurons());
    }
    return all;
}

}  // namespace

SpikeAugmentation::SpikeAugmentation(std::vector<std::shared_ptr<const SpikeTransform>> transforms,
                                     std::uint64_t seed, double duration)
    : transforms_(std::move(transforms)), seed_(seed), duration_(duration) {
    if (transforms_.size() > kMostTransforms) {
        throw refusal(fmt::format("there are {} transforms", transforms_.size()),
                      fmt::format("give at most {}", kMostTransforms))
            .with("parameter", "transforms");
    }
    if (std::ranges::find(transforms_, nullptr) != transforms_.end())
        throw refusal("one transform is null", "give objects").with("parameter", "transforms");
    if (!(duration > 0.0)) {
        throw refusal(fmt::format("duration is {} ms", duration), "give a positive time, or none")
            .with("parameter", "duration");
    }
}

SpikeTrains SpikeAugmentation::apply(const SpikeTrains& trains,
                                     std::span<const std::int32_t> labels, std::size_t epoch,
                                     int threads) const {
    if (!labels.empty() && labels.size() != trains.num_examples()) {
        throw refusal(fmt::format("there are {} labels for {} examples", labels.size(),
                                  trains.num_examples()),
                      "give one for each, or none");
    }
    for (const auto& transform : transforms_)
        transform->check(trains.num_neurons());
    const auto examples_by_label = by_label(labels);
    const AugmentationSource source{trains, labels, examples_by_label};
    // Blocks of examples are made by several threads, and joined in the order of examples.
    const std::size_t num_blocks =
        (trains.num_examples() + kExamplesPerTask - 1) / kExamplesPerTask;
    std::vector<SpikeTrains> blocks(num_blocks, SpikeTrains(trains.num_neurons()));
    ThreadTeam team(threads);
    team.enter([&] {
        team.loop(num_blocks, 1, Balance::kOnDemand,
                  [&](std::size_t begin, std::size_t end, std::size_t) {
                      for (std::size_t block = begin; block < end; ++block)
                          blocks[block] = vary_block(source, block * kExamplesPerTask, epoch);
                  });
    });
    return joined(std::move(blocks), trains);
}

bool SpikeAugmentation::only_moves() const {
    return std::ranges::all_of(transforms_, [](const auto& t) { return t->only_moves(); });
}

ImageDataset SpikeAugmentation::apply(const ImageDataset& images, std::size_t epoch,
                                      int threads) const {
    ImageDataset varied = images;
    apply(images.view(), varied.pixels, epoch, threads);
    return varied;
}

void SpikeAugmentation::apply(const ImageView& images, std::span<std::uint8_t> moved,
                              std::size_t epoch, int threads) const {
    if (!only_moves()) {
        throw refusal("a transform does more with images than to move pixels",
                      "turn them into spikes first");
    }
    for (const auto& transform : transforms_)
        transform->check(images.size);
    const SpikeTrains none(images.size);
    const std::vector<std::vector<std::uint32_t>> no_labels;
    const AugmentationSource source{none, {}, no_labels};
    const auto move = [&](std::size_t example, std::vector<Spike>& pixels) {
        const auto image = images.image(example);
        const auto to = moved.subspan(example * images.size, images.size);
        pixels.clear();
        for (std::uint32_t k = 0; k < image.size(); ++k)
            if (image[k] != 0) pixels.push_back({k, static_cast<double>(image[k])});
        vary(source, example, epoch, pixels);
        std::ranges::fill(to, std::uint8_t{0});
        for (const Spike& pixel : pixels)
            to[pixel.neuron] = static_cast<std::uint8_t>(pixel.time);
    };
    ThreadTeam team(threads);
    team.enter([&] {
        team.loop(images.num_images, kExamplesPerTask, Balance::kOnDemand,
                  [&](std::size_t begin, std::size_t end, std::size_t) {
                      std::vector<Spike> pixels;
                      for (std::size_t example = begin; example < end; ++example)
                          move(example, pixels);
                  });
    });
}

void SpikeAugmentation::vary(const AugmentationSource& source, std::size_t example,
                             std::size_t epoch, std::vector<Spike>& spikes) const {
    for (std::size_t number = 0; number < transforms_.size(); ++number) {
        ExampleRandom random(seed_, epoch, example, number);
        transforms_[number]->apply(spikes, source, example, random);
    }
}

SpikeTrains SpikeAugmentation::vary_block(const AugmentationSource& source, std::size_t first,
                                          std::size_t epoch) const {
    SpikeTrains varied(source.trains.num_neurons());
    std::vector<Spike> spikes;
    const std::size_t last = std::min(first + kExamplesPerTask, source.trains.num_examples());
    for (std::size_t example = first; example < last; ++example) {
        const auto times = source.trains.times(example);
        const auto neurons = source.trains.neurons(example);
        spikes.clear();
        for (std::size_t spike = 0; spike < times.size(); ++spike)
            spikes.push_back({neurons[spike], times[spike]});
        vary(source, example, epoch, spikes);
        std::erase_if(spikes, [&](const Spike& spike) { return spike.time >= duration_; });
        varied.append(spikes);
    }
    return varied;
}

}  // namespace saltus
