#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <saltus/common/shape.hpp>
#include <saltus/data/augmentation.hpp>

namespace saltus {

/// Moves all spikes of an example by the same random number of neurons along each axis.
class ShiftNeurons : public SpikeTransform {
  public:
    /// @param shape of the population: (channels), (rows, columns) or (rows, columns, polarities).
    /// @param max_shift for the first axes, in neurons: each whole number from -max_shift to
    /// max_shift is as likely. Axes without a number are not shifted. Spikes that leave are
    /// deleted.
    /// @throws ModelError for an empty shape, more numbers than axes, or shifts as large as an
    /// axis.
    ShiftNeurons(Shape shape, std::vector<std::size_t> max_shift);

    void apply(std::vector<Spike>& spikes, const AugmentationSource& source, std::size_t example,
               ExampleRandom& random) const override;
    void check(std::size_t num_neurons) const override;
    bool only_moves() const override { return true; }

  private:
    Shape shape_;
    std::vector<std::size_t> max_shift_;
};

/// Mirrors an example: along one axis, the first neurons change places with the last ones.
class MirrorNeurons : public SpikeTransform {
  public:
    /// @param shape of the population: (rows, columns), (rows, columns, polarities), ...
    /// @param axis along which places change: 1 exchanges left and right of (rows, columns).
    /// @param probability with which an example is mirrored; otherwise it stays as it is.
    /// @throws ModelError for an empty shape, an axis that it does not have, or no such
    /// probability.
    MirrorNeurons(Shape shape, std::size_t axis, double probability = 0.5);

    void apply(std::vector<Spike>& spikes, const AugmentationSource& source, std::size_t example,
               ExampleRandom& random) const override;
    void check(std::size_t num_neurons) const override;
    bool only_moves() const override { return true; }

  private:
    Shape shape_;
    std::size_t axis_;
    double probability_;
};

/// Moves all spikes of an example by the same random time.
class ShiftTime : public SpikeTransform {
  public:
    /// @param max_shift in ms: the shift is uniform from -max_shift to max_shift. Spikes whose time
    /// would be negative are deleted.
    /// @throws ModelError unless it is finite and not negative.
    explicit ShiftTime(double max_shift);

    void apply(std::vector<Spike>& spikes, const AugmentationSource& source, std::size_t example,
               ExampleRandom& random) const override;
    void check(std::size_t) const override {}

  private:
    double max_shift_;
};

/// Moves each spike by a random time of its own.
class JitterTime : public SpikeTransform {
  public:
    /// @param sd standard deviation of the normal distribution of shifts, in ms. A time that would
    /// be negative is reflected at 0.
    /// @throws ModelError unless it is finite and not negative.
    explicit JitterTime(double sd);

    void apply(std::vector<Spike>& spikes, const AugmentationSource& source, std::size_t example,
               ExampleRandom& random) const override;
    void check(std::size_t) const override {}

  private:
    double sd_;
};

/// Deletes each spike with the same probability.
class DeleteSpikes : public SpikeTransform {
  public:
    /// @throws ModelError unless the probability is from 0 to 1.
    explicit DeleteSpikes(double probability);

    void apply(std::vector<Spike>& spikes, const AugmentationSource& source, std::size_t example,
               ExampleRandom& random) const override;
    void check(std::size_t) const override {}

  private:
    double probability_;
};

/// Adds spikes of random neurons at random times.
class AddSpikes : public SpikeTransform {
  public:
    /// @param mean_spikes mean number of spikes that an example gets (Poisson).
    /// @param duration in ms: times are uniform from 0 to it, neurons uniform among all.
    /// @throws ModelError for a mean that is negative or above 10 million, or a duration that is
    /// not positive and finite.
    AddSpikes(double mean_spikes, double duration);

    void apply(std::vector<Spike>& spikes, const AugmentationSource& source, std::size_t example,
               ExampleRandom& random) const override;
    void check(std::size_t) const override {}

  private:
    double mean_spikes_;
    double duration_;
};

/// Replaces an example by a blend of it and another one of its class: both are shifted so that
/// their centres of mass (mean time, mean place) meet halfway, then each spike of both is taken
/// with probability one half. It takes the other example as the data set has it, and so stands
/// first in a list.
///
/// T. Nowotny, J. P. Turner, J. C. Knight, Loss shaping enhances exact gradient learning with
/// EventProp in spiking neural networks, Neuromorphic Computing and Engineering 5, 014001 (2025).
class BlendExamples : public SpikeTransform {
  public:
    /// @param shape of the population.
    /// @param num_aligned_axes the first so many axes are those of places: 1 for (channels), 2 for
    /// (rows, columns, polarities).
    /// @param probability with which an example is blended; otherwise it stays as it is.
    /// @throws ModelError for an empty shape, more axes than it has, or no such probability.
    BlendExamples(Shape shape, std::size_t num_aligned_axes, double probability = 1.0);

    void apply(std::vector<Spike>& spikes, const AugmentationSource& source, std::size_t example,
               ExampleRandom& random) const override;
    void check(std::size_t num_neurons) const override;

  private:
    Shape shape_;
    std::size_t num_aligned_axes_;
    double probability_;
};

}  // namespace saltus
