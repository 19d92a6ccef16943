#include "backend/parameter_training.hpp"

#include <algorithm>
#include <cmath>

#include "backend/plain_update.hpp"
#include "plan/coefficient_recipe.hpp"

namespace saltus {
namespace {

/// By how much a parameter is moved for differences of the coefficients that follow from it: the
/// errors of rounding and of the third derivative are then both about 1e-10 of the derivative.
double nudge_of(double value) {
    return 1e-5 * std::max(std::abs(value), 1e-3);
}

}  // namespace

ParameterTraining::ParameterTraining(const Plan& plan) : plans_(plan.populations) {
    for (const PopulationPlan& population : plans_) {
        sizes_.push_back(population.size);
        trained_.emplace_back();
        for (const TrainedParameter& parameter : population.trained) {
            const std::vector<double> zeros(parameter.initial.size(), 0.0);
            trained_.back().push_back({parameter.initial, zeros, {zeros, zeros}});
        }
        coefficients_.push_back(population.coefficients);
        sums_.emplace_back(population.kernel.parameters.size() * population.size, 0.0);
    }
}

std::vector<std::size_t> ParameterTraining::populations() const {
    std::vector<std::size_t> indices;
    for (std::size_t index = 0; index < plans_.size(); ++index)
        if (trains(index)) indices.push_back(index);
    return indices;
}

void ParameterTraining::clear_gradients() {
    for (std::vector<double>& sums : sums_)
        std::fill(sums.begin(), sums.end(), 0.0);
}

std::map<std::string, std::vector<double>> ParameterTraining::values(std::size_t population) const {
    std::map<std::string, std::vector<double>> values;
    for (std::size_t k = 0; k < trained_[population].size(); ++k) {
        values.emplace(plans_[population].trained[k].coefficient, trained_[population][k].values);
    }
    return values;
}

void ParameterTraining::follow(std::size_t population) {
    const std::vector<Coefficient> now = plans_[population].recipe->evaluate(values(population));
    // The plan has more of them, behind those of the recipe, which depend on no parameter.
    std::copy(now.begin(), now.end(), coefficients_[population].begin());
}

std::vector<Coefficient> ParameterTraining::derivatives(std::size_t population,
                                                        std::size_t parameter) const {
    const CoefficientRecipe& recipe = *plans_[population].recipe;
    const std::string& name = plans_[population].trained[parameter].coefficient;
    std::map<std::string, std::vector<double>> above = values(population);
    std::map<std::string, std::vector<double>> below = above;
    std::vector<double> widths;
    for (std::size_t n = 0; n < above[name].size(); ++n) {
        const double value = above[name][n];
        above[name][n] = value + nudge_of(value);
        below[name][n] = value - nudge_of(value);
        widths.push_back(above[name][n] - below[name][n]);
    }
    std::vector<Coefficient> slopes = recipe.evaluate(above);
    const std::vector<Coefficient> others = recipe.evaluate(below);
    for (std::size_t index = 0; index < slopes.size(); ++index) {
        std::vector<double>& values = slopes[index].values;
        for (std::size_t n = 0; n < values.size(); ++n) {
            values[n] = (values[n] - others[index].values[n]) / widths[widths.size() > 1 ? n : 0];
        }
    }
    return slopes;
}

void ParameterTraining::find_gradients(BatchResult& result) {
    for (const std::size_t population : populations()) {
        const std::vector<std::string>& names = plans_[population].kernel.parameters;
        const std::size_t size = sizes_[population];
        for (std::size_t k = 0; k < trained_[population].size(); ++k) {
            std::vector<double>& gradient = trained_[population][k].gradient;
            std::fill(gradient.begin(), gradient.end(), 0.0);
            for (const Coefficient& slope : derivatives(population, k)) {
                const auto found = std::find(names.begin(), names.end(), slope.name);
                if (found == names.end()) continue;
                const double* const sums = sums_[population].data() +
                                           static_cast<std::size_t>(found - names.begin()) * size;
                for (std::size_t n = 0; n < size; ++n)
                    gradient[gradient.size() > 1 ? n : 0] += sums[n] * slope.at(n);
            }
            if (!are_within<double>(kGreatestAdjoint<double>, gradient))
                result.exploded_parameters.push_back(plans_[population].trained[k].name());
        }
    }
}

void ParameterTraining::update(const std::vector<std::vector<UpdateStep>>& steps) {
    for (const std::size_t population : populations()) {
        for (std::size_t k = 0; k < trained_[population].size(); ++k) {
            ParameterState& own = trained_[population][k];
            update_plainly(steps[population][k], own.gradient, own.moments.m, own.moments.v,
                           own.values);
            const TrainedParameter& parameter = plans_[population].trained[k];
            for (double& value : own.values)
                value = std::clamp(value, parameter.lower, parameter.upper);
        }
        follow(population);
    }
}

void ParameterTraining::set_state(std::size_t population, std::size_t parameter,
                                  const ParameterState& state) {
    const ParameterState before = trained_[population][parameter];
    trained_[population][parameter] = state;
    try {
        follow(population);
    } catch (...) {
        trained_[population][parameter] = before;
        throw;
    }
}

}  // namespace saltus
