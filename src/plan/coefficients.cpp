#include "plan/coefficients.hpp"

#include <algorithm>

#include <saltus/common/errors.hpp>
#include <saltus/initializers/materialise.hpp>

#include <saltus/common/random.hpp>

namespace saltus {

using expr::Expression;

double evaluate_at(const Expression& expression, const std::vector<Coefficient>& coefficients,
                   std::size_t neuron) {
    return evaluate(expression, [&](const std::string& name) {
        for (const Coefficient& coefficient : coefficients) {
            if (coefficient.name == name) return coefficient.at(neuron);
        }
        throw InternalError("plan", "no coefficient '" + name + "'");
    });
}

Coefficient evaluate_all(std::string name, const Expression& expression,
                         const std::vector<Coefficient>& coefficients, std::size_t size) {
    const bool varies = std::any_of(coefficients.begin(), coefficients.end(), [&](const auto& c) {
        return c.per_neuron() && depends_on(expression, c.name);
    });
    Coefficient result{std::move(name), {}};
    for (std::size_t neuron = 0; neuron < (varies ? size : 1); ++neuron) {
        result.values.push_back(evaluate_at(expression, coefficients, neuron));
    }
    return result;
}

Coefficient coefficient_from(const std::string& name, const InitValue& value, std::size_t size,
                             std::uint64_t seed, std::uint32_t owner, const std::string& where) {
    if (value.is_constant()) {
        value.require_finite(where, name);
        return {name, {value.constant()}};
    }
    const RandomStream stream(seed, RandomPurpose::kParameters, owner);
    return {name, materialise(value, size, stream, where, name)};
}

Expression reference_to(const Coefficient& coefficient) {
    if (coefficient.moves) return Expression::symbol(coefficient.name);
    for (const double number : {0.0, 1.0}) {
        const bool all = std::all_of(coefficient.values.begin(), coefficient.values.end(),
                                     [&](double value) { return value == number; });
        if (all) return {number};
    }
    return Expression::symbol(coefficient.name);
}

}  // namespace saltus
