// Agreement with the values of tests/oracle.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <saltus/neurons/integrate_fire_input.hpp>
#include <saltus/neurons/leaky_integrate_fire_input.hpp>

#include "support/hdf5_file.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

std::optional<InitValue> number(const Hdf5File& file, const std::string& path, const char* name) {
    if (!file.has_attribute(path, name)) return {};
    return InitValue(file.number(path, name));
}

std::optional<bool> flag(const Hdf5File& file, const std::string& path, const char* name) {
    if (!file.has_attribute(path, name)) return {};
    return file.number(path, name) != 0.0;
}

std::unique_ptr<Neuron> neuron_of(const Hdf5File& file, const std::string& path) {
    const std::string model = file.text(path, "neuron");
    if (model == "IntegrateFire") {
        IntegrateFireOptions options;
        options.v_thresh = number(file, path, "v_thresh");
        options.v_reset = number(file, path, "v_reset");
        options.readout = std::make_shared<Var>();
        return std::make_unique<IntegrateFire>(options);
    }
    if (model == "LeakyIntegrate") {
        LeakyIntegrateOptions options;
        options.bias = number(file, path, "bias");
        options.tau_mem = number(file, path, "tau_mem");
        options.scale_i = flag(file, path, "scale_i");
        options.readout = std::make_shared<Var>();
        return std::make_unique<LeakyIntegrate>(options);
    }
    if (model == "AdaptiveLeakyIntegrateFire") {
        AdaptiveLeakyIntegrateFireOptions options;
        options.v_thresh = number(file, path, "v_thresh");
        options.beta = number(file, path, "beta");
        options.tau_mem = number(file, path, "tau_mem");
        options.tau_refrac = number(file, path, "tau_refrac");
        options.tau_adapt = number(file, path, "tau_adapt");
        options.relative_reset = flag(file, path, "relative_reset");
        options.integrate_during_refrac = flag(file, path, "integrate_during_refrac");
        options.readout = std::make_shared<Var>();
        return std::make_unique<AdaptiveLeakyIntegrateFire>(options);
    }
    LeakyIntegrateFireOptions options;
    options.v_thresh = number(file, path, "v_thresh");
    options.v_reset = number(file, path, "v_reset");
    options.tau_mem = number(file, path, "tau_mem");
    options.tau_refrac = number(file, path, "tau_refrac");
    options.relative_reset = flag(file, path, "relative_reset");
    options.integrate_during_refrac = flag(file, path, "integrate_during_refrac");
    options.scale_i = flag(file, path, "scale_i");
    options.readout = std::make_shared<Var>();
    return std::make_unique<LeakyIntegrateFire>(options);
}

std::unique_ptr<Synapse> synapse_of(const std::string& name) {
    if (name == "delta") return std::make_unique<Delta>();
    if (name == "exp2") return std::make_unique<Exponential>(2.0);
    return std::make_unique<Exponential>(ExponentialOptions{5.0, name == "exp5_scaled"});
}

Inputs inputs_of(const Hdf5File& file, std::size_t neurons) {
    const Array times = file.array("in_spike_t");
    const Array ids = file.array("in_spike_id");
    auto trains = std::make_shared<SpikeTrains>(neurons);
    std::vector<Spike> spikes;
    for (std::size_t k = 0; k < times.size(); ++k) {
        spikes.push_back({static_cast<std::uint32_t>(ids.values[k]), times.values[k]});
    }
    trains->append(spikes);
    return {{"input", std::shared_ptr<const SpikeTrains>(trains)}};
}

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

Pairs pairs_of(const Hdf5File& file, const std::string& times, const std::string& ids, double dt) {
    const Array t = file.array(times);
    const Array id = file.array(ids);
    Pairs pairs;
    for (std::size_t k = 0; k < t.size(); ++k) {
        pairs.emplace_back(std::lround(t.values[k] / dt), std::lround(id.values[k]));
    }
    std::sort(pairs.begin(), pairs.end());
    return pairs;
}

class Oracle : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "there is no compiler";
    }
};

TEST_P(Oracle, NeuronsAgree) {
    const Hdf5File file("neurons.h5");
    const std::vector<std::string> names = file.members("cases");
    EXPECT_EQ(names.size(), 57U);
    const Inputs inputs = inputs_of(file, 10);
    double worst = 0.0;
    for (const std::string& name : names) {
        SCOPED_TRACE(name);
        const std::string path = "cases/" + name;
        const double dt = file.number(path, "dt");
        Network network;
        Population& input = network.population(SpikeInput(), Shape{10}, "input");
        Population& tested = network.population(*neuron_of(file, path), Shape{6}, "tested");
        network.connect(input, tested, Dense(file.array("w")),
                        *synapse_of(file.text(path, "synapse")));
        InferenceOptions options;
        options.dt = dt;
        options.evaluate_timesteps = static_cast<std::size_t>(std::lround(100.0 / dt));
        options.backend = GetParam().options;
        CompiledNetwork compiled = InferenceCompiler(options).compile(network);
        const Trace trace = compiled.trace(inputs, 0);
        const double error =
            absolute_error(trace.states.at("tested.v").values, file.array(path + "/V").values);
        EXPECT_LE(error, 2e-4);
        worst = std::max(worst, error);
        if (file.has(path + "/A")) {
            EXPECT_LE(
                absolute_error(trace.states.at("tested.a").values, file.array(path + "/A").values),
                2e-4);
        }
        if (!file.has(path + "/spike_t")) continue;
        EXPECT_EQ(spike_pairs(trace.spikes.at("tested")),
                  pairs_of(file, path + "/spike_t", path + "/spike_id", dt));
    }
    RecordProperty("worst_error", testing::PrintToString(worst));
}

