#include "plan/discretise.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "plan/coefficients.hpp"
#include "plan/exact_solution.hpp"

namespace saltus {
namespace {

using expr::Expression;

bool is_linear(const std::vector<std::string>& states, const std::vector<Expression>& right_sides) {
    std::vector<std::string> variables = states;
    variables.emplace_back("i");
    for (const Expression& right_side : right_sides) {
        for (const std::string& variable : variables) {
            const Expression slope = derivative(right_side, variable);
            for (const std::string& other : variables)
                if (depends_on(slope, other)) return false;
        }
    }
    return true;
}

/// The numbers of dx/dt = sum_b _flow_x_b b + _slope_x i + _flow_x.
void add_flow(std::size_t a, const PopulationPlan& plan, CoefficientRecipe& recipe) {
    const std::string& state = plan.kernel.states[a];
    const Expression& right_side = plan.flow.right_sides[a];
    std::map<std::string, Expression> at_rest{{"i", Expression(0.0)}};
    for (const std::string& b : plan.kernel.states) {
        at_rest.emplace(b, Expression(0.0));
        recipe.add("_flow_" + state + "_" + b, derivative(right_side, b));
    }
    recipe.add("_slope_" + state, derivative(right_side, "i"));
    recipe.add("_flow_" + state, simplify(substitute(right_side, at_rest)));
}

void solve_linear(double dt, const std::string& where, PopulationPlan& plan,
                  CoefficientRecipe& recipe) {
    const auto& states = plan.kernel.states;
    recipe.add_step(linear_system(states, plan.flow.right_sides, where), dt, where);
    for (std::size_t a = 0; a < states.size(); ++a) {
        Expression next = reference_to(recipe.at("_offset_" + states[a]));
        for (const std::string& b : states) {
            const Coefficient& step = recipe.at("_step_" + states[a] + "_" + b);
            next = reference_to(step) * Expression::symbol(b) + next;
        }
        for (std::size_t group = 0; group < plan.groups.size(); ++group) {
            if (!recipe.has("_gain" + std::to_string(group))) continue;
            const Expression product = Expression::symbol("_drive_" + states[a]) *
                                       Expression::symbol("_gain" + std::to_string(group));
            const Coefficient& input =
                recipe.add(fmt::format("_input_{}_{}", states[a], group), product);
            next = next + reference_to(input) * Expression::symbol(synaptic_state_name(group));
        }
        plan.kernel.update.push_back(simplify(next));
        add_flow(a, plan, recipe);
    }
}

/// (exp(z) - 1) / z, without the division where z is small.
Expression relative_growth(const Expression& z) {
    const Expression one(1.0);
    Expression series = one;
    for (const double divisor : {7.0, 6.0, 5.0, 4.0, 3.0, 2.0})
        series = one + z / Expression(divisor) * series;
    return where(less(abs(z), Expression(0.1)), series, expm1(z) / z);
}

/// The numerical solution of a flow that is not linear.
class Stepper {
  public:
    /// @param h length of a step in ms.
    Stepper(const std::vector<std::string>& states, std::vector<Expression> flow, double h)
        : states_(states), flow_(std::move(flow)), h_(h) {}

    std::vector<Expression> euler() const { return moved(symbols(), flow_, h_); }

    std::vector<Expression> exponential_euler() const {
        std::vector<Expression> next;
        for (std::size_t a = 0; a < states_.size(); ++a) {
            const Expression z = simplify(h_ * derivative(flow_[a], states_[a]));
            const Expression growth = z.is_number(0.0) ? Expression(1.0) : relative_growth(z);
            next.push_back(simplify(Expression::symbol(states_[a]) + h_ * growth * flow_[a]));
        }
        return next;
    }

