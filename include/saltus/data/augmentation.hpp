#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include <saltus/data/example_random.hpp>
#include <saltus/data/image_dataset.hpp>
#include <saltus/data/spike_trains.hpp>

namespace saltus {

/// The data set to which an example belongs that is varied.
struct AugmentationSource {
    const SpikeTrains& trains;
    /// Class of each example.
    std::span<const std::int32_t> labels;
    /// Numbers of the examples of each class, ascending.
    const std::vector<std::vector<std::uint32_t>>& examples_by_label;
};

/// One way to vary an example: a function of its spikes, the data set and random numbers. To make
/// another one, derive from this class.
class SpikeTransform {
  public:
    virtual ~SpikeTransform() = default;

    /// Varies the spikes of one example, in any order. Those of neurons that do not exist or at
    /// negative times are not allowed to remain.
    virtual void apply(std::vector<Spike>& spikes, const AugmentationSource& source,
                       std::size_t example, ExampleRandom& random) const = 0;
    /// @throws ModelError when it does not fit examples of so many neurons.
    virtual void check(std::size_t num_neurons) const = 0;
    /// Whether it only moves spikes to other neurons, or deletes those of some, whatever their
    /// times: pixels can then be moved before they are spikes.
    virtual bool only_moves() const { return false; }
};

/// A list of transforms that makes a varied copy of a data set for each epoch.
///
/// Example, with `x` spike trains and `y` their labels:
///
///     const SpikeAugmentation augmentation(
///         {std::make_shared<ShiftNeurons>(Shape{34, 34, 2}, std::vector<std::size_t>{2, 2}),
///          std::make_shared<DeleteSpikes>(0.1)},
///         7, 300.0);
///     options.augment = [&](std::size_t epoch) {
///         return Dataset{{{"input", std::make_shared<SpikeTrains>(
///                                       augmentation.apply(*x, y, epoch))}},
///                        {{"output", y}}};
///     };
class SpikeAugmentation {
  public:
    /// @param transforms applied to each example in this order; at most 256.
    /// @param seed of the random numbers: with it, what an epoch's copy of an example is depends on
    /// the numbers of the epoch and the example alone.
    /// @param duration spikes that are at or after this time (ms) at the end are deleted.
    /// @throws ModelError for too many transforms, one that is null, or no such duration.
    explicit SpikeAugmentation(std::vector<std::shared_ptr<const SpikeTransform>> transforms,
                               std::uint64_t seed = 0,
                               double duration = std::numeric_limits<double>::infinity());

    /// A varied copy of all examples.
    /// @param labels class of each example, from 0, or empty where no transform looks at them.
    /// @param threads how many work at it, 0 for one a core; the result does not depend on it.
    /// @throws ModelError when transforms, trains and labels do not fit each other.
    SpikeTrains apply(const SpikeTrains& trains, std::span<const std::int32_t> labels,
                      std::size_t epoch, int threads = 1) const;

    /// Whether all transforms only move spikes to other neurons.
    bool only_moves() const;
    /// A varied copy of images, of which each pixel moves as the spike of a neuron would.
    /// @throws ModelError when a transform does more than that, or does not fit the images.
    ImageDataset apply(const ImageDataset& images, std::size_t epoch, int threads = 1) const;
    /// The same from memory to memory. @param moved as many pixels.
    void apply(const ImageView& images, std::span<std::uint8_t> moved, std::size_t epoch,
               int threads = 1) const;

  private:
    void vary(const AugmentationSource& source, std::size_t example, std::size_t epoch,
              std::vector<Spike>& spikes) const;
    SpikeTrains vary_block(const AugmentationSource& source, std::size_t first,
                           std::size_t epoch) const;

    std::vector<std::shared_ptr<const SpikeTransform>> transforms_;
    std::uint64_t seed_;
    double duration_;
};

}  // namespace saltus
