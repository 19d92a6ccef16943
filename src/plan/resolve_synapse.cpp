#include "plan/resolve_synapse.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <saltus/common/errors.hpp>
#include <saltus/expr/equation.hpp>

#include "plan/coefficients.hpp"

namespace saltus {
namespace {

using expr::Expression;

/// One synapse while its groups are made.
class Reader {
  public:
    Reader(const SynapseDeclaration& synapse, const std::string& connection, std::size_t first,
           double dt, CoefficientRecipe& recipe)
        : synapse_(synapse), where_("Connection " + connection), first_(first), recipe_(recipe) {
        // Synapses name their parameters and states as they like; here each has its own.
        own_.emplace("dt", Expression(dt));
    }

    void read_parameters(const SynapseResolver::TakeParameter& take,
                         const std::string& connection) {
        for (const ParameterDeclaration& parameter : synapse_.parameters) {
            const std::string name = own_name(parameter.name);
            take(parameter, name, connection);
            know(parameter.name, name);
        }
        for (const DerivedDeclaration& derived : synapse_.derived) {
            const std::string name = own_name(derived.name);
            recipe_.add(name, renamed(real(derived.expression)));
            know(derived.name, name);
        }
    }

    /// Where a state stands among those of the synapse; `otherwise` when no name is given.
    std::size_t place_of(const std::string& state, std::size_t otherwise) const {
        if (state.empty()) return otherwise;
        const auto found = std::find(synapse_.states.begin(), synapse_.states.end(), state);
        if (found != synapse_.states.end())
            return static_cast<std::size_t>(found - synapse_.states.begin());
        throw ModelError(where_, fmt::format("'{}' is not a state of its synapse", state),
                         fmt::format("name one of {}", fmt::join(synapse_.states, ", ")));
    }

    /// The equations in the order of the states, checked.
    LinearSystem read_equations() {
        std::vector<Expression> right_sides(synapse_.states.size());
        std::vector<bool> given(synapse_.states.size(), false);
        for (const std::string& state : synapse_.states) {
            if (std::count(synapse_.states.begin(), synapse_.states.end(), state) > 1)
                fail(fmt::format("the state '{}' is declared twice", state), "name it once");
            known_.push_back(state);
        }
        for (const std::string& text : synapse_.equations) {
            const expr::Equation equation = expr::parse_equation(text);
            const auto state =
                std::find(synapse_.states.begin(), synapse_.states.end(), equation.target);
            if (!equation.is_derivative || state == synapse_.states.end()) {
                fail(fmt::format("'{}' is not the derivative of a state", text),
                     "write d<state>/dt = ...", text);
            }
            const auto index = static_cast<std::size_t>(state - synapse_.states.begin());
            if (given[index])
                fail(fmt::format("'{}' is the second equation of {}", text, *state),
                     "give one equation a state", text);
            given[index] = true;
            right_sides[index] = checked(equation.right, text);
        }
        for (std::size_t k = 0; k < given.size(); ++k) {
            if (!given[k])
                fail(
                    fmt::format("there is no equation of its state '{}'", synapse_.states[k]),
                    fmt::format("write d{0}/dt = ..., for example -{0} / tau", synapse_.states[k]));
        }
        LinearSystem system = linear_system(synapse_.states, right_sides, where_);
        rename(system);
        return system;
    }

    void require_decay(const std::vector<std::string>& states) const {
        for (std::size_t k = 0; k < states.size(); ++k) {
            const std::vector<double>& offset = recipe_.at("_offset_" + states[k]).values;
            if (std::all_of(offset.begin(), offset.end(), [](double v) { return v == 0.0; }))
                continue;
            fail(fmt::format("{} does not decay to zero without spikes", synapse_.states[k]),
                 "write right sides of which every term has a state as a factor",
                 synapse_.equations[k]);
        }
    }

    Expression gain() { return renamed(real(synapse_.gain)); }

    [[noreturn]] void fail(const std::string& problem, const std::string& advice,
                           const std::string& equation = "") const {
        ModelError error(where_, problem, advice);
        if (!equation.empty()) error = error.with("equation", equation);
        throw error;
    }

  private:
    std::string own_name(const std::string& name) const {
        return fmt::format("_parameter{}_{}", first_, name);
    }
    void know(const std::string& name, const std::string& own) {
        known_.push_back(name);
        own_.emplace(name, Expression::symbol(own));
    }
    Expression checked(const Expression& expression, const std::string& text) const {
        if (check(expression, known_, text) != expr::Type::kReal)
            fail(fmt::format("'{}' is a condition where a number is needed", text),
                 "correct the synapse's equations");
        return expression;
    }
    Expression real(const std::string& text) const { return checked(expr::parse(text), text); }
    Expression renamed(const Expression& e) const { return simplify(substitute(e, own_)); }

