// Neurons whose equations are not linear: steps, gradients against finite differences, and the same
// on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>

#include "support/declared_neuron.hpp"
#include "support/moved_states.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

struct FlowCase {
    std::string label;
    HandWritten neuron;
    double dt = 1.0;
    std::size_t delay = 0;
    /// Whether spikes wait for the end of refractory times.
    bool waits = false;
};

void PrintTo(const FlowCase& flow_case, std::ostream* stream) {
    *stream << flow_case.label;
}

std::vector<FlowCase> flow_cases() {
    std::vector<FlowCase> cases;
    for (const HandWritten& neuron : hand_written_neurons()) {
        for (const Solver solver :
             {Solver::kAuto, Solver::kExponentialEuler, Solver::kEuler, Solver::kRungeKutta4}) {
            for (const std::size_t sub_steps : {1U, 3U}) {
                FlowCase added{neuron.label + "_" + to_string(solver), neuron, 1.0, sub_steps / 2};
                if (sub_steps > 1) added.label += "_sub_steps";
                if (solver == Solver::kEuler) added.dt = 0.5;
                added.neuron.declaration.solver = solver;
                added.neuron.declaration.sub_steps = sub_steps;
                cases.push_back(added);
            }
        }
    }
    for (const HandWritten& neuron : hand_written_neurons()) {
        for (const std::size_t sub_steps : {1U, 3U}) {
            for (const bool integrates : {false, true}) {
                FlowCase added{neuron.label + (integrates ? "_integrates" : "_held"), neuron, 1.0,
                               sub_steps / 2};
                if (sub_steps > 1) added.label += "_sub_steps";
                added.neuron.tau_refrac = integrates ? 4.0 : 2.5;
                added.neuron.drive *= integrates ? 2.5 : 1.4;
                added.neuron.held.assign(neuron.initial.size(), false);
                added.neuron.held[0] = !integrates;
                added.neuron.declaration.refractory =
                    RefractoryDeclaration{added.neuron.tau_refrac, integrates, {"v"}};
                added.neuron.declaration.sub_steps = sub_steps;
                added.waits = integrates;
                cases.push_back(added);
            }
        }
    }
    return cases;
}

MovedStates model_of(const FlowCase& flow_case) {
    Numbers numbers(5);
    MovedStates model;
    model.neuron = flow_case.neuron;
    model.dt = flow_case.dt;
    model.delay = flow_case.delay;
    model.num_steps = static_cast<std::size_t>(40.0 / flow_case.dt);
    model.inputs = 6;
    model.hidden = 5;
    model.outputs = 3;
    model.label = 1;
    const auto random = [&](std::size_t count, double low, double high) {
        std::vector<double> weights(count);
        for (double& weight : weights)
            weight = numbers.uniform(low, high);
        return weights;
    };
    const double drive = model.neuron.drive;
    model.weights = {random(30, 0.2 * drive, 1.6 * drive), random(25, -0.1 * drive, 0.4 * drive),
                     random(15, -1.0, 1.0)};
    model.input_steps.resize(model.num_steps);
    for (auto& step : model.input_steps) {
        for (std::size_t input = 0; input < model.inputs; ++input)
            if (numbers.uniform(0.0, 1.0) < 0.08 * model.dt) step.push_back(input);
    }
    return model;
}

CompiledTrainingNetwork compile(const MovedStates& model, const BackendOptions& backend) {
    Network network;
    const Exponential synapse(ExponentialOptions{model.tau, false});
    const auto delay = static_cast<double>(model.delay);
    Population& input = network.population(SpikeInput(), Shape{model.inputs}, "input");
    Population& hidden =
        network.population(DeclaredNeuron(model.neuron.declaration), Shape{model.hidden}, "hidden");
    LeakyIntegrateOptions options;
    options.tau_mem = model.tau_out;
    options.scale_i = true;
    options.readout = std::make_shared<AvgVar>();
    Population& output =
        network.population(LeakyIntegrate(options), Shape{model.outputs}, "output");
    const auto connect = [&](Population& source, Population& target, std::size_t index) {
        const Array weights(Shape{source.size(), target.size()}, model.weights[index]);
        network.connect(source, target, Dense(weights, delay), synapse, std::to_string(index));
    };
    connect(input, hidden, 0);
    connect(hidden, hidden, 1);
    connect(hidden, output, 2);
    EventPropOptions compiler;
    compiler.example_timesteps = model.num_steps;
    compiler.dt = model.dt;
    compiler.min_slope = model.min_slope;
    compiler.backend = backend;
    return EventPropCompiler(compiler).compile(network);
}

Inputs inputs_of(const MovedStates& model) {
    std::vector<std::vector<std::size_t>> steps(model.inputs);
    for (std::size_t step = 0; step < model.num_steps; ++step) {
        for (const std::size_t input : model.input_steps[step])
            steps[input].push_back(step);
    }
    return {
        {"input", std::shared_ptr<const GridSpikes>(spikes_at(steps, model.num_steps, model.dt))}};
}

