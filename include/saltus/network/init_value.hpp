#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <saltus/common/array.hpp>
#include <saltus/network/initializer.hpp>

namespace saltus {

/// How training may change a parameter.
struct TrainableRange {
    /// Updates stop at these, in the parameter's unit. Times in ms never become shorter than a
    /// timestep, or a tenth of where they began if that is less, where no other bound is given.
    double lower = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();
    /// Whether every neuron has a value of its own, rather than all of them one together. Always so
    /// where the values at the start are not one constant.
    bool per_neuron = false;
};

/// What a weight, delay, parameter or initial state can be given as: a constant, an array with one
/// value an element, an Initializer, or the name of an initializer with default arguments.
class InitValue {
  public:
    InitValue(double constant) : value_(constant) {}          // NOLINT(google-explicit-constructor)
    InitValue(int constant) : InitValue(double(constant)) {}  // NOLINT(google-explicit-constructor)
    InitValue(Array array);                                   // NOLINT(google-explicit-constructor)
    InitValue(const std::vector<double>& values);             // NOLINT(google-explicit-constructor)
    InitValue(const char* initializer_name);                  // NOLINT(google-explicit-constructor)
    InitValue(const std::string& initializer_name);           // NOLINT(google-explicit-constructor)
    InitValue(
        std::shared_ptr<const Initializer> initializer);  // NOLINT(google-explicit-constructor)
    template <std::derived_from<Initializer> T>
    InitValue(T initializer)  // NOLINT(google-explicit-constructor)
        : InitValue(std::shared_ptr<const Initializer>(
              std::make_shared<const T>(std::move(initializer)))) {}

    /// The same value, marked as one that training changes: of parameters of neurons and synapses.
    /// @throws ModelError for bounds that are no numbers, or of which the lower is above the upper.
    InitValue trainable(TrainableRange range = {}) const;
    /// How it may be trained, if it is.
    const std::optional<TrainableRange>& training() const { return training_; }
    /// @throws ModelError when it is marked as trainable, of what has no such mark.
    void require_fixed(const std::string& where, const std::string& what,
                       const std::string& advice) const;

    bool is_constant() const { return std::holds_alternative<double>(value_); }
    bool is_array() const { return std::holds_alternative<std::shared_ptr<const Array>>(value_); }
    bool is_initializer() const {
        return std::holds_alternative<std::shared_ptr<const Initializer>>(value_);
    }
    bool is_name() const { return std::holds_alternative<std::string>(value_); }
    double constant() const { return std::get<double>(value_); }
    const Array& array() const { return *std::get<std::shared_ptr<const Array>>(value_); }
    const Initializer& initializer() const {
        return *std::get<std::shared_ptr<const Initializer>>(value_);
    }
    std::shared_ptr<const Initializer> shared_initializer() const {
        return std::get<std::shared_ptr<const Initializer>>(value_);
    }

    /// The initializer's name, resolved when the network is compiled.
    const std::string& name() const { return std::get<std::string>(value_); }

    /// @throws ModelError when a constant or an array holds a NaN or an infinity.
    void require_finite(const std::string& where, const std::string& what) const;
    /// "20", "array (10, 5)" or the initializer's description.
    std::string describe() const;

  private:
    std::variant<double, std::shared_ptr<const Array>, std::shared_ptr<const Initializer>,
                 std::string>
        value_;
    std::optional<TrainableRange> training_;
};

/// A parameter that training changes: `.tau_mem = trainable(20.0, {.lower = 5.0})`.
inline InitValue trainable(const InitValue& value, TrainableRange range = {}) {
    return value.trainable(range);
}

}  // namespace saltus
