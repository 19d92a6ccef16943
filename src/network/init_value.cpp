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

void InitValue::require_finite(const std::string& where, const std::string& what) const {
    if (is_array()) saltus::require_finite(array(), where, what);
    if (is_constant() && !std::isfinite(constant())) {
        throw ModelError(where, fmt::format("{} is {}", what, constant()), "give a finite number");
    }
}

std::string InitValue::describe() const {
    if (is_constant()) return fmt::format("{:g}", constant());
    if (is_array()) return "array " + to_string(array().shape);
    return is_name() ? name() : initializer().describe();
}

}  // namespace saltus
