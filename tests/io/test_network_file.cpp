#include <cmath>
#include <cstdlib>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/initializers/normal.hpp>
#include <saltus/io/network_file.hpp>

#include "data/errors_of.hpp"
#include "io/network_text.hpp"

namespace saltus {
namespace {

NetworkFile parse(const std::string& text) {
    return parse_network_file(text, "folder/x.toml");
}

TEST(NetworkFile, KeepsNameAndText) {
    const NetworkFile file = parse(kNetworkText);
    EXPECT_EQ(file.name, "folder/x.toml");
    EXPECT_EQ(file.text, kNetworkText);
    EXPECT_EQ(file.description, "small");
}

TEST(NetworkFile, ReadsData) {
    const DataSection data = parse(with_line(5, "train_images = \"a\"\nmax_train = 7")).data;
    EXPECT_EQ(data.format, "idx");
    EXPECT_EQ(data.train_images, "a");
    EXPECT_EQ(data.train_labels, "b");
    EXPECT_EQ(data.test_images, "c");
    EXPECT_EQ(data.test_labels, "d");
    EXPECT_EQ(data.max_train, 7U);
    EXPECT_EQ(data.max_test, std::numeric_limits<std::size_t>::max());
}

/// The small network file with this [data], and no [encoding].
std::string with_recordings(const std::string& data) {
    std::string text = kNetworkText;
    const std::size_t begin = text.find("format");
    text.replace(begin, text.find("[[population]]") - begin, data);
    return text;
}

TEST(NetworkFile, ReadsRecordings) {
    const std::string lists = "folder = \"data\"\ntrain = \"a.txt\"\ntest = \"b.txt\"\n";
    const DataSection nmnist =
        parse(with_recordings("format = \"nmnist\"\nstart_time = 5.0\nend_time = 100\npooling = "
                              "2\nmax_test = 3\n" +
                              lists))
            .data;
    EXPECT_TRUE(nmnist.are_recordings());
    EXPECT_EQ(nmnist.train, "a.txt");
    EXPECT_EQ(nmnist.test, "b.txt");
    EXPECT_EQ(nmnist.recordings.start_time, 5.0);
    EXPECT_EQ(nmnist.recordings.end_time, 100.0);
    EXPECT_EQ(nmnist.recordings.pooling, 2U);
    EXPECT_EQ(nmnist.max_test, 3U);
    const DataSection heidelberg =
        parse(with_recordings("format = \"heidelberg\"\nchannels = 64\n" + lists)).data;
    EXPECT_EQ(heidelberg.channels, 64U);
    EXPECT_EQ(parse(with_recordings("format = \"heidelberg\"\n" + lists)).data.channels, 700U);
}

TEST(NetworkFile, RecordingsThatCannotBeAreTold) {
    const auto error = [](const std::string& lines) {
        const std::string data =
            "format = \"nmnist\"\nfolder = \"data\"\ntrain = \"a\"\n"
            "test = \"b\"\n" +
            lines;
        return model_error([&] { parse(with_recordings(data)); });
    };
    EXPECT_THAT(error("[encoding]\ntype = \"linear_latency\"\nmax_time = 1.0\n"),
                testing::HasSubstr("x.toml:7] there is an [encoding] for data of format 'nmnist', "
                                   "which are spikes already; leave it out"));
    EXPECT_THAT(error("channels = 700\n"),
                testing::HasSubstr("x.toml:7] unknown key 'channels' of [data] of format nmnist"));
    EXPECT_THAT(error("pooling = 0\n"), testing::HasSubstr("x.toml:7] pooling of [data] is 0"));
    EXPECT_THAT(error("end_time = 0.0\n"),
                testing::HasSubstr("x.toml:7] RecordingOptions: end_time is 0 ms"));
    EXPECT_THAT(error("start_time = nan\n"),
                testing::HasSubstr("x.toml:7] RecordingOptions: start_time is nan ms"));
}

TEST(NetworkFile, ReadsTheExamples) {
    std::size_t count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(SALTUS_SOURCE_DIR) + "/examples")) {
        if (entry.path().extension() != ".toml") continue;
        EXPECT_NO_THROW(read_network_file(entry.path())) << entry.path();
        ++count;
    }
    EXPECT_GE(count, 4U);
}

