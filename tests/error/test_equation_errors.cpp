// Errors in the equations of a user's model name the population (or connection) and the place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors_of.hpp"
#include "support/declared_neuron.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

ModelError compile_error(const NeuronDeclaration& model) {
    return error_of<ModelError>([&] {
        Network network;
        Population& input = network.population(SpikeInput(), Shape{2}, "input");
        Population& tested = network.population(DeclaredNeuron(model, std::make_shared<AvgVar>()),
                                                Shape{3}, "cells");
        network.connect(input, tested, Dense(1.0), Delta());
        InferenceOptions options;
        options.evaluate_timesteps = 10;
        InferenceCompiler(options).compile(network);
    });
}

NeuronDeclaration with_equation(const std::string& equation) {
    NeuronDeclaration model = plain_neuron();
    model.equations = {equation};
    return model;
}

TEST(EquationErrors, ThePlainModelIsFine) {
    EXPECT_STREQ(compile_error(plain_neuron()).what(), "[test] nothing was thrown");
}

TEST(EquationErrors, SyntaxNamesPopulationLineAndColumn) {
    const ModelError error = compile_error(with_equation("dv/dt = (i - v / tau"));
    EXPECT_THAT(error.what(), StartsWith("[Population cells] "));
    EXPECT_THAT(error.what(), HasSubstr("line 1, column "));
    EXPECT_THAT(error.what(), HasSubstr("(i - v / tau"));
    EXPECT_EQ(error.field("population"), "cells");
    EXPECT_EQ(error.field("line"), "1");
    EXPECT_NE(error.field("column"), "");
}

TEST(EquationErrors, UnknownNamesComeWithTheNearest) {
    for (const auto& [part, text] : {std::pair{"equation", "dv/dt = (i - v) / tua"},
                                     {"threshold", "v >= tua"},
                                     {"reset", "v = tua"},
                                     {"derived", "1 / tua"}}) {
        NeuronDeclaration model = plain_neuron();
        if (part == std::string("equation")) model.equations = {text};
        if (part == std::string("threshold")) model.threshold = text;
        if (part == std::string("reset")) model.reset = {text};
        if (part == std::string("derived")) model.derived = {{"factor", text}};
        const ModelError error = compile_error(model);
        EXPECT_THAT(error.what(), StartsWith("[Population cells] ")) << part;
        EXPECT_THAT(error.what(), HasSubstr("tua")) << part;
        EXPECT_THAT(error.what(), HasSubstr("did you mean 'tau'?")) << part;
        EXPECT_EQ(error.field("population"), "cells") << part;
    }
}

TEST(EquationErrors, TypesMustFit) {
    EXPECT_THAT(compile_error(with_equation("dv/dt = v > 1")).what(),
                StartsWith("[Population cells] "));
    NeuronDeclaration model = plain_neuron();
    model.threshold = "v - 1";
    const ModelError error = compile_error(model);
    EXPECT_STREQ(
        error.what(),
        "[Population cells] 'v - 1' is a number where a condition is needed; correct the neuron's "
        "equations");
    EXPECT_EQ(error.field("equation"), "v - 1");
    model.threshold = "v >= 1 and v >= 2";
    EXPECT_THAT(compile_error(model).what(), StartsWith("[Population cells] "));
    model = plain_neuron();
    model.reset = {"v = v > 1"};
    EXPECT_THAT(compile_error(model).what(), StartsWith("[Population cells] "));
}

TEST(EquationErrors, NonLinearEquationsAreNotSolvedExactly) {
    const auto exactly = [](const std::string& equation) {
        NeuronDeclaration model = with_equation(equation);
        model.solver = Solver::kExact;
        return compile_error(model);
    };
    const ModelError error = exactly("dv/dt = (i - v^2) / tau");
    EXPECT_STREQ(
        error.what(),
        "[Population cells] the equation dv/dt = (i - v^2) / tau is not linear in v; write it "
        "linear in the states and the input current i, the only form that is solved exactly, or "
        "choose another solver");
    EXPECT_EQ(error.field("population"), "cells");
    EXPECT_THAT(exactly("dv/dt = exp(v) / tau").what(),
                StartsWith("[Population cells] the equation dv/dt = "));
}

TEST(EquationErrors, DeclarationsMustFitTogether) {
    NeuronDeclaration model = plain_neuron();
    model.output = "u";
    EXPECT_STREQ(compile_error(model).what(),
                 "[Population cells] its output 'u' is not a state; name one of its states");
    model = plain_neuron();
    model.equations.push_back("dv/dt = -v");
    EXPECT_STREQ(
        compile_error(model).what(),
        "[Population cells] 'dv/dt = -v' is the second equation of v; give one equation a state");
    EXPECT_STREQ(
        compile_error(with_equation("du/dt = -v")).what(),
        "[Population cells] 'du/dt = -v' is not the derivative of a state; write d<state>/dt = "
        "...");
    EXPECT_STREQ(
        compile_error(with_equation("v = i")).what(),
        "[Population cells] 'v = i' is not the derivative of a state; write d<state>/dt = ...");
    model = plain_neuron();
    model.reset = {"u = 0"};
    EXPECT_STREQ(compile_error(model).what(),
                 "[Population cells] the reset 'u = 0' does not set a state; write <state> = ...");
    model = plain_neuron();
    model.parameters.push_back({"v", 1.0, "1", ""});
    EXPECT_STREQ(
        compile_error(model).what(),
        "[Population cells] the name 'v' of its equations is declared twice; choose another name");
    for (const char* reserved : {"i", "dt", "_g0"}) {
        model = plain_neuron();
        model.parameters.push_back({reserved, 1.0, "1", ""});
        EXPECT_EQ(compile_error(model).what(),
                  std::string("[Population cells] the name '") + reserved +
                      "' of its equations is reserved; choose another name");
    }
}

