// Every mistake in [[population]] and [[connection]] is answered with the line and what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/mistake.hpp"

namespace saltus {
namespace {

class NetworkMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(NetworkMistakes, AreToldWithTheirLine) {
    EXPECT_THAT(message_of(GetParam()), testing::StartsWith(GetParam().message));
}

const Mistake kMistakes[] = {
    {"PopulationInSingleBrackets", 12, "[population]",
     "[x.toml:16:1] this is not TOML: Error while parsing table header: cannot "
     "redefine existing table 'population' as array-of-tables; see https://toml.io "
     "for how to write it"},
    {"NoName", 13, "# none",
     "[x.toml:12] [[population]] has no 'name'; add a line that starts with name ="},
    {"NameNumber", 13, "name = 3",
     "[x.toml:13] name of [[population]] must be a text, not 3 (a number); write it "
     "in quotes"},
    {"NameEmpty", 13, R"(name = "")",
     "[x.toml:13] the name '' has 0 characters; give a name of 1 to 200 characters"},
    {"NameWithNewline", 13, R"(name = "a\nb")",
     "[x.toml:13] the name 'a?b' has a control character; give a name of printable "
     "characters"},
    {"NameTaken", 17, R"(name = "input")",
     "[x.toml:17] Network: there is a population 'input' already; give each "
     "population a name of its own"},
    {"MisspelledNeuron", 14, R"(nueron = "spike_input")",
     "[x.toml:14] unknown key 'nueron' of population 'input'; did you mean 'neuron'?"},
    {"UnknownNeuron", 14, R"(neuron = "spike_inptu")",
     "[x.toml:14] there is no neuron 'spike_inptu'; did you mean 'spike_input'?"},
    {"UserNeuronWithoutEquations", 23, R"(neuron = "user_neuron"
states = { v = 0.0 })",
     "[x.toml:21] user_neuron has no 'equations'; add a line that starts with equations ="},
    {"UserNeuronWithoutStates", 23, R"(neuron = "user_neuron"
equations = ["dv/dt = i"]
states = {})",
     "[x.toml:25] there is no state; give each an initial value: { v = 0.0 }"},
    {"UnknownSolver", 23, R"(neuron = "user_neuron"
equations = ["dv/dt = i"]
states = { v = 0.0 }
solver = "rk5")",
     "[x.toml:26] Solver: there is no solver 'rk5'; use one of auto, exact, exponential_euler, "
     "euler, rk4"},
    {"DerivedWithoutName", 23, R"(neuron = "user_neuron"
equations = ["dv/dt = i"]
states = { v = 0.0 }
derived = ["1 / tau"])",
     "[x.toml:26] '1 / tau' does not define a constant; write it as name = expression"},
    {"TooManySubSteps", 23, R"(neuron = "user_neuron"
equations = ["dv/dt = i"]
states = { v = 0.0 }
sub_steps = 65)",
     "[x.toml:26] sub_steps"},
    {"NoNeuron", 14, "# none",
     "[x.toml:12] population 'input' has no 'neuron'; add a line that starts with "
     "neuron ="},
    {"ShapeNumber", 15, "shape = 4",
     "[x.toml:15] shape of population 'input' must be a list of whole numbers that "
     "are not negative, not 4 (a number); write, for example, shape = [28, 28]"},
    {"ShapeNegative", 15, "shape = [4, -1]",
     "[x.toml:15] shape of population 'input' must be a list of whole numbers that "
     "are not negative, not -1 (a number); write, for example, shape = [28, 28]"},
    {"ShapeFraction", 15, "shape = [2.5]",
     "[x.toml:15] shape of population 'input' must be a list of whole numbers that "
     "are not negative, not 2.5 (a number); write, for example, shape = [28, 28]"},
    {"ShapeEmpty", 15, "shape = []",
     "[x.toml:15] Population input: its shape () holds no neuron; give it a shape "
     "of positive extents, for example {128}"},
    {"ShapeZero", 15, "shape = [0]",
     "[x.toml:15] Population input: its shape (0,) holds no neuron; give it a shape "
     "of positive extents, for example {128}"},
    {"ShapeOverflow", 15, "shape = [4294967296, 4294967296]",
     "[x.toml:15] Shape: the product of the extents of (4294967296, 4294967296) "
     "does not fit into 64 bits; use a smaller shape"},
    {"ShapeTooLarge", 15, "shape = [3000000000]",
     "[x.toml:15] Population input: its shape (3000000000,) holds 3000000000 "
     "neurons; use at most 2147483647 neurons in a population"},
    {"NoShape", 15, "# none",
     "[x.toml:13] Population input: has no shape and no connection tells it; give "
     "it a shape, for example {128}"},
    {"MaxSpikes", 15, "shape = [4]\nmax_spikes = -1",
     "[x.toml:16] max_spikes of spike_input is -1; write a whole number from 1 to "
     "1099511627776"},
    {"UnknownNeuronArgument", 20, "v_tresh = 1.0",
     "[x.toml:20] unknown key 'v_tresh' of leaky_integrate_fire; did you mean "
     "'v_thresh'?"},
    {"ArgumentBoolean", 20, "v_thresh = true",
     "[x.toml:20] v_thresh of leaky_integrate_fire must be a number or an "
     "initializer, not true (a boolean); write a number, a list of numbers, or for "
     "example { normal = { mean = 0.0, sd = 1.0 } }"},
    {"ArgumentEmptyList", 20, "v_thresh = []",
     "[x.toml:20] v_thresh is an empty list; write a number, a list of numbers, or "
     "for example { normal = { mean = 0.0, sd = 1.0 } }"},
    {"ArgumentListWithText", 20, R"(v_thresh = [1.0, "a", 1.0])",
     "[x.toml:20] v_thresh of leaky_integrate_fire must be a list of numbers, not "
     "'a' (a text); write a number, a list of numbers, or for example { normal = { "
     "mean = 0.0, sd = 1.0 } }"},
    {"ArgumentRagged", 20, "v_thresh = [[1.0, 2.0], [3.0]]",
     "[x.toml:20] row 1 of v_thresh has 1 numbers, but row 0 has 2; give every row "
     "the same number of columns"},
    {"ArgumentRowNumber", 20, "v_thresh = [[1.0, 2.0], 3.0]",
     "[x.toml:20] v_thresh of leaky_integrate_fire must be a list of rows, not 3 (a "
     "number); write a number, a list of numbers, or for example { normal = { mean "
     "= 0.0, sd = 1.0 } }"},
    {"ArgumentInfinite", 20, "v_thresh = inf",
     "[x.toml:20] v_thresh of leaky_integrate_fire is inf; write a finite number"},
    {"UnknownInitializerName", 20, R"(v_thresh = "norml")",
     "[x.toml:20] InitValue: there is no initializer 'norml'; did you mean 'normal'?"},
    {"UnknownInitializer", 20, "v_thresh = { norml = {} }",
     "[x.toml:20] unknown key 'norml' of v_thresh of leaky_integrate_fire; did you "
     "mean 'normal'?"},
    {"NoInitializer", 20, "v_thresh = {}",
     "[x.toml:20] v_thresh names no initializers; write a number, a list of "
     "numbers, or for example { normal = { mean = 0.0, sd = 1.0 } }"},
    {"TwoInitializers", 20, "v_thresh = { normal = {}, uniform = {} }",
     "[x.toml:20] v_thresh names two initializers; write a number, a list of "
     "numbers, or for example { normal = { mean = 0.0, sd = 1.0 } }"},
    {"InitializerNumber", 20, "v_thresh = { normal = 3 }",
     "[x.toml:20] normal of v_thresh of leaky_integrate_fire must be a table, not 3 "
     "(a number); start it with a line [normal], or write normal = { ... }"},
    {"UnknownInitializerArgument", 20, "v_thresh = { normal = { mean = 0.0, sigma = 1.0 } }",
     "[x.toml:20] unknown key 'sigma' of normal; known are mean and sd"},
    {"InitializerRange", 20, "v_thresh = { normal = { sd = -1.0 } }",
     "[x.toml:20] Normal: mean 0 and sd -1 do not describe a normal distribution; "
     "give finite numbers and sd >= 0"},
    {"UniformRange", 20, "v_thresh = { uniform = { min = 2.0 } }",
     "[x.toml:20] Uniform: bounds 2 and 1 do not describe an interval; give finite "
     "numbers with min <= max"},
    {"InitializerArgumentText", 20, R"(v_thresh = { normal = { sd = "a" } })",
     "[x.toml:20] sd of normal must be a number, not 'a' (a text); write a number "
     "without quotes"},
    {"TauNegative", 20, "v_thresh = 1.0\ntau_mem = -20.0",
     "[x.toml:21] LeakyIntegrateFire: tau_mem is -20 ms; give a positive time"},
    {"ScaleNumber", 20, "v_thresh = 1.0\nscale_i = 1",
     "[x.toml:21] scale_i of leaky_integrate_fire must be true or false, not 1 (a "
     "number); write it without quotes"},
    {"UnknownReadout", 25, R"(readout = "avg_vra")",
     "[x.toml:25] Readout: there is no readout 'avg_vra'; did you mean 'avg_var'?"},
    {"ReadoutNumber", 25, "readout = 1",
     "[x.toml:25] readout of leaky_integrate must be a text, not 1 (a number); "
     "write it in quotes"},
    {"NothingReadsIt", 25, "# none",
     "[x.toml:22] Population output: it has no readout and connects to nothing, so "
     "it has no effect; give its neuron a readout, connect it, or remove it"},
    {"ConnectionInSingleBrackets", 26, "[connection]",
     "[x.toml:32:1] this is not TOML: Error while parsing table header: cannot "
     "redefine existing table 'connection' as array-of-tables; see https://toml.io "
     "for how to write it"},
    {"UnknownSource", 27, R"(source = "inptu")",
     "[x.toml:27] there is no population 'inptu'; did you mean 'input'?"},
    {"SourceNumber", 27, "source = 1",
     "[x.toml:27] source of [[connection]] must be a text, not 1 (a number); write "
     "it in quotes"},
    {"NoSource", 27, "# none",
     "[x.toml:26] [[connection]] has no 'source'; add a line that starts with "
     "source ="},
    {"TargetIsInput", 28, R"(target = "input")",
     "[x.toml:27] Connection input->input: its target 'input' is an input "
     "(spike_input), which ignores what arrives; connect to a population that is "
     "no input"},
    {"UnknownConnectivity", 29, R"(connectivity = "dnse")",
     "[x.toml:29] there is no connectivity 'dnse'; did you mean 'dense'?"},
    {"NoConnectivity", 29, "# none",
     "[x.toml:26] [[connection]] has no 'connectivity'; add a line that starts with "
     "connectivity ="},
    {"MisspelledWeight", 30, "weigth = 0.5",
     "[x.toml:30] unknown key 'weigth' of [[connection]]; did you mean 'weight'?"},
    {"NoWeight", 30, "# none",
     "[x.toml:26] [[connection]] has no 'weight'; add a line that starts with "
     "weight ="},
    {"WeightNan", 30, "weight = nan",
     "[x.toml:30] weight of [[connection]] is nan; write a finite number"},
    {"WeightOneAxis", 30, "weight = [1.0, 2.0]",
     "[x.toml:30] Connection input->hidden: weights of shape (2,) have 1 axes; give "
     "weights of shape (source size, target size)"},
    {"WeightShape", 30, "weight = [[1.0, 2.0], [3.0, 4.0]]",
     "[x.toml:30] Connection input->hidden: weights of shape (2, 2) do not fit its "
     "source 'input' of shape (4,); give weights of shape (source size, target size)"},
    {"DelayFraction", 30, "weight = 0.5\ndelay = -0.5",
     "[x.toml:31] Dense: delay is -0.5 timesteps; give a whole number between 0 and "
     "1048576"},
    {"DelayOfList", 30, "weight = 0.5\ndelay = [1.0, -0.5]",
     "[x.toml:31] Dense: delay is -0.5 timesteps; give a whole number between 0 and "
     "1048576"},
    {"MaxDelay", 30, "weight = 0.5\nmax_delay_steps = 1.5", "[x.toml:31] max_delay_steps"},
    {"PoolSize", 29, "connectivity = \"avg_pool_dense_2d\"\npool_size = [2, 2, 2]",
     "[x.toml:30] pool_size has 3 numbers; give one number, or two: [rows, columns]"},
    {"UnknownSynapse", 31, R"(synapse = "exponental")",
     "[x.toml:31] there is no synapse 'exponental'; did you mean 'exponential'?"},
    {"SynapseNumber", 31, "synapse = 3",
     "[x.toml:31] synapse of [[connection]] must be a name or a table, not 3 (a "
     "number); write synapse = \"name\" or synapse = { type = \"name\" }"},
    {"SynapseNoType", 31, "synapse = { tau = 5.0 }",
     "[x.toml:31] synapse of [[connection]] has no 'type'; add a line that starts "
     "with type ="},
    {"UnknownSynapseArgument", 31, R"(synapse = { type = "exponential", tua = 5.0 })",
     "[x.toml:31] unknown key 'tua' of exponential; did you mean 'tau'?"},
    {"SynapseTau", 31, R"(synapse = { type = "exponential", tau = -5.0 })",
     "[x.toml:31] Exponential: tau is -5 ms; give a positive time"},
    {"NoSynapse", 31, "# none",
     "[x.toml:26] [[connection]] has no 'synapse'; add a line that starts with "
     "synapse ="},
    {"SourceNeverSpikes", 33, R"(source = "output")",
     "[x.toml:33] Connection output->output: its source 'output' (leaky_integrate) "
     "never spikes, so nothing would arrive; connect from a population with a "
     "threshold"},
    {"ArgumentListNan", 20, "v_thresh = [1.0, nan, 1.0]",
     "[x.toml:20] v_thresh of leaky_integrate_fire is nan; write a finite number"},
    {"WeightRagged", 30, "weight = [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0]]",
     "[x.toml:30] row 3 of weight has 2 numbers, but row 0 has 3; give every row "
     "the same number of columns"},
};

INSTANTIATE_TEST_SUITE_P(All, NetworkMistakes, testing::ValuesIn(kMistakes), name_of);

}  // namespace
}  // namespace saltus
