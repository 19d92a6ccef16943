#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <saltus/optimisers/update_step.hpp>
#include <saltus/plan/plan.hpp>

#include "backend/program.hpp"

namespace saltus {

/// The trained parameters of all populations, whatever the backend: their values, gradients and
/// what the optimiser keeps, in float64, and the coefficients that follow from them.
///
/// Backends sum up the derivatives of the loss by the coefficients that equations use
/// (NeuronKernel::parameters); those by parameters follow, because each coefficient is a function
/// of them.
class ParameterTraining {
  public:
    /// @param populations outlive it.
    explicit ParameterTraining(const std::vector<PopulationPlan>& populations);

    bool trains(std::size_t population) const { return !trained_[population].empty(); }
    /// Populations with trained parameters.
    std::vector<std::size_t> populations() const;
    /// The coefficients of a population with any as they are now: those of its recipe, with which
    /// the plan's begin.
    const std::vector<Coefficient>& coefficients(std::size_t population) const {
        return coefficients_[population];
    }
    /// Writes those that move to the coefficients of a plan.
    void write(std::size_t population, std::vector<Coefficient>& coefficients) const;

    /// Before the first example of a batch.
    void clear_gradients();
    /// Adds the derivatives by one coefficient of neighbouring neurons of an example.
    /// @param index in the kernel's list, @param first the first of the neurons.
    template <class T>
    void add(std::size_t population, std::size_t index, std::size_t first,
             std::span<const T> derivatives) {
        double* const sums =
            sums_[population].data() + index * populations_[population].size + first;
        for (std::size_t k = 0; k < derivatives.size(); ++k)
            sums[k] += static_cast<double>(derivatives[k]);
    }
    /// After the last: the gradients by the parameters. Those that are no numbers are noted.
    void find_gradients(BatchResult& result);
    /// @param steps by population and parameter.
    /// @throws ModelError when coefficients that are not finite follow; all stays as it was then.
    void update(const std::vector<std::vector<UpdateStep>>& steps);

    const ParameterState& state(std::size_t population, std::size_t parameter) const {
        return trained_[population][parameter];
    }
    /// @throws ModelError likewise.
    void set_state(std::size_t population, std::size_t parameter, const ParameterState& state);

  private:
    using States = std::vector<ParameterState>;
    std::map<std::string, std::vector<double>> values(std::size_t population,
                                                      const States& states) const;
    /// Takes the states of some populations, whose coefficients follow, or none of them.
    void take(std::vector<States> states);
    /// The derivatives of a population's coefficients by one parameter, neuron by neuron.
    std::vector<Coefficient> derivatives(std::size_t population, std::size_t parameter) const;

    const std::vector<PopulationPlan>& populations_;
    // By population; empty for those without trained parameters.
    std::vector<States> trained_;
    std::vector<std::vector<Coefficient>> coefficients_;
    std::vector<std::vector<double>> sums_;  ///< [coefficients of the kernel][neurons]
};

}  // namespace saltus
