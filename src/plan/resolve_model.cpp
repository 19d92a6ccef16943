#include "plan/resolve_model.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/expr/equation.hpp>
#include <saltus/network/connection.hpp>

#include "common/relocated.hpp"
#include "plan/coefficients.hpp"
#include "plan/discretise.hpp"
#include "plan/exact_solution.hpp"

namespace saltus {
namespace {

using expr::Expression;

/// Reads the declaration of one population, one part after the other.
class ModelResolver {
  public:
    ModelResolver(const Population& population, double dt, std::uint64_t seed)
        : population_(population),
          declaration_(population.neuron().declare()),
          where_("Population " + population.name()),
          dt_(dt),
          seed_(seed) {
        plan_.name = population.name();
        plan_.size = population.size();
        plan_.input = population.neuron().input_kind();
        plan_.frames = population.neuron().input_frames();
        plan_.signed_spikes = population.neuron().signed_spikes();
        plan_.model = population.neuron().name();
        plan_.kernel.model = plan_.model;
        plan_.kernel.dt = dt;
    }

    PopulationPlan resolve(std::vector<ConnectionPlan>& connections) {
        if (!plan_.has_equations()) return std::move(plan_);
        try {
            return resolve_equations(connections);
        } catch (const ModelError& error) {
            // Errors of the equation parser know the line and column, but not whose equation it is.
            ModelError named =
                relocated(error, error.where() == "equation" ? where_ : error.where());
            throw named.with("population", plan_.name);
        }
    }

  private:
    PopulationPlan resolve_equations(std::vector<ConnectionPlan>& connections) {
        read_states();
        read_coefficients();
        read_groups(connections);
        read_flow();
        discretise(declaration_, gains_, dt_, where_, plan_);
        read_threshold();
        read_refractoriness();
        return std::move(plan_);
    }

    void require_at_most(std::size_t limit, std::size_t count, const std::string& what) const {
        if (count <= limit) return;
        throw ModelError(where_, fmt::format("it has {} {}", count, what),
                         fmt::format("use at most {}", limit))
            .with("population", plan_.name);
    }

    /// Parses, checks and inserts dt. The library's errors about equations learn the population.
    Expression real_expression(const std::string& text, bool with_current) const {
        return checked(expr::parse(text), text, expr::Type::kReal, with_current);
    }

    Expression checked(const Expression& expression, const std::string& text, expr::Type type,
                       bool with_current) const {
        std::vector<std::string> known = names_;
        known.emplace_back("dt");
        if (with_current) known.emplace_back("i");
        const expr::Type found = check(expression, known, text);
        if (found != type) {
            throw ModelError(where_,
                             fmt::format("'{}' is a {} where a {} is needed", text,
                                         found == expr::Type::kReal ? "number" : "condition",
                                         type == expr::Type::kReal ? "number" : "condition"),
                             "correct the neuron's equations")
                .with("population", plan_.name)
                .with("equation", text);
        }
        return simplify(substitute(expression, {{"dt", Expression(dt_)}}));
    }

    void add_name(const std::string& name) {
        const bool reserved = name.empty() || name[0] == '_' || name == "i" || name == "dt";
        if (reserved || std::find(names_.begin(), names_.end(), name) != names_.end()) {
            throw ModelError(where_,
                             fmt::format("the name '{}' of its equations is {}", name,
                                         reserved ? "reserved" : "declared twice"),
                             "choose another name")
                .with("population", plan_.name);
        }
        names_.push_back(name);
    }

    Coefficient argument(const std::string& name, const InitValue& value) {
        const auto owner = static_cast<std::uint32_t>(population_.index() * 256 + num_arguments_++);
        return coefficient_from(name, value, plan_.size, seed_, owner, where_);
    }

    void read_states() {
        require_at_most(kMaxKernelStates, declaration_.states.size(), "states");
        for (const StateDeclaration& state : declaration_.states) {
            add_name(state.name);
            plan_.kernel.states.push_back(state.name);
            plan_.kernel.held.push_back(false);
            plan_.initial.push_back(argument(state.name, state.initial));
        }
        const auto& states = plan_.kernel.states;
        const auto output = std::find(states.begin(), states.end(), declaration_.output);
        if (output == states.end()) {
            throw ModelError(where_,
                             fmt::format("its output '{}' is not a state", declaration_.output),
                             "name one of its states")
                .with("population", plan_.name);
        }
        plan_.kernel.output = static_cast<std::size_t>(output - states.begin());
    }

