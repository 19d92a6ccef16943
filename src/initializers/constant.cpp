#include <saltus/initializers/constant.hpp>

#include "initializers/arguments.hpp"

namespace saltus {

Constant::Constant(double value) : value_(value) {
    require_finite_arguments("Constant", {{"value", value}});
}

double Constant::value(const RandomStream&, std::uint64_t) const {
    return value_;
}

std::string Constant::describe() const {
    return fmt::format("constant({:g})", value_);
}

}  // namespace saltus