TEST(NetworkFile, ReadsAugmentation) {
    EXPECT_FALSE(parse(kNetworkText).augmentation.is_used());
    const std::string lines =
        "[augmentation]\nblend = 0.5\nshift = [1, 2]\nmirror = 0.25\ntime_shift = 3\n"
        "time_jitter = 0.5\ndeletion = 0.1\nadded_spikes = 7.0\n[encoding]";
    const AugmentationSection section = parse(with_line(9, lines)).augmentation;
    EXPECT_TRUE(section.is_used());
    EXPECT_EQ(section.blend, 0.5);
    EXPECT_EQ(section.shift, (std::vector<std::size_t>{1, 2}));
    EXPECT_EQ(section.mirror, 0.25);
    EXPECT_EQ(section.time_shift, 3.0);
    EXPECT_EQ(section.time_jitter, 0.5);
    EXPECT_EQ(section.deletion, 0.1);
    EXPECT_EQ(section.added_spikes, 7.0);
    EXPECT_FALSE(
        parse(with_line(9, "[augmentation]\nshift = [0]\n[encoding]")).augmentation.is_used());
}

TEST(NetworkFile, FindsDataFromItsOwnFolder) {
    EXPECT_EQ(parse(kNetworkText).data.folder, "folder/data");
    EXPECT_EQ(parse_network_file(kNetworkText, "x.toml").data.folder, "data");
    EXPECT_EQ(parse(with_line(4, "folder = \"/data\"")).data.folder, "/data");
}

TEST(NetworkFile, EnvironmentOverridesDataFolder) {
    ::setenv("SALTUS_DATA", "/elsewhere", 1);
    EXPECT_EQ(parse(kNetworkText).data.folder, "/elsewhere");
    ::setenv("SALTUS_DATA", "", 1);
    EXPECT_EQ(parse(kNetworkText).data.folder, "folder/data");
    ::unsetenv("SALTUS_DATA");
}

TEST(NetworkFile, ReadsEncodings) {
    const std::string linear = "max_time = 18.0\nmin_time = 2\nthreshold = 5";
    const LatencyEncoder encoder = parse(with_line(11, linear)).encoder();
    EXPECT_EQ(encoder.time(255), 2.0);
    EXPECT_EQ(encoder.time(5), std::nullopt);
    EXPECT_NEAR(*encoder.time(51), 2.0 + 16.0 * 0.8, 1e-12);

    std::string text = with_line(10, "type = \"log_latency\"");
    text.replace(text.find("max_time = 18.0"), 15, "tau_eff = 10.0\nthreshold = 51");
    EXPECT_NEAR(*parse(text).encoder().time(102), 10.0 * std::log(2.0), 1e-12);

    text = with_line(10, "type = \"thermometer\"");
    text.replace(text.find("max_time = 18.0"), 15, "levels = 3\ntime = 1.5");
    const EncodingSection thermometer = parse(text).encoding;
    EXPECT_EQ(thermometer.encoder().time(255), 1.5);
    EXPECT_EQ(thermometer.encoder().time(0), std::nullopt);
    const ImageDataset image{Shape{1, 2}, 1, {0, 130}, {0}};
    EXPECT_EQ(thermometer.pixels(image).pixels, (std::vector<std::uint8_t>{0, 0, 0, 255, 255, 0}));
}

TEST(NetworkFile, ReadsPopulations) {
    const NetworkFile file = parse(kNetworkText);
    const auto& populations = file.network.populations();
    ASSERT_EQ(populations.size(), 3U);
    EXPECT_EQ(populations[0]->neuron().name(), "spike_input");
    EXPECT_EQ(populations[0]->shape(), Shape{4});
    EXPECT_EQ(populations[1]->neuron().name(), "leaky_integrate_fire");
    EXPECT_EQ(populations[2]->neuron().readout->name(), "avg_var");
    EXPECT_EQ(file.input_name(), "input");
    EXPECT_EQ(file.output_name(), "output");
}

/// The declared value of a parameter of the hidden population.
InitValue hidden_parameter(const std::string& lines, const std::string& name) {
    const NetworkFile file = parse(with_line(20, lines));
    for (const auto& parameter :
         file.network.find_population("hidden").neuron().declare().parameters) {
        if (parameter.name == name) return parameter.value;
    }
    return "there is no such parameter";
}