    void read_coefficients() {
        for (const ParameterDeclaration& parameter : declaration_.parameters) {
            add_name(parameter.name);
            plan_.coefficients.push_back(argument(parameter.name, parameter.value));
            require_positive_time(parameter, plan_.coefficients.back());
        }
        for (const DerivedDeclaration& derived : declaration_.derived) {
            const Expression value = real_expression(derived.expression, false);
            plan_.coefficients.push_back(
                evaluate_all(derived.name, value, plan_.coefficients, plan_.size));
            for (const double number : plan_.coefficients.back().values) {
                if (std::isfinite(number)) continue;
                throw ModelError(where_,
                                 fmt::format("its constant {} = {} is {}", derived.name,
                                             derived.expression, number),
                                 "check the parameters it depends on")
                    .with("population", plan_.name);
            }
            add_name(derived.name);
        }
    }

    // An initializer can draw what no constructor could check.
    void require_positive_time(const ParameterDeclaration& parameter, const Coefficient& values) {
        if (parameter.unit != "ms") return;
        for (const double value : values.values) {
            if (value > 0.0) continue;
            throw ModelError(where_, fmt::format("{} is {:g} ms", parameter.name, value),
                             "give positive times")
                .with("population", plan_.name)
                .with("parameter", parameter.name);
        }
    }

    void read_groups(std::vector<ConnectionPlan>& connections) {
        if (population_.is_input()) {
            // The values of the data arrive as those of impulses do.
            plan_.groups.emplace_back();
            add_group(SynapseDeclaration{}, 0, plan_.name);
            return;
        }
        std::vector<std::string> signatures;
        for (const Connection* connection : population_.incoming()) {
            const SynapseDeclaration synapse = connection->synapse().declare();
            std::string signature = fmt::format("{}|{}", synapse.equation, synapse.gain);
            for (const ParameterDeclaration& parameter : synapse.parameters) {
                signature += fmt::format("|{}={}", parameter.name, parameter.value.describe());
                // Equal descriptions mean equal values for constants only.
                if (!parameter.value.is_constant()) signature += connection->name();
            }
            auto found = std::find(signatures.begin(), signatures.end(), signature);
            const auto group = static_cast<std::size_t>(found - signatures.begin());
            if (found == signatures.end()) {
                signatures.push_back(signature);
                plan_.groups.emplace_back();
                try {
                    add_group(synapse, group, connection->name());
                } catch (const ModelError& error) {
                    throw relocated(error, "Connection " + connection->name())
                        .with("connection", connection->name());
                }
            }
            plan_.groups[group].push_back(connection->index());
            connections[connection->index()].group = group;
        }
        require_at_most(kMaxKernelGroups, plan_.groups.size(), "kinds of synapses");
    }

    void add_group(const SynapseDeclaration& synapse, std::size_t group,
                   const std::string& connection) {
        const std::string where = "Connection " + connection;
        std::vector<Coefficient> local;
        std::vector<std::string> known{"dt"};
        for (const ParameterDeclaration& parameter : synapse.parameters) {
            local.push_back(argument(parameter.name, parameter.value));
            require_positive_time(parameter, local.back());
            known.push_back(parameter.name);
        }
        const auto resolved = [&](const Expression& e, const std::string& text) {
            if (check(e, known, text) != expr::Type::kReal) {
                throw ModelError(where,
                                 fmt::format("'{}' is a condition where a number is needed", text),
                                 "correct the synapse's equations");
            }
            return simplify(substitute(e, {{"dt", Expression(dt_)}}));
        };
        const std::string number = std::to_string(group);
        gains_.push_back(evaluate_all("_gain" + number,
                                      resolved(expr::parse(synapse.gain), synapse.gain), local,
                                      plan_.size));
        plan_.kernel.group_has_state.push_back(!synapse.state.empty());
        if (synapse.state.empty()) {
            plan_.kernel.decay.emplace_back(0.0);
            return;
        }
        known.push_back(synapse.state);
        const expr::Equation equation = expr::parse_equation(synapse.equation);
        const Expression right = resolved(equation.right, synapse.equation);
        LinearStep step = solve_exactly({synapse.state}, {right}, local, plan_.size, dt_, where);
        const std::vector<double>& offset = step.offset[0].values;
        if (!equation.is_derivative || equation.target != synapse.state ||
            std::any_of(offset.begin(), offset.end(), [](double value) { return value != 0.0; })) {
            throw ModelError(
                where,
                fmt::format("'{}' does not let {} decay to zero", synapse.equation, synapse.state),
                fmt::format("write d{0}/dt = ..., with {0} a factor of all of it", synapse.state))
                .with("equation", synapse.equation);
        }
        Coefficient& decay = step.transition[0][0];
        decay.name = "_decay" + number;
        plan_.coefficients.push_back(decay);
        const Expression rate = simplify(-derivative(right, synapse.state));
        plan_.coefficients.push_back(evaluate_all("_rate" + number, rate, local, plan_.size));
        plan_.kernel.decay.push_back(
            simplify(reference_to(decay) * Expression::symbol(synaptic_state_name(group))));
    }

