#include <saltus/optimisers/adam.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

void require(bool valid, const char* name, double value, const char* range) {
    if (valid) return;
    throw ModelError("Adam", fmt::format("{} is {:g}", name, value),
                     fmt::format("give a number {}", range))
        .with("parameter", name);
}

}  // namespace

void Adam::check() const {
    require(std::isfinite(alpha) && alpha >= 0.0, "alpha", alpha, "of at least 0");
    require(beta1 >= 0.0 && beta1 < 1.0, "beta1", beta1, "in [0, 1)");
    require(beta2 >= 0.0 && beta2 < 1.0, "beta2", beta2, "in [0, 1)");
    require(std::isfinite(epsilon) && epsilon > 0.0, "epsilon", epsilon, "greater than 0");
}

AdamStep adam_step(const Adam& adam, std::uint64_t step) {
    const double updates = static_cast<double>(step) + 1.0;
    return {adam.alpha,
            adam.beta1,
            adam.beta2,
            adam.epsilon,
            1.0 / (1.0 - std::pow(adam.beta1, updates)),
            1.0 / (1.0 - std::pow(adam.beta2, updates))};
}

}  // namespace saltus