TEST(NetworkFile, ReadsValuesOfEveryKind) {
    EXPECT_EQ(hidden_parameter("v_thresh = 2", "v_thresh").constant(), 2.0);
    EXPECT_EQ(hidden_parameter("v_thresh = 1.5", "v_thresh").constant(), 1.5);
    EXPECT_EQ(hidden_parameter("v_thresh = [1, 2.5, 3]", "v_thresh").array().values,
              (std::vector<double>{1.0, 2.5, 3.0}));
    EXPECT_EQ(hidden_parameter("v_thresh = \"normal\"", "v_thresh").describe(),
              "normal(mean 0, sd 1)");
    EXPECT_EQ(hidden_parameter("v_thresh = { normal = { mean = 2 } }", "v_thresh").describe(),
              "normal(mean 2, sd 1)");
    EXPECT_EQ(hidden_parameter("v_thresh = { uniform = { max = 3.0 } }", "v_thresh").describe(),
              "uniform(min 0, max 3)");
}

/// The small network with another neuron in front of the hidden one.
const Neuron& second_input(NetworkFile& file, const std::string& neuron) {
    file = parse(with_line(20, "v_thresh = 1.0\n[[population]]\nname = \"second\"\nshape = [4]\n" +
                                   neuron + "\n[[connection]]\nsource = \"second\"\n" +
                                   "target = \"hidden\"\nconnectivity = \"dense\"\n" +
                                   "weight = 0.5\nsynapse = \"delta\""));
    return file.network.find_population("second").neuron();
}

TEST(NetworkFile, ReadsEveryArgumentOfInputs) {
    NetworkFile file = parse(kNetworkText);
    for (const std::string kind : {"binary_spike_input", "poisson_input"}) {
        const Neuron& neuron = second_input(file, "neuron = \"" + kind +
                                                      "\"\nsigned_spikes = true\ninput_frames = 3\n"
                                                      "input_frame_timesteps = 7");
        EXPECT_EQ(neuron.name(), kind);
        EXPECT_TRUE(neuron.signed_spikes());
        EXPECT_EQ(neuron.input_frames().count, 3U);
        EXPECT_EQ(neuron.input_frames().timesteps, 7U);
    }
    const Neuron& plain =
        second_input(file,
                     "neuron = \"integrate_fire_input\"\nv_thresh = 2.0\nv_reset = 0.5\n"
                     "v = 0.25\ninput_frames = 2");
    EXPECT_EQ(plain.declare().parameters[0].value.constant(), 2.0);
    EXPECT_EQ(plain.declare().parameters[1].value.constant(), 0.5);
    EXPECT_EQ(plain.declare().states[0].initial.constant(), 0.25);
    EXPECT_EQ(plain.input_frames().count, 2U);
    const Neuron& leaky = second_input(
        file,
        "neuron = \"leaky_integrate_fire_input\"\nv_thresh = 2.0\nv_reset = 0.5\nv = 0.25\n"
        "tau_mem = 10.0\ntau_refrac = 3.0\nrelative_reset = true\n"
        "integrate_during_refrac = true\nscale_i = false\ninput_frames = 2\n"
        "input_frame_timesteps = 5");
    EXPECT_EQ(leaky.declare().parameters[2].value.constant(), 10.0);
    EXPECT_EQ(leaky.declare().refractory->duration.constant(), 3.0);
    EXPECT_EQ(leaky.input_frames().timesteps, 5U);
    // The compiler's defaults reach inputs, too.
    EXPECT_EQ(second_input(file, "neuron = \"leaky_integrate_fire_input\"").declare().reset[0],
              "v = v_reset");
}

TEST(NetworkFile, ReadsEveryArgumentOfTheNeurons) {
    const std::string all =
        "v_thresh = 2.0\nv_reset = 0.5\nv = 0.25\ntau_mem = 10.0\ntau_refrac = 3.0\n"
        "relative_reset = true\nintegrate_during_refrac = true\nscale_i = false\n"
        "readout = \"spike_count\"";
    const NetworkFile file = parse(with_line(20, all));
    const Neuron& neuron = file.network.find_population("hidden").neuron();
    const NeuronDeclaration model = neuron.declare();
    EXPECT_EQ(model.parameters[1].value.constant(), 0.5);
    EXPECT_EQ(model.parameters[2].value.constant(), 10.0);
    EXPECT_EQ(model.states[0].initial.constant(), 0.25);
    EXPECT_EQ(model.refractory->duration.constant(), 3.0);
    EXPECT_TRUE(model.refractory->integrate);
    EXPECT_EQ(model.reset[0], "v = v - (v_thresh - v_reset)");
    EXPECT_EQ(model.derived[0].expression, "1 / (1 - exp(-dt / tau_mem))");
    EXPECT_EQ(neuron.readout->name(), "spike_count");
}

