#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace saltus {

/// What the readout of one example is compared with: the number of a class, or values.
struct Target {
    Target(std::int32_t class_label) : label(class_label) {}
    Target(std::span<const double> numbers) : values(numbers) {}

    std::int32_t label = -1;
    std::span<const double> values;
};

/// What training minimises: a function of the readout of one example and its target.
class Loss {
  public:
    virtual ~Loss() = default;
    /// The name in network files, for example "sparse_categorical_crossentropy".
    virtual std::string name() const = 0;
    /// Whether targets are values of the readout's shape rather than labels.
    virtual bool takes_values() const { return false; }
    /// Whether it may compare the output variable of every timestep, too: evaluate() then gets all
    /// of them, step by step, in place of the readout.
    virtual bool takes_steps() const { return false; }
    /// Whether it always does, with targets that are the same for every timestep, too.
    virtual bool compares_every_step() const { return false; }
    /// Whether it compares times, so that it goes with the readout FirstSpikeTime only.
    virtual bool needs_first_spikes() const { return false; }
    /// Of a loss that takes labels.
    /// @throws ModelError naming `where` when a label is not valid for `num_outputs` values.
    virtual void check_labels(std::span<const std::int32_t> /*labels*/, std::size_t /*num_outputs*/,
                              const std::string& /*where*/) const {}
    /// The loss of one example; writes its derivative by every readout value into `gradient`.
    virtual double evaluate(std::span<const double> readout, const Target& target,
                            std::span<double> gradient) const = 0;
};

}  // namespace saltus
