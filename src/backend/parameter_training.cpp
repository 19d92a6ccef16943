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

ParameterTraining::ParameterTraining(const std::vector<PopulationPlan>& populations)
    : populations_(populations),
      trained_(populations.size()),
      coefficients_(populations.size()),
      sums_(populations.size()) {
    for (std::size_t index = 0; index < populations.size(); ++index) {
        const PopulationPlan& population = populations[index];
        if (population.trained.empty()) continue;
        for (const TrainedParameter& parameter : population.trained) {
            const std::vector<double> zeros(parameter.initial.size(), 0.0);
            trained_[index].push_back({parameter.initial, zeros, {zeros, zeros}});
        }
        coefficients_[index] = population.recipe->coefficients();
        sums_[index].resize(population.kernel.parameters.size() * population.size);
    }
}

std::vector<std::size_t> ParameterTraining::populations() const {
    std::vector<std::size_t> indices;
    for (std::size_t index = 0; index < trained_.size(); ++index)
        if (trains(index)) indices.push_back(index);
    return indices;
}

void ParameterTraining::write(std::size_t population,
                              std::vector<Coefficient>& coefficients) const {
    const std::vector<Coefficient>& now = coefficients_[population];
    for (std::size_t k = 0; k < now.size(); ++k)
        if (now[k].moves) coefficients[k] = now[k];
}

void ParameterTraining::clear_gradients() {
    for (std::vector<double>& sums : sums_)
        std::fill(sums.begin(), sums.end(), 0.0);
}

std::map<std::string, std::vector<double>> ParameterTraining::values(std::size_t population,
                                                                     const States& states) const {
    std::map<std::string, std::vector<double>> values;
    for (std::size_t k = 0; k < states.size(); ++k)
        values.emplace(populations_[population].trained[k].coefficient, states[k].values);
    return values;
}

void ParameterTraining::take(std::vector<States> states) {
    std::vector<std::vector<Coefficient>> coefficients(states.size());
    for (const std::size_t population : populations()) {
        coefficients[population] =
            populations_[population].recipe->evaluate(values(population, states[population]));
    }
    trained_ = std::move(states);
    coefficients_ = std::move(coefficients);
}

std::vector<Coefficient> ParameterTraining::derivatives(std::size_t population,
                                                        std::size_t parameter) const {
    const CoefficientRecipe& recipe = *populations_[population].recipe;
    const TrainedParameter& trained = populations_[population].trained[parameter];
    const std::string& name = trained.coefficient;
    std::map<std::string, std::vector<double>> above = values(population, trained_[population]);
    std::map<std::string, std::vector<double>> below = above;
    std::vector<double> widths;
    for (std::size_t n = 0; n < above[name].size(); ++n) {
        const double value = above[name][n];
        // Beyond its bounds, what follows from it may not exist.
        above[name][n] = std::min(value + nudge_of(value), trained.upper);
        below[name][n] = std::max(value - nudge_of(value), trained.lower);
        widths.push_back(above[name][n] - below[name][n]);
    }
    std::vector<Coefficient> slopes = recipe.evaluate(above);
    const std::vector<Coefficient> others = recipe.evaluate(below);
    for (std::size_t index = 0; index < slopes.size(); ++index) {
        std::vector<double>& values = slopes[index].values;
        for (std::size_t n = 0; n < values.size(); ++n) {
            const double width = widths[widths.size() > 1 ? n : 0];
            // What equal bounds hold has no gradient.
            values[n] = width > 0.0 ? (values[n] - others[index].values[n]) / width : 0.0;
        }
    }
    return slopes;
}

void ParameterTraining::find_gradients(BatchResult& result) {
    for (const std::size_t population : populations()) {
        const std::vector<std::string>& names = populations_[population].kernel.parameters;
        const std::size_t size = populations_[population].size;
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
                result.exploded_parameters.push_back(populations_[population].trained[k].name());
        }
    }
}

void ParameterTraining::update(const std::vector<std::vector<UpdateStep>>& steps) {
    std::vector<States> updated = trained_;
    for (const std::size_t population : populations()) {
        for (std::size_t k = 0; k < updated[population].size(); ++k) {
            ParameterState& own = updated[population][k];
            update_plainly(steps[population][k], own.gradient, own.moments.m, own.moments.v,
                           own.values);
            const TrainedParameter& parameter = populations_[population].trained[k];
            for (double& value : own.values)
                value = std::clamp(value, parameter.lower, parameter.upper);
        }
    }
    take(std::move(updated));
}

void ParameterTraining::set_state(std::size_t population, std::size_t parameter,
                                  const ParameterState& state) {
    std::vector<States> changed = trained_;
    changed[population][parameter] = state;
    take(std::move(changed));
}

}  // namespace saltus