TEST_P(Oracle, InputNeuronsAgree) {
    const Hdf5File file("inputs.h5");
    const std::vector<std::string> names = file.members("cases");
    EXPECT_EQ(names.size(), 3U);
    for (const std::string& name : names) {
        SCOPED_TRACE(name);
        const std::string path = "cases/" + name;
        InputFrames frames;
        if (file.has_attribute(path, "input_frames")) {
            frames = {static_cast<std::size_t>(file.number(path, "input_frames")),
                      static_cast<std::size_t>(file.number(path, "input_frame_timesteps"))};
        }
        Array values = file.array(frames.count > 1 ? "frames" : "image");
        values.values.resize(frames.count * 6);
        values.shape = frames.count > 1 ? Shape{1, frames.count, 6} : Shape{1, 6};
        std::unique_ptr<Neuron> neuron = std::make_unique<IntegrateFireInput>(
            IntegrateFireInputOptions{{.v_thresh = number(file, path, "v_thresh")}, frames});
        if (file.text(path, "neuron") == "LeakyIntegrateFireInput") {
            LeakyIntegrateFireOptions options;
            options.v_thresh = number(file, path, "v_thresh");
            options.tau_mem = number(file, path, "tau_mem");
            neuron = std::make_unique<LeakyIntegrateFireInput>(
                LeakyIntegrateFireInputOptions{options, frames});
        }
        Network network;
        Population& tested = network.population(*neuron, Shape{6}, "tested");
        Population& output = network.population(IntegrateFire({.readout = std::make_shared<Var>()}),
                                                Shape{1}, "output");
        network.connect(tested, output, Dense(1.0), Delta());
        InferenceOptions options;
        options.evaluate_timesteps = 100;
        options.backend = GetParam().options;
        const Trace trace = InferenceCompiler(options).compile(network).trace(
            {{"tested", std::make_shared<const Array>(std::move(values))}}, 0);
        EXPECT_LE(
            absolute_error(trace.states.at("tested.v").values, file.array(path + "/V").values),
            2e-4);
        EXPECT_EQ(spike_pairs(trace.spikes.at("tested")),
                  pairs_of(file, path + "/spike_t", path + "/spike_id", 1.0));
    }
}

Network event_prop_network(const Hdf5File& file, const std::string& path) {
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{20}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{15}, "hidden");
    Population& output =
        network.population(LeakyIntegrate({.readout = readout_by_name(file.text(path, "readout"))}),
                           Shape{5}, "output");
    network.connect(input, hidden, Dense(file.array("w_ih")), Exponential(), "ih");
    network.connect(hidden, output, Dense(file.array("w_ho")), Exponential(), "ho");
    if (file.number(path, "recurrent") != 0.0) {
        network.connect(hidden, hidden, Dense(file.array("w_hh")), Exponential(), "hh");
    }
    return network;
}

// The other implementation clears the currents before the last step, so that is left out.
Pairs before_step(Pairs pairs, std::size_t step) {
    std::erase_if(pairs, [&](const auto& pair) { return pair.first >= step; });
    return pairs;
}

std::vector<double> without_last_row(Array array) {
    array.values.resize(array.size() - array.shape[1]);
    return array.values;
}

TEST_P(Oracle, EventPropAgrees) {
    const Hdf5File file("eventprop.h5");
    const auto label = static_cast<std::int32_t>(file.number("/", "label"));
    for (const std::string& name : file.members("cases")) {
        SCOPED_TRACE(name);
        const std::string path = "cases/" + name;
        const double dt = file.number(path, "dt");
        EventPropOptions options;
        options.dt = dt;
        options.example_timesteps = static_cast<std::size_t>(std::lround(30.0 / dt));
        options.batch_size = 1;
        options.backend = GetParam().options;
        CompiledTrainingNetwork network =
            EventPropCompiler(options).compile(event_prop_network(file, path));
        const Inputs inputs = inputs_of(file, 20);
        const Trace trace = network.trace(inputs, 0);
        EXPECT_EQ(
            before_step(spike_pairs(trace.spikes.at("hidden")), options.example_timesteps - 1),
            pairs_of(file, path + "/hid_spike_t", path + "/hid_spike_id", dt));
        EXPECT_LE(absolute_error(without_last_row(trace.states.at("output.v")),
                                 without_last_row(file.array(path + "/V_out"))),
                  2e-5);
        EXPECT_LE(absolute_error(without_last_row(trace.states.at("hidden.v")),
                                 without_last_row(file.array(path + "/V_hid"))),
                  2e-5);
        for (const auto& [connection, gradient] :
             network.gradients(inputs, {{"output", {label}}})) {
            const Array expected = file.array(path + "/grad_" + connection);
            const double angle = cosine(gradient.values, expected.values);
            EXPECT_GE(angle, 0.99) << connection;
            RecordProperty("cosine_" + name + "_" + connection, testing::PrintToString(angle));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, Oracle, testing::ValuesIn(all_backends()), BackendLabel());

}  // namespace
}  // namespace saltus::test