TEST(EquationErrors, ParametersMustFit) {
    NeuronDeclaration model = plain_neuron();
    model.parameters = {{"tau", 0.0, "ms", ""}};
    EXPECT_STREQ(compile_error(model).what(),
                 "[Population cells] tau is 0 ms; give positive times");
    model.parameters = {{"tau", std::vector<double>{5.0, 6.0}, "ms", ""}};
    EXPECT_STREQ(
        compile_error(model).what(),
        "[Population cells] tau has shape (2,), which holds 2 values, but 3 are needed; give one "
        "value for each");
    model.parameters = {{"tau", "norml", "ms", ""}};
    const ModelError unknown = compile_error(model);
    EXPECT_THAT(unknown.what(), StartsWith("[Population cells] "));
    EXPECT_THAT(unknown.what(), HasSubstr("did you mean 'normal'?"));
    model.parameters = {{"tau", 1e-320, "ms", ""}};
    EXPECT_THAT(compile_error(model).what(),
                StartsWith("[Population cells] a step of 1 ms of its equations "
                           "is not finite"));
}

// A parameter without a unit of time can still make a step infinite.
TEST(EquationErrors, StepsMustBeFinite) {
    NeuronDeclaration model = plain_neuron();
    model.equations = {"dv/dt = i - v / 0"};
    EXPECT_STREQ(
        compile_error(model).what(),
        "[Population cells] a step of 1 ms of its equations is not finite for neuron 0; check the "
        "parameters, time constants above all");
    model = plain_neuron();
    model.derived = {{"rate", "1 / (tau - 20)"}};
    model.threshold = "v >= rate";
    EXPECT_THAT(compile_error(model).what(), StartsWith("[Population cells] "))
        << "the threshold is infinite";
}

TEST(EquationErrors, SynapsesNameTheirConnection) {
    const auto error_with = [](const SynapseDeclaration& declaration) {
        return error_of<ModelError>([&] {
            Network network;
            Population& input = network.population(SpikeInput(), Shape{2}, "input");
            Population& output = network.population(
                LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{3}, "output");
            network.connect(input, output, Dense(1.0), DeclaredSynapse(declaration), "wires");
            InferenceOptions options;
            options.evaluate_timesteps = 10;
            InferenceCompiler(options).compile(network);
        });
    };
    SynapseDeclaration plain;
    plain.parameters = {{"tau", 5.0, "ms", ""}};
    plain.states = {"g"};
    plain.equations = {"dg/dt = -g / tau"};
    EXPECT_STREQ(error_with(plain).what(), "[test] nothing was thrown");
    SynapseDeclaration model = plain;
    model.equations = {"dg/dt = -g / tua"};
    EXPECT_THAT(error_with(model).what(), StartsWith("[Connection wires] "));
    EXPECT_THAT(error_with(model).what(), HasSubstr("did you mean 'tau'?"));
    model.equations = {"dg/dt = -g * g"};
    EXPECT_THAT(error_with(model).what(), StartsWith("[Connection wires] "));
    model = plain;
    model.gain = "1 +";
    EXPECT_THAT(error_with(model).what(), StartsWith("[Connection wires] "));
    model.gain = "tau > 1";
    EXPECT_THAT(error_with(model).what(), StartsWith("[Connection wires] "));
    model = plain;
    model.equations = {"dh/dt = -g / tau"};
    EXPECT_THAT(error_with(model).what(), StartsWith("[Connection wires] "));
    // A current that does not come to rest would never stop.
    model.equations = {"dg/dt = (1 - g) / tau"};
    EXPECT_STREQ(error_with(model).what(),
                 "[Connection wires] g does not decay to zero without spikes; write right sides of "
                 "which every term has a state as a factor");
    // Synapses of several states.
    model.states = {"x", "g"};
    model.equations = {"dx/dt = -x / tau"};
    EXPECT_THAT(error_with(model).what(), HasSubstr("there is no equation of its state 'g'"));
    model.equations = {"dx/dt = -x / tau", "dx/dt = -x / tau"};
    EXPECT_THAT(error_with(model).what(), HasSubstr("is the second equation of x"));
    model.equations = {"dx/dt = -x / tau", "dg/dt = (x - g) / tau"};
    EXPECT_STREQ(error_with(model).what(), "[test] nothing was thrown");
    model.arrival = "y";
    EXPECT_STREQ(error_with(model).what(),
                 "[Connection wires] 'y' is not a state of its synapse; name one of x, g");
    model.arrival = "";
    model.states = {"x", "x"};
    EXPECT_THAT(error_with(model).what(), HasSubstr("the state 'x' is declared twice"));
    model.states = std::vector<std::string>(9);
    model.equations.clear();
    for (std::size_t k = 0; k < 9; ++k) {
        model.states[k] = "s" + std::to_string(k);
        model.equations.push_back("ds" + std::to_string(k) + "/dt = -s" + std::to_string(k));
    }
    EXPECT_THAT(error_with(model).what(), HasSubstr("it has 9 states of synapses"));
    model = plain;
    model.parameters[0].value = -5.0;
    EXPECT_THAT(error_with(model).what(), StartsWith("[Connection wires] tau is -5 ms"));
}

}  // namespace
}  // namespace saltus::test