class DeclaredFlows : public testing::TestWithParam<FlowCase> {};

TEST_P(DeclaredFlows, GradientsEqualFiniteDifferencesOfMovedSpikes) {
    const MovedStates model = model_of(GetParam());
    ASSERT_GE(model.num_spikes(), 10U) << "the test must have spikes to move";
    EXPECT_EQ(model.num_late() > 3, GetParam().waits) << model.num_late();
    CompiledTrainingNetwork network = compile(model, backend_case("reference64").options);
    const Labels labels{{"output", {1}}};
    EXPECT_NEAR(network.loss(inputs_of(model), labels), model.loss(), 1e-11);
    const auto gradients = network.gradients(inputs_of(model), labels);
    for (std::size_t index = 0; index < model.weights.size(); ++index) {
        const double error =
            relative_error(gradients.at(std::to_string(index)).values, model.gradient(index));
        EXPECT_LT(error, 1e-6) << "connection " << index;
        RecordProperty("relative_error_" + std::to_string(index), testing::PrintToString(error));
    }
}

TEST_P(DeclaredFlows, BackendsAgree) {
    const MovedStates model = model_of(GetParam());
    const Labels labels{{"output", {1}}};
    CompiledTrainingNetwork reference = compile(model, backend_case("reference").options);
    const Trace expected = reference.trace(inputs_of(model), 0);
    const auto expected_gradients = reference.gradients(inputs_of(model), labels);
    for (const BackendCase& backend : cpu_backends()) {
        if (!can_run(backend)) continue;
        SCOPED_TRACE(backend.label);
        CompiledTrainingNetwork network = compile(model, backend.options);
        const Trace trace = network.trace(inputs_of(model), 0);
        EXPECT_EQ(spike_pairs(trace.spikes.at("hidden")),
                  spike_pairs(expected.spikes.at("hidden")));
        EXPECT_LT(absolute_error(trace.states.at("hidden.v").values,
                                 expected.states.at("hidden.v").values),
                  2e-4);
        const auto gradients = network.gradients(inputs_of(model), labels);
        for (const auto& [name, gradient] : gradients) {
            EXPECT_LT(relative_error(gradient.values, expected_gradients.at(name).values), 1e-3)
                << name;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, DeclaredFlows, testing::ValuesIn(flow_cases()), BackendLabel());

std::string error_of_solver(Solver solver, std::size_t sub_steps, const std::string& equation) {
    Network network;
    NeuronDeclaration model = plain_neuron();
    model.equations = {equation};
    model.solver = solver;
    model.sub_steps = sub_steps;
    Population& input = network.population(SpikeInput(), Shape{1}, "input");
    Population& output = network.population(DeclaredNeuron(model, std::make_shared<SpikeCount>()),
                                            Shape{1}, "output");
    network.connect(input, output, Dense(1.0), Exponential(5.0));
    InferenceOptions options;
    options.evaluate_timesteps = 5;
    try {
        InferenceCompiler(options).compile(network);
    } catch (const ModelError& error) {
        return error.what();
    }
    return "";
}

TEST(SolverErrors, EventPropNeedsACurrentThatIsAFactorOrATerm) {
    HandWritten neuron = hand_written_neurons().front();
    neuron.declaration.equations = {"dv/dt = exp(i) - v"};
    try {
        compile(model_of({"exponential_current", neuron}), {});
        ADD_FAILURE() << "it was compiled";
    } catch (const ModelError& error) {
        EXPECT_THAT(error.what(),
                    testing::StartsWith("[Population hidden] dv/dt = exp(i) - v is not linear in "
                                        "the input current i; write the current as a factor or a "
                                        "term"));
    }
}

TEST(SolverErrors, SayWhatWouldWork) {
    using testing::HasSubstr;
    EXPECT_THAT(error_of_solver(Solver::kExact, 1, "dv/dt = -v ^ 2 + i"),
                HasSubstr("is not linear in v; write it linear in the states and the input current "
                          "i, the only form that is solved exactly, or choose another solver"));
    EXPECT_THAT(error_of_solver(Solver::kAuto, 4, "dv/dt = -v + i"),
                HasSubstr("[Population output] a step that is solved exactly has no sub_steps; "
                          "leave them out, or name a solver such as 'exponential_euler'"));
    EXPECT_THAT(error_of_solver(Solver::kEuler, 0, "dv/dt = -v + i"),
                HasSubstr("sub_steps is 0; give a number from 1 to 64"));
    EXPECT_THAT(error_of_solver(Solver::kEuler, 65, "dv/dt = -v + i"),
                HasSubstr("sub_steps is 65"));
    EXPECT_EQ(error_of_solver(Solver::kEuler, 64, "dv/dt = -v + i"), "");
    EXPECT_EQ(solver_by_name("rk4"), Solver::kRungeKutta4);
    EXPECT_THROW(solver_by_name("rk5"), ModelError);
}

}  // namespace
}  // namespace saltus::test
