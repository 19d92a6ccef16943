#pragma once

#include <map>
#include <span>
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

    /// @param where in messages, @param size number of neurons.
    CoefficientRecipe(std::string where, std::size_t size, Moving moving)
        : where_(std::move(where)), size_(size), moving_(std::move(moving)) {}

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
    /// @throws ModelError naming the first that is not finite.
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
    /// What gives one coefficient, or those of a step.
    struct Part {
        std::variant<Coefficient, Formula, Step> how;
        std::size_t first = 0;  ///< the first of them
        std::size_t end = 0;    ///< one past the last
    };

    const Coefficient& add_part(std::variant<Coefficient, Formula, Step> how);
    /// Computes what one part gives and appends it.
    void follow(const Part& part, std::vector<Coefficient>& coefficients) const;
    void check_finite(const Coefficient& coefficient) const;
    /// Whether nothing that a part gives depends on what training changes.
    bool stays(const Part& part) const;
    /// What a part gave as the recipe was made.
    std::span<const Coefficient> given(const Part& part) const {
        return std::span(coefficients_).subspan(part.first, part.end - part.first);
    }
    void append(Coefficient coefficient, std::vector<Coefficient>& coefficients) const;

    std::string where_;
    std::size_t size_;
    Moving moving_;
    std::vector<Part> parts_;
    std::vector<Coefficient> coefficients_;
};

}  // namespace saltus
