#include "plan/coefficient_recipe.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "plan/coefficients.hpp"

namespace saltus {
namespace {

// By how much parameters are moved to see what depends on them, relative to themselves.
constexpr double kNudge = 1e-3;

const Coefficient& found(const std::vector<Coefficient>& coefficients, const std::string& name) {
    for (const Coefficient& coefficient : coefficients) {
        if (coefficient.name == name) return coefficient;
    }
    throw InternalError("plan", "no coefficient '" + name + "'");
}

double nudged(double value, double by) {
    return value == 0.0 ? by : value * (1.0 + by);
}

}  // namespace

const Coefficient& CoefficientRecipe::add_part(std::variant<Coefficient, Formula, Step> how) {
    Part& part = parts_.emplace_back(Part{std::move(how), coefficients_.size(), 0});
    follow(part, coefficients_);
    part.end = coefficients_.size();
    return coefficients_.back();
}

const Coefficient& CoefficientRecipe::add(Coefficient values) {
    return add_part(std::move(values));
}

const Coefficient& CoefficientRecipe::add(const std::string& name,
                                          const expr::Expression& expression) {
    return add_part(Formula{name, expression});
}

void CoefficientRecipe::add_step(LinearSystem system, double dt, const std::string& where) {
    add_part(Step{std::move(system), dt, where});
}

bool CoefficientRecipe::stays(const Part& part) const {
    // Before that is known, everything may move.
    if (moving_.empty()) return false;
    const std::span<const Coefficient> coefficients = given(part);
    return std::none_of(coefficients.begin(), coefficients.end(),
                        [](const Coefficient& coefficient) { return coefficient.moves; });
}

const Coefficient& CoefficientRecipe::at(const std::string& name) const {
    return found(coefficients_, name);
}

bool CoefficientRecipe::has(const std::string& name) const {
    return std::any_of(coefficients_.begin(), coefficients_.end(),
                       [&](const Coefficient& coefficient) { return coefficient.name == name; });
}

void CoefficientRecipe::append(Coefficient coefficient,
                               std::vector<Coefficient>& coefficients) const {
    const auto moving = moving_.find(coefficient.name);
    coefficient.moves = moving != moving_.end();
    if (coefficient.moves && moving->second && !coefficient.per_neuron())
        coefficient.values.assign(size_, coefficient.at(0));
    coefficients.push_back(std::move(coefficient));
}

void CoefficientRecipe::follow(const Part& part, std::vector<Coefficient>& coefficients) const {
    if (const auto* values = std::get_if<Coefficient>(&part.how)) {
        append(*values, coefficients);
        return;
    }
    if (const auto* formula = std::get_if<Formula>(&part.how)) {
        append(evaluate_all(formula->name, formula->expression, coefficients, size_), coefficients);
        return;
    }
    const Step& step = std::get<Step>(part.how);
    for (Coefficient& coefficient :
         solve_exactly(step.system, coefficients, size_, step.dt, step.where)) {
        append(std::move(coefficient), coefficients);
    }
}

void CoefficientRecipe::check_finite(const Coefficient& coefficient) const {
    for (const double value : coefficient.values) {
        if (std::isfinite(value)) continue;
        throw ModelError(
            where_,
            fmt::format("by its trained parameters, {} would become {}", coefficient.name, value),
            "bound what is trained: lower and upper of trainable");
    }
}

std::vector<Coefficient> CoefficientRecipe::evaluate(
    const std::map<std::string, std::vector<double>>& values) const {
    std::vector<Coefficient> coefficients;
    for (const Part& part : parts_) {
        const auto* parameter = std::get_if<Coefficient>(&part.how);
        const auto other = parameter != nullptr ? values.find(parameter->name) : values.end();
        if (other != values.end()) {
            append({other->first, other->second}, coefficients);
        } else if (stays(part)) {
            const std::span<const Coefficient> same = given(part);
            coefficients.insert(coefficients.end(), same.begin(), same.end());
        } else {
            follow(part, coefficients);
        }
        // At once: what follows from it would be blamed.
        for (std::size_t k = part.first; k < part.end; ++k)
            check_finite(coefficients[k]);
    }
    return coefficients;
}

CoefficientRecipe::Moving CoefficientRecipe::find_moving(
    const std::map<std::string, bool>& per_neuron) const {
    Moving moving;
    // One after the other: together, their effects could cancel.
    for (const auto& [name, differs] : per_neuron) {
        std::vector<double> values = at(name).values;
        if (differs && values.size() == 1) values.assign(size_, values[0]);
        for (std::size_t neuron = 0; neuron < values.size(); ++neuron) {
            // Not by the same for all: where values differ, they shall do so visibly.
            const double share =
                static_cast<double>(neuron + 1) / static_cast<double>(values.size());
            values[neuron] = nudged(values[neuron], kNudge * (0.5 + 0.5 * share));
        }
        const std::vector<Coefficient> moved = evaluate({{name, values}});
        for (std::size_t index = 0; index < moved.size(); ++index) {
            const Coefficient& before = coefficients_[index];
            if (moved[index].values == before.values) continue;
            moving[before.name] |= moved[index].per_neuron() || before.per_neuron();
        }
    }
    return moving;
}

}  // namespace saltus