    void read_flow() {
        const auto& states = plan_.kernel.states;
        plan_.flow.right_sides.assign(states.size(), Expression(0.0));
        std::vector<bool> given(states.size(), false);
        for (const std::string& text : declaration_.equations) {
            const expr::Equation equation = expr::parse_equation(text);
            const auto state = std::find(states.begin(), states.end(), equation.target);
            if (!equation.is_derivative || state == states.end()) {
                throw ModelError(where_, fmt::format("'{}' is not the derivative of a state", text),
                                 "write d<state>/dt = ...")
                    .with("population", plan_.name)
                    .with("equation", text);
            }
            const auto index = static_cast<std::size_t>(state - states.begin());
            if (given[index]) {
                throw ModelError(where_,
                                 fmt::format("'{}' is the second equation of {}", text, *state),
                                 "give one equation a state")
                    .with("population", plan_.name)
                    .with("equation", text);
            }
            given[index] = true;
            plan_.flow.right_sides[index] = checked(equation.right, text, expr::Type::kReal, true);
        }
    }

    void read_threshold() {
        const auto& states = plan_.kernel.states;
        for (const std::string& state : states) {
            plan_.kernel.reset.push_back(Expression::symbol(state));
        }
        if (declaration_.threshold.empty()) return;
        plan_.kernel.spiking = true;
        const Expression condition = expr::parse(declaration_.threshold);
        plan_.kernel.spike =
            checked(condition, declaration_.threshold, expr::Type::kBoolean, false);
        plan_.flow.crossing = crossing(plan_.kernel.spike);
        for (const std::string& text : declaration_.reset) {
            const expr::Equation equation = expr::parse_equation(text);
            const auto state = std::find(states.begin(), states.end(), equation.target);
            if (equation.is_derivative || state == states.end()) {
                throw ModelError(where_, fmt::format("the reset '{}' does not set a state", text),
                                 "write <state> = ...")
                    .with("population", plan_.name)
                    .with("equation", text);
            }
            plan_.kernel.reset[static_cast<std::size_t>(state - states.begin())] =
                checked(equation.right, text, expr::Type::kReal, false);
        }
    }

    void read_refractoriness() {
        if (!declaration_.refractory) return;
        const RefractoryDeclaration& refractory = *declaration_.refractory;
        plan_.kernel.refractory = true;
        const auto& states = plan_.kernel.states;
        for (const std::string& held : refractory.held) {
            if (std::find(states.begin(), states.end(), held) != states.end()) continue;
            throw ModelError(where_, fmt::format("what it holds, '{}', is not a state", held),
                             "name its states")
                .with("population", plan_.name);
        }
        for (std::size_t a = 0; a < states.size() && !refractory.integrate; ++a) {
            const auto& held = refractory.held;
            plan_.kernel.held[a] =
                held.empty() || std::find(held.begin(), held.end(), states[a]) != held.end();
        }
        plan_.kernel.refractory_time = "_tau_refrac";
        plan_.coefficients.push_back(argument("_tau_refrac", refractory.duration));
    }

    const Population& population_;
    NeuronDeclaration declaration_;
    std::string where_;
    double dt_;
    std::uint64_t seed_;
    std::size_t num_arguments_ = 0;
    std::vector<std::string> names_;
    std::vector<Coefficient> gains_;
    PopulationPlan plan_;
};

}  // namespace

PopulationPlan resolve_model(const Population& population, double dt, std::uint64_t seed,
                             std::vector<ConnectionPlan>& connections) {
    return ModelResolver(population, dt, seed).resolve(connections);
}

void collect_coefficients(PopulationPlan& population) {
    NeuronKernel& kernel = population.kernel;
    std::vector<const Expression*> all{&kernel.spike, &kernel.slope, &kernel.crossing,
                                       &kernel.spike_shift, &kernel.release_shift};
    const auto add = [&](const std::vector<Expression>& list) {
        for (const Expression& expression : list)
            all.push_back(&expression);
    };
    add(kernel.update);
    add(kernel.decay);
    add(kernel.reset);
    add(kernel.adjoint_states);
    add(kernel.adjoint_drive);
    add(kernel.adjoint_synapses);
    add(kernel.arrival_shift);
    add(kernel.jump_vector);
    add(kernel.reset_pull);
    add(kernel.spike_pull);
    add(kernel.drawn);
    for (const auto& row : kernel.jump_matrix)
        add(row);
    kernel.scalars.clear();
    kernel.arrays.clear();
    for (const Coefficient& coefficient : population.coefficients) {
        const bool used = coefficient.name == kernel.refractory_time ||
                          std::any_of(all.begin(), all.end(), [&](const Expression* e) {
                              return depends_on(*e, coefficient.name);
                          });
        if (!used) continue;
        (coefficient.per_neuron() ? kernel.arrays : kernel.scalars).push_back(coefficient.name);
    }
}

}  // namespace saltus
