#include <saltus/network/init_value.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {

InitValue::InitValue(Array array) : value_(std::make_shared<const Array>(std::move(array))) {}

InitValue::InitValue(const std::vector<double>& values) : InitValue(Array::vector(values)) {}

InitValue::InitValue(const char* initializer_name) : InitValue(std::string(initializer_name)) {}

InitValue::InitValue(const std::string& initializer_name) : value_(initializer_name) {}

InitValue::InitValue(std::shared_ptr<const Initializer> initializer) : value_(initializer) {
    if (!initializer) {
        throw ModelError("InitValue", "the initializer is null", "give a number or an initializer");
    }
}

InitValue InitValue::trainable(TrainableRange range) const {
    if (!(range.lower <= range.upper)) {
        throw ModelError("Trainable",
                         fmt::format("lower is {:g} and upper is {:g}", range.lower, range.upper),
                         "give a lower bound that is not above the upper one");
    }
    InitValue marked = *this;
    marked.training_ = range;
    return marked;
}

void InitValue::require_fixed(const std::string& where, const std::string& what,
                              const std::string& advice) const {
    if (!training_) return;
    throw ModelError(where, fmt::format("{} is marked as trainable", what), advice);
}

void InitValue::require_finite(const std::string& where, const std::string& what) const {
    if (is_array()) saltus::require_finite(array(), where, what);
    if (is_constant() && !std::isfinite(constant())) {
        throw ModelError(where, fmt::format("{} is {}", what, constant()), "give a finite number");
    }
}

std::string InitValue::describe() const {
    if (training_) {
        InitValue plain = *this;
        plain.training_.reset();
        return fmt::format("trainable {}", plain.describe());
    }
    if (is_constant()) return fmt::format("{:g}", constant());
    if (is_array()) return "array " + to_string(array().shape);
    return is_name() ? name() : initializer().describe();
}

}  // namespace saltus
