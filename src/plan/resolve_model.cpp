#include "plan/resolve_model.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/expr/equation.hpp>
#include <saltus/network/connection.hpp>

#include "common/relocated.hpp"
#include "plan/coefficient_recipe.hpp"
#include "plan/coefficients.hpp"
#include "plan/discretise.hpp"
#include "plan/exact_solution.hpp"
#include "plan/name_events.hpp"
#include "plan/resolve_synapse.hpp"

namespace saltus {
namespace {

using expr::Expression;

/// Reads the declaration of one population, one part after the other.
class ModelResolver {
  public:
    /// @param moving coefficients that training changes, once they are known.
    ModelResolver(const Population& population, const ResolveOptions& options,
                  CoefficientRecipe::Moving moving)
        : population_(population),
          declaration_(population.neuron().declare()),
          where_("Population " + population.name()),
          dt_(options.dt),
          seed_(options.seed),
          exact_times_(options.exact_times),
          recipe_(
              std::make_shared<CoefficientRecipe>(where_, population.size(), std::move(moving))) {
        plan_.name = population.name();
        plan_.size = population.size();
        plan_.input = population.neuron().input_kind();
        plan_.frames = population.neuron().input_frames();
        plan_.signed_spikes = population.neuron().signed_spikes();
        plan_.model = population.neuron().name();
        plan_.kernel.model = plan_.model;
        plan_.kernel.dt = dt_;
        const bool trains_bias = options.trains_output_bias && population.neuron().readout;
        for (ParameterDeclaration& parameter : declaration_.parameters) {
            if (trains_bias && parameter.name == "bias" && !parameter.value.training())
                parameter.value = trainable(parameter.value, {.per_neuron = true});
        }
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
        discretise(declaration_, dt_, where_, plan_, *recipe_);
        read_threshold();
        read_refractoriness();
        if (exact_times_ && plan_.kernel.spiking && plan_.flow.linear) name_events(plan_, *recipe_);
        plan_.coefficients = recipe_->coefficients();
        if (!plan_.trained.empty()) plan_.recipe = recipe_;
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
            state.initial.require_fixed(where_, "the initial value of " + state.name,
                                        "mark parameters only");
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
            add_parameter(parameter, parameter.name, plan_.name);
        }
        for (const DerivedDeclaration& derived : declaration_.derived) {
            const Expression value = real_expression(derived.expression, false);
            for (const double number : recipe_->add(derived.name, value).values) {
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

    /// Takes the values of a parameter, and notes when training may change them.
    /// @param coefficient its name in the recipe, @param owner the population or connection.
    void add_parameter(const ParameterDeclaration& parameter, const std::string& coefficient,
                       const std::string& owner) {
        Coefficient values = argument(parameter.name, parameter.value);
        values.name = coefficient;
        require_positive_time(parameter, values);
        if (const auto& range = parameter.value.training())
            add_trained(parameter, *range, owner, values);
        recipe_->add(std::move(values));
    }

    void add_trained(const ParameterDeclaration& parameter, const TrainableRange& range,
                     const std::string& owner, Coefficient& values) {
        TrainedParameter trained{owner, parameter.name, values.name, range.lower, range.upper, {}};
        const bool is_time = parameter.unit == "ms";
        if (is_time && std::isinf(trained.lower)) {
            const double shortest = *std::min_element(values.values.begin(), values.values.end());
            trained.lower = std::min(dt_, 0.1 * shortest);
        }
        if (range.per_neuron && !values.per_neuron())
            values.values.assign(plan_.size, values.at(0));
        for (const double value : values.values) {
            if (value >= trained.lower && value <= trained.upper) continue;
            throw ModelError(where_,
                             fmt::format("{} is {:g}, but is to be trained between {:g} and {:g}",
                                         trained.name(), value, trained.lower, trained.upper),
                             "begin within the bounds")
                .with("population", plan_.name)
                .with("parameter", parameter.name);
        }
        if (is_time && trained.lower <= 0.0) {
            throw ModelError(
                where_,
                fmt::format("the lower bound of {} is {:g} ms", trained.name(), trained.lower),
                "give a positive bound")
                .with("population", plan_.name)
                .with("parameter", parameter.name);
        }
        trained.initial = values.values;
        plan_.trained.push_back(std::move(trained));
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
        SynapseResolver synapses(plan_, *recipe_, dt_);
        const auto take = [&](const ParameterDeclaration& parameter, const std::string& coefficient,
                              const std::string& owner) {
            add_parameter(parameter, coefficient, owner);
        };
        if (population_.is_input()) {
            // The values of the data arrive as those of impulses do.
            synapses.add(SynapseDeclaration{}, plan_.name, take);
            return;
        }
        std::map<std::string, std::size_t> groups;
        for (const Connection* connection : population_.incoming()) {
            const SynapseDeclaration synapse = connection->synapse().declare();
            const std::string signature = signature_of(synapse, connection->name());
            auto found = groups.find(signature);
            if (found == groups.end()) {
                try {
                    const std::size_t group = synapses.add(synapse, connection->name(), take);
                    found = groups.emplace(signature, group).first;
                } catch (const ModelError& error) {
                    throw relocated(error, "Connection " + connection->name())
                        .with("connection", connection->name());
                }
            }
            plan_.groups[found->second].push_back(connection->index());
            connections[connection->index()].group = found->second;
        }
        require_at_most(
            kMaxKernelGroups, plan_.groups.size(),
            plan_.groups.size() > groups.size() ? "states of synapses" : "kinds of synapses");
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
        refractory.duration.require_fixed(where_, "tau_refrac",
                                          "train others; the loss jumps with it");
        recipe_->add(argument("_tau_refrac", refractory.duration));
    }

    const Population& population_;
    NeuronDeclaration declaration_;
    std::string where_;
    double dt_;
    std::uint64_t seed_;
    bool exact_times_;
    std::size_t num_arguments_ = 0;
    std::vector<std::string> names_;
    std::shared_ptr<CoefficientRecipe> recipe_;
    PopulationPlan plan_;
};

}  // namespace

PopulationPlan resolve_model(const Population& population, const ResolveOptions& options,
                             std::vector<ConnectionPlan>& connections) {
    const auto resolve = [&](CoefficientRecipe::Moving moving) {
        return ModelResolver(population, options, std::move(moving)).resolve(connections);
    };
    PopulationPlan plan = resolve({});
    if (plan.trained.empty()) return plan;
    // Once more, now that it is known which numbers will not stay what they are.
    std::map<std::string, bool> parameters;
    for (const TrainedParameter& trained : plan.trained)
        parameters.emplace(trained.coefficient, trained.initial.size() > 1);
    return resolve(plan.recipe->find_moving(parameters));
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
    add(kernel.parameter_update);
    add(kernel.parameter_decay);
    add(kernel.parameter_reset_pull);
    add(kernel.parameter_spike_pull);
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