TEST(NetworkFile, ReadsEveryArgumentOfAdaptiveNeurons) {
    std::string text = with_line(18, R"(neuron = "adaptive_leaky_integrate_fire"
v_reset = 0.5
v = 0.25
a = 0.125
beta = 0.75
tau_mem = 10.0
tau_refrac = 3.0
tau_adapt = 100.0
relative_reset = true
integrate_during_refrac = false
scale_i = false
readout = "spike_count")");
    const NetworkFile file = parse(text);
    const NeuronDeclaration model = file.network.find_population("hidden").neuron().declare();
    EXPECT_EQ(model.parameters[1].value.constant(), 0.5);
    EXPECT_EQ(model.parameters[2].value.constant(), 0.75);
    EXPECT_EQ(model.parameters[3].value.constant(), 10.0);
    EXPECT_EQ(model.parameters[4].value.constant(), 100.0);
    EXPECT_EQ(model.states[0].initial.constant(), 0.25);
    EXPECT_EQ(model.states[1].initial.constant(), 0.125);
    EXPECT_FALSE(model.refractory->integrate);
    EXPECT_EQ(model.refractory->held, std::vector<std::string>{"v"});
    EXPECT_EQ(model.reset[0], "v = v - (v_thresh - v_reset)");
    EXPECT_EQ(model.derived[0].expression, "1 / (1 - exp(-dt / tau_mem))");
}

TEST(NetworkFile, ReadsNeuronsThatAreEquations) {
    std::string text = with_line(18, R"(neuron = "user_neuron"
equations = ["dw/dt = -w / tau_w", "dv/dt = (r * i - v * v - w) / tau"]
parameters = { tau = { value = 20.0, unit = "ms", description = "of the membrane" }, tau_w = 5.0 }
states = { w = { value = { normal = { sd = 0.1 } } }, v = 0.5 }
derived = ["r = 1 / tau", "s = 2 * r"]
threshold = "v >= v_thresh"
reset = ["v = 0", "w = w + s"]
output = "v"
tau_refrac = 2.0
integrate_during_refrac = false
held = ["v"]
solver = "rk4"
sub_steps = 3
readout = "spike_count")");
    text.replace(text.find("v_thresh = 1.0"), 14, "");
    const NetworkFile file = parse(text);
    const Neuron& neuron = file.network.find_population("hidden").neuron();
    const NeuronDeclaration model = neuron.declare();
    EXPECT_EQ(model.equations.size(), 2U);
    EXPECT_EQ(model.parameters[0].name, "tau");
    EXPECT_EQ(model.parameters[0].unit, "ms");
    EXPECT_EQ(model.parameters[0].description, "of the membrane");
    EXPECT_EQ(model.parameters[1].value.constant(), 5.0);
    // In the order of the file.
    EXPECT_EQ(model.states[0].name, "w");
    EXPECT_TRUE(model.states[0].initial.is_initializer());
    EXPECT_EQ(model.states[1].initial.constant(), 0.5);
    EXPECT_EQ(model.derived[1].name, "s");
    EXPECT_EQ(model.derived[1].expression, "2 * r");
    EXPECT_EQ(model.threshold, "v >= v_thresh");
    EXPECT_EQ(model.reset.size(), 2U);
    EXPECT_EQ(model.output, "v");
    EXPECT_EQ(model.refractory->duration.constant(), 2.0);
    EXPECT_EQ(model.refractory->held, std::vector<std::string>{"v"});
    EXPECT_EQ(model.solver, Solver::kRungeKutta4);
    EXPECT_EQ(model.sub_steps, 3U);
    EXPECT_EQ(neuron.readout->name(), "spike_count");
    EXPECT_EQ(file.network.find_population("hidden").neuron().name(), "user_neuron");
}

