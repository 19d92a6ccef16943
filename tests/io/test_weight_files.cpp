// Weights of a network in a folder of NumPy files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/compilers/inference_compiler.hpp>
#include <saltus/connectivity/conv_2d.hpp>
#include <saltus/connectivity/dense.hpp>
#include <saltus/connectivity/fixed_probability.hpp>
#include <saltus/connectivity/sparse.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/io/npy_file.hpp>
#include <saltus/io/weight_files.hpp>
#include <saltus/network/network.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/integrate_fire.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/delta.hpp>

#include "data/errors_of.hpp"
#include "io/temporary_folder.hpp"

namespace saltus {
namespace {

using testing::HasSubstr;

CompiledNetwork compiled(std::uint64_t seed, std::size_t outputs = 3) {
    Network network;
    Population& image = network.population(BinarySpikeInput(), Shape{5, 5, 1}, "image");
    Population& features = network.population(IntegrateFire(), std::nullopt, "features");
    Population& hidden = network.population(IntegrateFire(), Shape{6}, "hidden");
    Population& output =
        network.population(IntegrateFire(IntegrateFireOptions{.readout = std::make_shared<Var>()}),
                           Shape{outputs}, "output");
    network.connect(image, features, Conv2D(Normal(), 2, 3), Delta(), "conv");
    network.connect(features, hidden, FixedProbability(0.5, Normal()), Delta(), "to-hidden");
    network.connect(hidden, output, Dense(Normal()), Delta(), "out");
    InferenceOptions options;
    options.evaluate_timesteps = 5;
    options.rng_seed = seed;
    return InferenceCompiler(options).compile(network);
}

class WeightFilesTest : public TemporaryFolderTest {
  protected:
    WeightFiles files() const { return {path("weights"), {"3", "best"}}; }
    std::filesystem::path file(const std::string& name) const { return path("weights") / name; }
};

TEST_F(WeightFilesTest, WhatWasSavedIsLoaded) {
    const CompiledNetwork network = compiled(1);
    save_weights(network, files());
    save_connectivity(network, files());
    EXPECT_TRUE(std::filesystem::exists(file("3-best-conv-g.npy")));
    EXPECT_TRUE(std::filesystem::exists(file("3-best-to-hidden-pre_ind.npy")));
    EXPECT_EQ(read_npy(file("3-best-out-g.npy")).shape, Shape{18});
    // mlGeNN takes indices as they are.
    EXPECT_THAT(contents("weights/3-best-to-hidden-post_ind.npy"), HasSubstr("'descr': '<u4'"));
    CompiledNetwork other = compiled(1);
    for (const std::string& name : other.connections_with_weights())
        other.set_weights(name, Array(other.weights(name).shape));
    load_weights(other, files());
    for (const std::string& name : network.connections_with_weights())
        EXPECT_EQ(other.weights(name).values, network.weights(name).values) << name;
}

TEST_F(WeightFilesTest, DelaysThatDifferAreKept) {
    const auto make = [](double delay) {
        Network network;
        Population& input = network.population(BinarySpikeInput(), Shape{2}, "input");
        Population& output = network.population(
            IntegrateFire(IntegrateFireOptions{.readout = std::make_shared<Var>()}), Shape{2},
            "output");
        const Array delays(Shape{2, 2}, {0, 1, 2, delay});
        network.connect(input, output, Dense(1.0, delays), Delta(), "dense");
        network.connect(input, output, Dense(1.0, 2.0), Delta(), "same");
        return InferenceCompiler(InferenceOptions{.evaluate_timesteps = 5}).compile(network);
    };
    save_weights(make(3.0), files());
    EXPECT_EQ(read_npy(file("3-best-dense-d.npy")).values, (std::vector<double>{0, 1, 2, 3}));
    EXPECT_FALSE(std::filesystem::exists(file("3-best-same-d.npy")));
    CompiledNetwork same = make(3.0);
    load_weights(same, files());
    CompiledNetwork other = make(4.0);
    EXPECT_THAT(model_error([&] { load_weights(other, files()); }),
                HasSubstr("its delays are not those of connection 'dense'"));
    write_npy(file("3-best-same-d.npy"), Array::vector({2, 2, 2, 2}));
    load_weights(same, files());
}

TEST_F(WeightFilesTest, LearnedDelaysAreReadBack) {
    Network network;
    Population& input = network.population(BinarySpikeInput(), Shape{2}, "input");
    Population& output =
        network.population(IntegrateFire(IntegrateFireOptions{.readout = std::make_shared<Var>()}),
                           Shape{2}, "output");
    network.connect(input, output, Dense(1.0, 2.0), Delta(), "dense", 5);
    const InferenceCompiler compiler({.evaluate_timesteps = 5, .delay_learn_conns = {"dense"}});
    CompiledNetwork learned = compiler.compile(network);
    const Array delays(Shape{2, 2}, {0.0, 1.25, 2.5, 5.0});
    learned.set_parameter("dense.delay", delays);
    save_weights(learned, files());
    EXPECT_EQ(read_npy(file("3-best-dense-d.npy")).values, delays.values);
    EXPECT_FALSE(std::filesystem::exists(file("3-best-dense-delay.npy")));
    CompiledNetwork other = compiler.compile(network);
    load_weights(other, files());
    EXPECT_EQ(other.delays("dense").values, delays.values);
    for (const double value : {5.5, std::nan("")}) {
        write_npy(file("3-best-dense-d.npy"), Array::vector({value, 0, 0, 0}));
        EXPECT_NE(model_error([&] { load_weights(other, files()); }), "");
        EXPECT_EQ(other.delays("dense").values, delays.values);
    }
    std::filesystem::remove(file("3-best-dense-d.npy"));
    EXPECT_THAT(model_error([&] { load_weights(other, files()); }),
                HasSubstr("there is no dense: d"));
}

TEST_F(WeightFilesTest, AParameterThatIsRefusedLeavesTheOthers) {
    Network network;
    Population& input = network.population(BinarySpikeInput(), Shape{2}, "input");
    const auto neurons = [&](const std::string& name) -> Population& {
        return network.population(IntegrateFire(IntegrateFireOptions{
                                      .v_thresh = trainable(1.0, {.lower = 0.5, .upper = 2.0}),
                                      .readout = name == "z" ? std::make_shared<Var>() : nullptr}),
                                  Shape{2}, name);
    };
    Population& first = neurons("a");
    Population& last = neurons("z");
    network.connect(input, first, Dense(1.0), Delta(), "in");
    network.connect(first, last, Dense(1.0), Delta(), "out");
    const InferenceCompiler compiler({.evaluate_timesteps = 5});
    CompiledNetwork saved = compiler.compile(network);
    for (const char* name : {"a.v_thresh", "z.v_thresh"})
        saved.set_parameter(name, Array(Shape(), {1.5}));
    save_weights(saved, files());
    write_npy(file("3-best-z-v_thresh.npy"), Array::vector({7.0}));
    CompiledNetwork other = compiler.compile(network);
    EXPECT_THAT(model_error([&] { load_weights(other, files()); }), HasSubstr("7"));
    EXPECT_EQ(other.parameter("a.v_thresh").values, std::vector{1.0});
    EXPECT_EQ(other.parameter("z.v_thresh").values, std::vector{1.0});
    write_npy(file("3-best-z-v_thresh.npy"), Array::vector({1.75}));
    load_weights(other, files());
    EXPECT_EQ(other.parameter("a.v_thresh").values, std::vector{1.5});
    EXPECT_EQ(other.parameter("z.v_thresh").values, std::vector{1.75});
}

/// Six neurons to six, with eight synapses.
CompiledNetwork listed(std::vector<std::uint32_t> pre, std::vector<std::uint32_t> post,
                       InitValue delay = 0.0) {
    Network network;
    Population& input = network.population(BinarySpikeInput(), Shape{6}, "input");
    Population& output =
        network.population(IntegrateFire(IntegrateFireOptions{.readout = std::make_shared<Var>()}),
                           Shape{6}, "output");
    network.connect(input, output,
                    Sparse::from_coo(std::move(pre), std::move(post), Normal(), std::move(delay)),
                    Delta(), "c");
    return InferenceCompiler(InferenceOptions{.evaluate_timesteps = 5}).compile(network);
}

TEST_F(WeightFilesTest, OtherSynapsesTakeThePlaceOfTheNetworks) {
    const CompiledNetwork saved = listed({0, 0, 2, 5}, {1, 4, 3, 5});
    save_weights(saved, files());
    EXPECT_FALSE(std::filesystem::exists(file("3-best-c-pre_ind.npy")));
    save_connectivity(saved, files());
    CompiledNetwork other = listed({5, 4, 3, 2}, {0, 0, 0, 0});
    EXPECT_TRUE(other.rewired_connections().empty());
    load_weights(other, files());
    EXPECT_EQ(other.synapses("c").pre, saved.synapses("c").pre);
    EXPECT_EQ(other.synapses("c").post, saved.synapses("c").post);
    EXPECT_EQ(other.synapses("c").weight, saved.synapses("c").weight);
    // Where they are not those of the description they are saved with the weights.
    EXPECT_EQ(other.rewired_connections(), std::vector<std::string>{"c"});
    save_weights(other, {path("again")});
    EXPECT_TRUE(std::filesystem::exists(path("again") / "c-pre_ind.npy"));
}

TEST_F(WeightFilesTest, SynapsesThatMakeNoSenseAreRefused) {
    const CompiledNetwork saved = listed({0, 0, 2, 5}, {1, 4, 3, 5});
    save_weights(saved, files());
    save_connectivity(saved, files());
    CompiledNetwork network = listed({5, 4, 3, 2}, {0, 0, 0, 0});
    const SynapseList before = network.synapses("c");
    const auto problem = [&](const char* name, const std::vector<double>& neurons) {
        save_connectivity(saved, files());
        write_npy(file(name), Array::vector(neurons));
        const auto error = error_of<ModelError>([&] { load_weights(network, files()); });
        EXPECT_EQ(error.field("connection"), "c");
        EXPECT_FALSE(error.field("file").empty());
        EXPECT_EQ(network.synapses("c").pre, before.pre);
        EXPECT_EQ(network.synapses("c").weight, before.weight);
        return error.problem();
    };
    const char* const post = "3-best-c-post_ind.npy";
    EXPECT_EQ(problem(post, {1.0, 4.0, 3.0, 6.0}),
              "its synapses are not those of connection 'c': synapse 3 of 'c' has the target "
              "neuron 6, of 6");
    EXPECT_EQ(problem("3-best-c-pre_ind.npy", {0.0, 0.0, 2.0, 9.0}),
              "its synapses are not those of connection 'c': synapse 3 of 'c' has the source "
              "neuron 9, of 6");
    EXPECT_THAT(problem(post, {1.0, 1.0, 3.0, 5.0}),
                HasSubstr("synapse 1 of 'c', from 0 to 1, stands there twice"));
    EXPECT_THAT(problem(post, {4.0, 1.0, 3.0, 5.0}),
                HasSubstr("synapse 1 of 'c', from 0 to 1, is not in the order of the others"));
    EXPECT_THAT(problem(post, {1.0, 4.0, 3.0}),
                HasSubstr("there are 4 source and 3 target neurons for the 4 synapses of 'c'"));
    EXPECT_EQ(problem(post, {1.0, 4.0, -3.0, 5.0}), "it has the neuron -3");
    EXPECT_EQ(problem(post, {1.0, 4.0, 0.5, 5.0}), "it has the neuron 0.5");
    CompiledNetwork delayed = listed({5, 4, 3, 2}, {0, 0, 0, 0}, Array::vector({0, 1, 2, 3}));
    save_connectivity(saved, files());
    EXPECT_THAT(model_error([&] { load_weights(delayed, files()); }),
                HasSubstr("its synapses are not those of connection 'c'; compile"));
    EXPECT_THAT(model_error([&] {
                    delayed.set_synapses("c", {{0}, {0}});
                }),
                HasSubstr("its synapses have different delays, so that others cannot take their "
                          "place"));
}

TEST_F(WeightFilesTest, ListsWhatIsMissingOrNotKnown) {
    save_weights(compiled(1), files());
    std::filesystem::remove(file("3-best-conv-g.npy"));
    std::filesystem::rename(file("3-best-to-hidden-g.npy"), file("3-best-to-hiden-g.npy"));
    CompiledNetwork network = compiled(2);
    const Array before = network.weights("out");
    const auto error = error_of<ModelError>([&] { load_weights(network, files()); });
    EXPECT_EQ(error.field("missing"), "conv: g, to-hidden: g");
    EXPECT_EQ(error.field("unknown"), "to-hiden: g");
    EXPECT_EQ(network.weights("out").values, before.values);
    load_weights(network, files(), false);
    EXPECT_EQ(network.weights("out").values, compiled(1).weights("out").values);
    // Those of longer keys are no concern of shorter ones.
    const auto shorter = error_of<ModelError>([&] {
        load_weights(network, {path("weights"), {"3"}});
    });
    EXPECT_EQ(shorter.field("unknown"), "best-to-hiden: g");
}

TEST_F(WeightFilesTest, WhatDoesNotFitChangesNothing) {
    save_weights(compiled(1), files());
    save_connectivity(compiled(1), files());
    CompiledNetwork other_seed = compiled(2);
    const Array before = other_seed.weights("conv");
    EXPECT_THAT(model_error([&] { load_weights(other_seed, files()); }),
                HasSubstr("its synapses are not those of connection 'to-hidden'"));
    EXPECT_EQ(other_seed.weights("conv").values, before.values);
    CompiledNetwork larger = compiled(1, 4);
    EXPECT_THAT(model_error([&] { load_weights(larger, files()); }),
                HasSubstr("has shape (18,), but 'out' takes (6, 4)"));
    write_npy(file("3-best-out-g.npy"), Array::vector(std::vector<double>(18, std::nan(""))));
    CompiledNetwork network = compiled(1);
    EXPECT_THAT(model_error([&] { load_weights(network, files()); }), HasSubstr("weights of out"));
}

TEST_F(WeightFilesTest, FoldersAndNames) {
    CompiledNetwork network = compiled(1);
    EXPECT_THAT(error_of<RuntimeFault>([&] { load_weights(network, files()); }).problem(),
                HasSubstr("the folder cannot be read: No such file"));
    EXPECT_THAT(model_error([&] {
                    save_weights(network, {path("weights"), {"a/b"}});
                }),
                HasSubstr("'a/b-conv-g.npy' cannot be the name of a file"));
    write("file", "");
    EXPECT_THAT(error_of<RuntimeFault>([&] { save_weights(network, {path("file")}); }).problem(),
                HasSubstr("the folder cannot be made"));
}

}  // namespace
}  // namespace saltus