    std::vector<Expression> runge_kutta_4() const {
        const std::vector<Expression> k1 = flow_;
        const std::vector<Expression> k2 = flow_at(moved(symbols(), k1, simplify(0.5 * h_)));
        const std::vector<Expression> k3 = flow_at(moved(symbols(), k2, simplify(0.5 * h_)));
        const std::vector<Expression> k4 = flow_at(moved(symbols(), k3, h_));
        std::vector<Expression> mean;
        for (std::size_t a = 0; a < states_.size(); ++a) {
            const Expression two(2.0);
            mean.push_back((k1[a] + two * k2[a] + two * k3[a] + k4[a]) / Expression(6.0));
        }
        return moved(symbols(), mean, h_);
    }

  private:
    std::vector<Expression> symbols() const {
        std::vector<Expression> x;
        for (const std::string& state : states_)
            x.push_back(Expression::symbol(state));
        return x;
    }

    static std::vector<Expression> moved(const std::vector<Expression>& x,
                                         const std::vector<Expression>& speed,
                                         const Expression& time) {
        std::vector<Expression> next;
        for (std::size_t a = 0; a < x.size(); ++a)
            next.push_back(simplify(x[a] + time * speed[a]));
        return next;
    }

    std::vector<Expression> flow_at(const std::vector<Expression>& x) const {
        std::map<std::string, Expression> values;
        for (std::size_t a = 0; a < x.size(); ++a)
            values.emplace(states_[a], x[a]);
        std::vector<Expression> flow;
        for (const Expression& right_side : flow_)
            flow.push_back(simplify(substitute(right_side, values)));
        return flow;
    }

    const std::vector<std::string>& states_;
    std::vector<Expression> flow_;
    Expression h_;
};

/// The current of a step.
Expression total_current(const PopulationPlan& plan, const CoefficientRecipe& recipe) {
    Expression current(0.0);
    for (std::size_t group = 0; group < plan.groups.size(); ++group) {
        if (!recipe.has("_gain" + std::to_string(group))) continue;
        current = current + reference_to(recipe.at("_gain" + std::to_string(group))) *
                                Expression::symbol(synaptic_state_name(group));
    }
    return simplify(current);
}

void solve_numerically(Solver solver, std::size_t sub_steps, double dt, PopulationPlan& plan,
                       const CoefficientRecipe& recipe) {
    const std::map<std::string, Expression> current{{"i", total_current(plan, recipe)}};
    std::vector<Expression> flow;
    for (const Expression& right_side : plan.flow.right_sides)
        flow.push_back(simplify(substitute(right_side, current)));
    plan.flow.linear = false;
    plan.kernel.sub_steps = sub_steps;
    const Stepper stepper(plan.kernel.states, flow, dt / static_cast<double>(sub_steps));
    if (solver == Solver::kEuler) {
        plan.kernel.update = stepper.euler();
    } else if (solver == Solver::kRungeKutta4) {
        plan.kernel.update = stepper.runge_kutta_4();
    } else {
        plan.kernel.update = stepper.exponential_euler();
    }
}

}  // namespace

void discretise(const NeuronDeclaration& declaration, double dt, const std::string& where,
                PopulationPlan& plan, CoefficientRecipe& recipe) {
    const std::size_t sub_steps = declaration.sub_steps;
    const auto refuse = [&](const std::string& problem, const std::string& advice) {
        throw ModelError(where, problem, advice)
            .with("population", plan.name)
            .with("parameter", "sub_steps");
    };
    if (sub_steps == 0 || sub_steps > kMostSubSteps) {
        refuse(fmt::format("sub_steps is {}", sub_steps),
               fmt::format("give a number from 1 to {}", kMostSubSteps));
    }
    Solver solver = declaration.solver;
    if (solver == Solver::kAuto) {
        const bool linear = is_linear(plan.kernel.states, plan.flow.right_sides);
        solver = linear ? Solver::kExact : Solver::kExponentialEuler;
    }
    if (solver != Solver::kExact) {
        solve_numerically(solver, sub_steps, dt, plan, recipe);
        return;
    }
    if (sub_steps > 1) {
        refuse("a step that is solved exactly has no sub_steps",
               "leave them out, or name a solver such as 'exponential_euler'");
    }
    solve_linear(dt, where, plan, recipe);
}

}  // namespace saltus