TEST(NetworkFile, ReadsIntegrateFireAndBias) {
    std::string text = with_line(18, "neuron = \"integrate_fire\"\nv_reset = -1.0\nv = 0.5");
    text.replace(text.find("readout = "), 0, "bias = 0.125\nv = 2.0\n");
    const NetworkFile file = parse(text);
    const NeuronDeclaration hidden = file.network.find_population("hidden").neuron().declare();
    EXPECT_EQ(hidden.states[0].initial.constant(), 0.5);
    const NeuronDeclaration output = file.network.find_population("output").neuron().declare();
    EXPECT_EQ(output.states[0].initial.constant(), 2.0);
}

TEST(NetworkFile, TakesDefaultsOfItsCompiler) {
    const auto reset_of = [](const std::string& text) {
        return parse(text).network.find_population("hidden").neuron().declare().reset[0];
    };
    EXPECT_EQ(reset_of(kNetworkText), "v = v_reset");
    EXPECT_EQ(reset_of(with_line(20, "relative_reset = true")), "v = v - (v_thresh - v_reset)");
    EXPECT_EQ(reset_of(with_line(39, "type = \"inference\"")), "v = v - (v_thresh - v_reset)");
}

TEST(NetworkFile, ReadsConnections) {
    const NetworkFile file = parse(with_line(30, "weight = 0.5\ndelay = 3\nname = \"first\""));
    const Connection& first = file.network.find_connection("first");
    EXPECT_EQ(first.source().name(), "input");
    EXPECT_EQ(first.target().name(), "hidden");
    EXPECT_EQ(first.connectivity().delay.constant(), 3.0);
    EXPECT_EQ(first.synapse().name(), "exponential");
    const Connection& second = file.network.find_connection("hidden->output");
    EXPECT_EQ(second.synapse().name(), "delta");
    EXPECT_EQ(second.connectivity().weight.describe(), "normal(mean 0.1, sd 0.2)");
}

TEST(NetworkFile, ArrayOfWeightsGivesShapes) {
    std::string text = with_line(30, "weight = [[1, 2], [3, 4], [5, 6], [7, 8]]");
    text.erase(text.find("shape = [3]\n"), 12);
    EXPECT_EQ(parse(text).network.find_population("hidden").shape(), Shape{2});
}