    void rename(LinearSystem& system) const {
        for (std::size_t k = 0; k < system.states.size(); ++k) {
            for (Expression& entry : system.matrix[k])
                entry = renamed(entry);
            system.input[k] = renamed(system.input[k]);
            system.constant[k] = renamed(system.constant[k]);
            system.states[k] = synaptic_state_name(first_ + k);
        }
    }

    const SynapseDeclaration& synapse_;
    std::string where_;
    std::size_t first_;
    CoefficientRecipe& recipe_;
    std::vector<std::string> known_{"dt"};
    std::map<std::string, Expression> own_;
};

/// Adds a state that sums up another over a step: what the step makes of it is the mean of that.
void add_mean(LinearSystem& system, std::size_t current, double dt) {
    const std::size_t n = system.states.size();
    for (std::vector<Expression>& row : system.matrix)
        row.emplace_back(0.0);
    system.matrix.emplace_back(n + 1, Expression(0.0));
    system.matrix.back()[current] = Expression(1.0 / dt);
    system.input.emplace_back(0.0);
    system.constant.emplace_back(0.0);
    system.states.push_back("_mean" + system.states[0]);
}

}  // namespace

std::string signature_of(const SynapseDeclaration& synapse, const std::string& connection) {
    std::string signature = fmt::format("{}|{}|{}|{}|{}|{}", fmt::join(synapse.states, ","),
                                        fmt::join(synapse.equations, ","), synapse.arrival,
                                        synapse.current, synapse.gain, synapse.averages);
    for (const DerivedDeclaration& derived : synapse.derived)
        signature += fmt::format("|{}={}", derived.name, derived.expression);
    for (const ParameterDeclaration& parameter : synapse.parameters) {
        signature += fmt::format("|{}={}", parameter.name, parameter.value.describe());
        // Equal descriptions mean equal values for constants only, which may not stay so.
        if (!parameter.value.is_constant() || parameter.value.training()) signature += connection;
    }
    return signature;
}

std::size_t SynapseResolver::add(const SynapseDeclaration& synapse, const std::string& connection,
                                 const TakeParameter& take) {
    const std::size_t first = plan_.groups.size();
    NeuronKernel& kernel = plan_.kernel;
    Reader reader(synapse, connection, first, dt_, recipe_);
    reader.read_parameters(take, connection);
    const auto number = [](std::size_t group) { return std::to_string(group); };
    if (synapse.states.empty()) {
        recipe_.add("_gain" + number(first), reader.gain());
        plan_.groups.emplace_back();
        plan_.flow.is_current.push_back(false);
        kernel.group_has_state.push_back(false);
        kernel.decay.emplace_back(0.0);
        return first;
    }
    const std::size_t n = synapse.states.size();
    const std::size_t arrival = reader.place_of(synapse.arrival, 0);
    const std::size_t current = reader.place_of(synapse.current, n - 1);
    if (!synapse.averages) recipe_.add("_gain" + number(first + current), reader.gain());
    LinearSystem system = reader.read_equations();
    const std::vector<std::vector<Expression>> matrix = system.matrix;
    const std::vector<std::string> states = system.states;
    if (synapse.averages) add_mean(system, current, dt_);
    recipe_.add_step(system, dt_, "Connection " + connection);
    reader.require_decay(states);
    for (std::size_t k = 0; k < n; ++k) {
        const std::string group = number(first + k);
        if (synapse.averages) {
            const std::string mean = fmt::format("_step_{}_{}", system.states.back(), states[k]);
            recipe_.add("_gain" + group, Expression::symbol(mean));
        }
        Expression next(0.0);
        for (std::size_t h = 0; h < n; ++h) {
            const std::string step = fmt::format("_step_{}_{}", states[k], states[h]);
            const std::string name =
                k == h ? "_decay" + group : fmt::format("_follow{}_{}", group, first + h);
            const Coefficient& part = recipe_.add(name, Expression::symbol(step));
            next = next + reference_to(part) * Expression::symbol(states[h]);
            if (k != h) recipe_.add(fmt::format("_feed{}_{}", group, first + h), matrix[k][h]);
        }
        recipe_.add("_rate" + group, simplify(-matrix[k][k]));
        kernel.decay.push_back(simplify(next));
        kernel.group_has_state.push_back(true);
        plan_.flow.is_current.push_back(k == current);
        plan_.groups.emplace_back();
    }
    return first + arrival;
}

}  // namespace saltus
