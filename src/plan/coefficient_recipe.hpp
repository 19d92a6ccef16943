#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include <saltus/expr/expression.hpp>
#include <saltus/plan/neuron_kernel.hpp>

#include "plan/exact_solution.hpp"

namespace saltus {

/// The numbers that a population's equations use and how they follow from its parameters: computed
/// as they are added, and again whenever training has changed a parameter.
class CoefficientRecipe {
  public:
    /// Which coefficients depend on parameters that training changes, and whether they differ
    /// between neurons then.
    using Moving = std::map<std::string, bool>;

    /// @param size number of neurons.
    CoefficientRecipe(std::size_t size, Moving moving) : size_(size), moving_(std::move(moving)) {}

    /// Values that depend on nothing: those of a parameter.
    const Coefficient& add(Coefficient values);
    /// The value of an expression of coefficients that are already there.
    const Coefficient& add(const std::string& name, const expr::Expression& expression);
    /// The coefficients of an exact step, "_step_a_b", "_drive_a" and "_offset_a" by state.
    void add_step(LinearSystem system, double dt, const std::string& where);

    /// All of them, in the order in which they were added.
    const std::vector<Coefficient>& coefficients() const { return coefficients_; }
    const Coefficient& at(const std::string& name) const;
    bool has(const std::string& name) const;

    /// Computes them all anew with other values of some parameters, by name.
    /// @throws ModelError when one is not finite, naming it.
    std::vector<Coefficient> evaluate(
        const std::map<std::string, std::vector<double>>& values) const;

    /// Which coefficients change, and whether they then differ between neurons, when parameters
    /// do; both by name. @param per_neuron whether each parameter differs between neurons.
    Moving find_moving(const std::map<std::string, bool>& per_neuron) const;

  private:
    struct Formula {
        std::string name;
        expr::Expression expression;
    };
    struct Step {
        LinearSystem system;
        double dt;
        std::string where;
    };
    using Part = std::variant<Coefficient, Formula, Step>;

    /// Computes what one part gives and appends it.
    void follow(const Part& part, std::vector<Coefficient>& coefficients) const;
    void append(Coefficient coefficient, std::vector<Coefficient>& coefficients) const;

    std::size_t size_;
    Moving moving_;
    std::vector<Part> parts_;
    std::vector<Coefficient> coefficients_;
};

}  // namespace saltus