TEST(NetworkFile, ReadsEventPropCompiler) {
    const NetworkFile file = parse(with_line(40, R"(timesteps = 25
dt = 0.5
batch_size = 8
min_slope = 0.25
loss = { type = "sparse_categorical_crossentropy", temperature = 2.0 }
optimiser = { type = "adam", alpha = 0.01, beta1 = 0.8, beta2 = 0.9, epsilon = 1e-6 }
backend = "reference"
threads = 3
seed = 42
fold_readouts = false)"));
    EXPECT_EQ(file.compiler, "event_prop");
    const EventPropOptions& options = file.event_prop;
    EXPECT_EQ(options.example_timesteps, 25U);
    EXPECT_EQ(options.dt, 0.5);
    EXPECT_EQ(options.batch_size, 8U);
    EXPECT_EQ(options.min_slope, 0.25);
    EXPECT_EQ(std::get<Adam>(options.optimiser).alpha, 0.01);
    EXPECT_EQ(std::get<Adam>(options.optimiser).beta1, 0.8);
    EXPECT_EQ(std::get<Adam>(options.optimiser).beta2, 0.9);
    EXPECT_EQ(std::get<Adam>(options.optimiser).epsilon, 1e-6);
    EXPECT_EQ(options.backend.name, "reference");
    EXPECT_EQ(options.backend.threads, 3);
    EXPECT_EQ(options.rng_seed, 42U);
    EXPECT_FALSE(options.fold_readouts);
    std::vector<double> gradient(2);
    const std::vector<double> readout = {2.0, 0.0};
    EXPECT_NEAR(options.loss->evaluate(readout, 0, gradient), std::log(1.0 + std::exp(-1.0)),
                1e-12);
    EXPECT_EQ(file.inference.evaluate_timesteps, 25U);
    EXPECT_EQ(file.inference.dt, 0.5);
    EXPECT_EQ(file.inference.batch_size, 8U);
    EXPECT_EQ(file.inference.rng_seed, 42U);
    EXPECT_EQ(file.inference.backend.name, "reference");
}

TEST(NetworkFile, ReadsExactSpikeTimes) {
    const NetworkFile file = parse(with_line(39, R"(type = "event_prop"
spike_times = "exact"
ttfs_alpha = 0.5
regularisation = { upper = 0.1, most = 5, silent = 2.0, active = 0.25 })"));
    EXPECT_TRUE(file.event_prop.exact_spike_times);
    EXPECT_EQ(file.event_prop.ttfs_alpha, 0.5);
    EXPECT_EQ(file.event_prop.regularisation.upper, 0.1);
    EXPECT_EQ(file.event_prop.regularisation.most, 5.0);
    EXPECT_EQ(file.event_prop.regularisation.silent, 2.0);
    EXPECT_EQ(file.event_prop.regularisation.active, 0.25);
    EXPECT_FALSE(parse(with_line(39, "type = \"event_prop\"")).event_prop.exact_spike_times);
    EXPECT_TRUE(parse(with_line(39, "type = \"inference\"\nspike_times = \"exact\""))
                    .inference.exact_spike_times);
}

TEST(NetworkFile, ReadsLearnedDelays) {
    const NetworkFile file = parse(with_line(39, R"(type = "event_prop"
delay_learn_conns = ["input->hidden"]
delay_optimiser = { type = "sgd", alpha = 3.0 })"));
    EXPECT_EQ(file.event_prop.delay_learn_conns, std::vector<std::string>{"input->hidden"});
    EXPECT_EQ(std::get<Sgd>(*file.event_prop.delay_optimiser).alpha, 3.0);
    // Those who evaluate what was trained set them.
    EXPECT_EQ(file.inference.delay_learn_conns, file.event_prop.delay_learn_conns);
    EXPECT_THAT(model_error([&] { file.compile_training(); }),
                testing::HasSubstr("give the connection max_delay_steps"));
    for (const char* kind : {"surrogate", "e_prop"}) {
        const std::string line =
            std::string("type = \"") + kind + "\"\ndelay_learn_conns = [\"input->hidden\"]";
        EXPECT_THAT(model_error([&] { parse(with_line(39, line)); }),
                    testing::HasSubstr("delays are learned by EventProp alone"));
    }
}

TEST(NetworkFile, ReadsEPropCompiler) {
    const NetworkFile file = parse(with_line(39, R"(type = "e_prop"
tau_reg = 100.0
c_reg = 0.01
f_target = 20.0
feedback = "adaptive"
feedback_scale = 2.0
feedback_decay = 0.1
mlgenn_lags = true
surrogate = { type = "boxcar", width = 0.5 })"));
    EXPECT_EQ(file.compiler, "e_prop");
    EXPECT_TRUE(file.trains());
    EXPECT_EQ(file.e_prop.tau_reg, 100.0);
    EXPECT_EQ(file.e_prop.c_reg, 0.01);
    EXPECT_EQ(file.e_prop.f_target, 20.0);
    EXPECT_EQ(file.e_prop.feedback, Feedback::kAdaptive);
    EXPECT_EQ(file.e_prop.feedback_scale, 2.0);
    EXPECT_EQ(file.e_prop.feedback_decay, 0.1);
    EXPECT_TRUE(file.e_prop.mlgenn_lags);
    EXPECT_TRUE(file.e_prop.per_timestep_loss);
    EXPECT_EQ(file.e_prop.surrogate->derivative(), Surrogate::boxcar(0.5).derivative());
    EXPECT_EQ(file.compile_training().plan().mode, PlanMode::kEProp);
    EXPECT_FALSE(parse(with_line(39, "type = \"e_prop\"")).e_prop.surrogate.has_value());
}

TEST(NetworkFile, ReadsSurrogateCompiler) {
    const auto surrogate_of = [](const std::string& value) {
        const std::string line = "type = \"surrogate\"\nsurrogate = " + value;
        return parse(with_line(39, line)).surrogate.surrogate.derivative();
    };
    const NetworkFile file = parse(with_line(39, R"(type = "surrogate"
dt = 0.5
batch_size = 8
detach_reset = false
optimiser = { type = "adam", alpha = 0.01 }
seed = 42)"));
    EXPECT_EQ(file.compiler, "surrogate");
    EXPECT_TRUE(file.trains());
    EXPECT_EQ(file.surrogate.dt, 0.5);
    EXPECT_EQ(file.surrogate.batch_size, 8U);
    EXPECT_EQ(std::get<Adam>(file.surrogate.optimiser).alpha, 0.01);
    EXPECT_FALSE(file.surrogate.detach_reset);
    EXPECT_EQ(file.seed(), 42U);
    EXPECT_EQ(file.compile_training().plan().mode, PlanMode::kSurrogate);
    EXPECT_EQ(file.surrogate.surrogate.derivative(), Surrogate::fast_sigmoid().derivative());
    EXPECT_EQ(surrogate_of("\"arctan\""), Surrogate::arctan().derivative());
    const std::pair<const char*, Surrogate> given[] = {
        {"{ type = \"fast_sigmoid\", slope = 3 }", Surrogate::fast_sigmoid(3.0)},
        {"{ type = \"super_spike\", beta = 3 }", Surrogate::super_spike(3.0)},
        {"{ type = \"sigmoid\", slope = 3 }", Surrogate::sigmoid(3.0)},
        {"{ type = \"arctan\", alpha = 3 }", Surrogate::arctan(3.0)},
        {"{ type = \"boxcar\", width = 3 }", Surrogate::boxcar(3.0)},
        {"{ type = \"triangle\", height = 3, width = 2 }", Surrogate::triangle(3.0, 2.0)},
        {"{ type = \"multi_gaussian\", sigma = 1, h = 0.2, s = 5 }",
         Surrogate::multi_gaussian(1.0, 0.2, 5.0)},
        {"{ derivative = \"exp(-abs(x))\" }", Surrogate("exp(-abs(x))")}};
    for (const auto& [text, surrogate] : given)
        EXPECT_EQ(surrogate_of(text), surrogate.derivative());
}

TEST(NetworkFile, ReadsNamesOfLossAndOptimiser) {
    const std::string names =
        "timesteps = 20\nloss = \"sparse_categorical_crossentropy\"\noptimiser = \"adam\"";
    EXPECT_EQ(std::get<Adam>(parse(with_line(40, names)).event_prop.optimiser).alpha, 0.001);
}

TEST(NetworkFile, ReadsOptimisersAndBoundsOfGradients) {
    const EventPropOptions options = parse(with_line(40, R"(timesteps = 20
optimiser = { type = "sgd", alpha = 0.5, momentum = 0.9, nesterov = true, weight_decay = 0.1 }
clip_norm = 2
clip_value = 0.5)"))
                                         .event_prop;
    const Sgd sgd = std::get<Sgd>(options.optimiser);
    EXPECT_EQ(sgd.alpha, 0.5);
    EXPECT_EQ(sgd.momentum, 0.9);
    EXPECT_TRUE(sgd.nesterov);
    EXPECT_EQ(sgd.weight_decay, 0.1);
    EXPECT_EQ(options.clip_norm, 2.0);
    EXPECT_EQ(options.clip_value, 0.5);
    const EventPropOptions decayed = parse(with_line(40, R"(timesteps = 20
optimiser = { type = "adam_w", alpha = 0.5, weight_decay = 0.25 })"))
                                         .event_prop;
    EXPECT_EQ(std::get<AdamW>(decayed.optimiser).weight_decay, 0.25);
    EXPECT_FALSE(decayed.clip_norm);
}

TEST(NetworkFile, ReadsConstraintsOfWeights) {
    const WeightConstraints constraints = parse(with_line(40, R"(timesteps = 20
weight_constraints = { a = { lower = -1, keep_sign = true }, b = { max_norm = 2.5, norm_of = "connection" } })"))
                                              .event_prop.weight_constraints;
    ASSERT_EQ(constraints.size(), 2U);
    EXPECT_EQ(constraints.at("a").lower, -1.0);
    EXPECT_EQ(constraints.at("a").upper, std::numeric_limits<double>::infinity());
    EXPECT_TRUE(constraints.at("a").keeps_sign);
    EXPECT_EQ(constraints.at("b").max_norm, 2.5);
    EXPECT_EQ(constraints.at("b").norm_of, NormOf::kConnection);
    EXPECT_FALSE(constraints.at("b").keeps_sign);
}

TEST(NetworkFile, ReadsSchedules) {
    const auto factor = [](const std::string& schedule, std::size_t epoch) {
        const std::string text = "epochs = 10\nschedule = " + schedule;
        const TrainOptions options = parse(with_line(42, text)).training.options();
        return options.schedule({.epoch = epoch, .num_epochs = 10});
    };
    EXPECT_EQ(factor("\"constant\"", 5), 1.0);
    EXPECT_NEAR(factor("{ type = \"cosine\", last = 0.5 }", 5), 0.75, 1e-12);
    EXPECT_NEAR(factor("{ type = \"step\", epochs = 2, factor = 0.5 }", 5), 0.25, 1e-12);
    EXPECT_NEAR(factor("{ type = \"exponential\", factor = 0.5 }", 2), 0.25, 1e-12);
    EXPECT_EQ(factor("{ type = \"plateau\", patience = 2 }", 0), 1.0);
    const std::string rise =
        "{ type = \"warm_up\", epochs = 2, first = 0.5, then = { type = \"step\", epochs = 1, "
        "factor = 0.5 } }";
    EXPECT_NEAR(factor(rise, 0), 0.75, 1e-12);
    EXPECT_NEAR(factor(rise, 4), 0.25, 1e-12);
}

TEST(NetworkFile, ReadsInferenceCompiler) {
    const NetworkFile file = parse(with_line(39, "type = \"inference\""));
    EXPECT_EQ(file.compiler, "inference");
    EXPECT_EQ(file.inference.evaluate_timesteps, 20U);
    EXPECT_EQ(file.inference.backend.name, "cpu");
}

TEST(NetworkFile, ReadsTraining) {
    const TrainingSection training = parse(with_line(42, R"(epochs = 5
shuffle = false
schedule = "cosine"
input_dropout = 0.25
metrics = ["accuracy", "mean_square_error"])"))
                                         .training;
    const TrainOptions options = training.options();
    EXPECT_EQ(options.num_epochs, 5U);
    EXPECT_FALSE(options.shuffle);
    EXPECT_EQ(options.input_dropout, 0.25);
    EXPECT_EQ(options.metrics, (std::vector<std::string>{"accuracy", "mean_square_error"}));
    EXPECT_NEAR(options.schedule({.epoch = 1, .num_epochs = 2}), 0.5, 1e-12);
}

TEST(NetworkFile, TrainingMayBeLeftOut) {
    std::string text = kNetworkText;
    text.erase(text.find("[training]"));
    const TrainOptions options = parse(text).training.options();
    EXPECT_EQ(options.num_epochs, 1U);
    EXPECT_FALSE(options.schedule);
}

TEST(NetworkFile, ErrorsCarryFileAndLine) {
    const auto error = error_of<ModelError>([] { parse(with_line(20, "tau_mem = -1.0")); });
    EXPECT_EQ(error.field("file"), "folder/x.toml");
    EXPECT_EQ(error.field("line"), "20");
    EXPECT_EQ(error.field("parameter"), "tau_mem");
}

TEST(NetworkFile, NamesAreCheckedForInputAndOutput) {
    const NetworkFile two = parse(with_line(20, "readout = \"spike_count\""));
    EXPECT_EQ(model_error([&] { (void)two.output_name(); }),
              "[folder/x.toml] there are 2 populations of which each has a readout: hidden and "
              "output; give exactly one population a readout, for example readout = \"avg_var\"");
    const NetworkFile none = parse(with_line(14, "neuron = \"poisson_input\""));
    EXPECT_EQ(model_error([&] { (void)none.input_name(); }),
              "[folder/x.toml] there is no population that receives the spikes of the data; give "
              "exactly one "
              "population neuron = \"spike_input\"");
}

TEST(NetworkFile, MissingDataFolderIsTold) {
    const NetworkFile file = parse(with_line(4, "folder = \"/nowhere/at all\""));
    EXPECT_STREQ(error_of<RuntimeFault>([&] { (void)file.data.read_train(); }).what(),
                 "[data] there is no folder '/nowhere/at all'; correct `folder` in the network "
                 "file, or say where the data is with the environment variable SALTUS_DATA");
}

}  // namespace
}  // namespace saltus
