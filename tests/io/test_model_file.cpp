#include <cmath>
#include <csignal>
#include <limits>

#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/io/model_file.hpp>

#include "data/errors_of.hpp"
#include "io/model_example.hpp"
#include "io/model_names.hpp"
#include "io/temporary_folder.hpp"

namespace saltus {
namespace {

class ModelFileOnDisk : public TemporaryFolderTest {
  protected:
    ModelFile saved_and_loaded(const ModelFile& model) const {
        save_model(path("m.h5"), model);
        return load_model(path("m.h5"));
    }
};

TEST_F(ModelFileOnDisk, ComesBackAsItWas) {
    const ModelFile model = example_model();
    const ModelFile loaded = saved_and_loaded(model);
    EXPECT_EQ(loaded.network_name, model.network_name);
    EXPECT_EQ(loaded.network_text, model.network_text);
    EXPECT_EQ(loaded.metrics, model.metrics);
    ASSERT_EQ(loaded.weights.size(), 2U);
    for (const auto& [name, weights] : model.weights) {
        EXPECT_EQ(loaded.weights.at(name).shape, weights.shape);
        EXPECT_EQ(loaded.weights.at(name).values, weights.values);
    }
    EXPECT_EQ(count_files(), 1U);
}

TEST_F(ModelFileOnDisk, HoldsSynapses) {
    ModelFile model = example_model();
    model.synapses["input->hidden"] = {{0, 0, 1, 1, 1, 2}, {0, 1, 0, 1, 3, 2}};
    EXPECT_EQ(saved_and_loaded(model).synapses, model.synapses);
}

TEST_F(ModelFileOnDisk, MayBeEmpty) {
    const ModelFile loaded = saved_and_loaded({});
    EXPECT_EQ(loaded.network_text, "");
    EXPECT_TRUE(loaded.weights.empty());
    EXPECT_TRUE(loaded.metrics.empty());
}

TEST_F(ModelFileOnDisk, NamesMayHoldAnything) {
    ModelFile model;
    for (const char* name : {"a/b", "/", ".", "..", "%2F", "a%", "a\nb", "\xc3\xa9", "->", "a b"}) {
        model.weights[name] = Array(Shape{1, 1}, {1.0});
        model.metrics[name] = 1.0;
    }
    model.weights[std::string("z\0z", 3)] = Array(Shape{1, 1}, {1.0});
    const ModelFile loaded = saved_and_loaded(model);
    EXPECT_EQ(loaded.metrics, model.metrics);
    ASSERT_EQ(loaded.weights.size(), model.weights.size());
    for (const auto& [name, weights] : model.weights)
        EXPECT_TRUE(loaded.weights.contains(name)) << name;
}

TEST_F(ModelFileOnDisk, MetricsMayBeUndefined) {
    ModelFile model;
    model.metrics["loss"] = std::nan("");
    EXPECT_TRUE(std::isnan(saved_and_loaded(model).metrics.at("loss")));
}

TEST_F(ModelFileOnDisk, HoldsLargeNetworks) {
    ModelFile model;
    model.network_text = std::string(1 << 20, 'x');
    model.weights["w"] = Array(Shape{1000, 500});
    model.weights["w"].values.back() = 7.0;
    const ModelFile loaded = saved_and_loaded(model);
    EXPECT_EQ(loaded.network_text, model.network_text);
    EXPECT_EQ(loaded.weights.at("w").values, model.weights.at("w").values);
}

TEST_F(ModelFileOnDisk, SameModelMakesSameFile) {
    save_model(path("a.h5"), example_model());
    save_model(path("b.h5"), example_model());
    EXPECT_EQ(contents("a.h5"), contents("b.h5"));
}

TEST_F(ModelFileOnDisk, DivergedWeightsAreNotSaved) {
    save_model(path("m.h5"), example_model());
    ModelFile model = example_model();
    model.weights["input->hidden"].values[4] = std::nan("");
    const auto error = error_of<ModelError>([&] { save_model(path("m.h5"), model); });
    EXPECT_STREQ(
        error.what(),
        "[Connection input->hidden] the weight from neuron 1 to neuron 1 is nan, so nothing is "
        "saved; train with a smaller learning rate");
    EXPECT_EQ(error.field("connection"), "input->hidden");
    EXPECT_EQ(load_model(path("m.h5")).weights.size(), 2U);
}

TEST_F(ModelFileOnDisk, WeightsOfWrongShapeAreNotSaved) {
    ModelFile model;
    model.weights["w"] = Array(Shape{4, 0});
    EXPECT_EQ(
        model_error([&] { save_model(path("m.h5"), model); }),
        "[Connection w] weights of shape (4, 0) with 0 values cannot be saved; give one value for "
        "each element of the shape, and at least one");
    model.weights["w"] = Array(Shape{2, 1, 2}, {0.0, 1.0, 2.0, INFINITY});
    EXPECT_EQ(model_error([&] { save_model(path("m.h5"), model); }),
              "[Connection w] the weight number 3 of shape (2, 1, 2) is inf, so nothing is saved; "
              "train with a smaller learning rate");
    model.weights["w"] = Array(Shape{2, 2});
    model.weights["w"].values.pop_back();
    EXPECT_THAT(model_error([&] { save_model(path("m.h5"), model); }),
                testing::HasSubstr("weights of shape (2, 2) with 3 values"));
    EXPECT_EQ(count_files(), 0U);
}

TEST_F(ModelFileOnDisk, ConnectionsWithoutNameAreNotSaved) {
    ModelFile model;
    model.weights[""] = Array(Shape{1, 1});
    EXPECT_THAT(model_error([&] { save_model(path("m.h5"), model); }),
                testing::HasSubstr("a connection to be saved has no name; give it one"));
}

TEST_F(ModelFileOnDisk, FullDiskKeepsTheOldModel) {
    save_model(path("m.h5"), example_model());
    const std::string before = contents("m.h5");
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    rlimit small = limit;
    small.rlim_cur = 1000;
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto fault = error_of<RuntimeFault>([&] { save_model(path("m.h5"), {}); });
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, handler);
    EXPECT_THAT(fault.what(), testing::HasSubstr("cannot be written: write: File too large"));
    EXPECT_EQ(contents("m.h5"), before);
    EXPECT_EQ(count_files(), 1U);
}

TEST(ModelNames, EscapesComeBack) {
    EXPECT_EQ(escaped_name("a/b%.c"), "a%2Fb%25.c");
    EXPECT_EQ(escaped_name("..\x01"), "%2E.%01");
    EXPECT_EQ(unescaped_name("a%2Fb%25.c"), "a/b%.c");
    EXPECT_EQ(unescaped_name("%zz %2"), "%zz %2");
}

}  // namespace
}  // namespace saltus
