// Network files whose data are recordings of spikes, or whose examples are varied.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/markup.hpp"
#include "cli/program_run.hpp"
#include "cli/tiny_project.hpp"
#include "data/heidelberg_file.hpp"

namespace saltus {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const char* const kNetwork = R"(
[[population]]
name = "input"
neuron = "spike_input"

[[population]]
name = "output"
neuron = "leaky_integrate"
shape = [2]
readout = "avg_var"

[[connection]]
source = "input"
target = "output"
connectivity = "dense"
weight = 0.0
synapse = { type = "exponential", tau = 5.0 }

[compiler]
type = "event_prop"
timesteps = 31
batch_size = 4
optimiser = { type = "adam", alpha = 0.01 }
threads = 1

[training]
epochs = 10
)";

/// Forty recordings in two classes: class 0 spikes in the upper rows, or lower channels.
class Recordings : public testing::Test {
  protected:
    static constexpr std::size_t kExamples = 40;

    /// Row of a spike of an example, in each of ten spikes another one.
    static std::size_t row_of(std::size_t example, std::size_t spike) {
        return (example % 2 == 0 ? 4 : 20) + (example + 3 * spike) % 10;
    }

    void write_nmnist() const {
        std::string list = "#sample #class\r\n";
        for (std::size_t example = 0; example < kExamples; ++example) {
            Bytes bytes;
            for (std::size_t spike = 0; spike < 10; ++spike) {
                const auto row = static_cast<std::uint8_t>(row_of(example, spike));
                const auto column = static_cast<std::uint8_t>((7 * example + spike) % 34);
                bytes.insert(bytes.end(),
                             {column, row, 0, static_cast<std::uint8_t>(16 * spike), 0});
            }
            folder_.write(std::to_string(example) + ".bs2", bytes);
            list += std::to_string(example) + "\t" + std::to_string(example % 2) + "\r\n";
        }
        folder_.write("list.txt", Bytes(list.begin(), list.end()));
    }

    void write_heidelberg() const {
        HeidelbergContents contents{{}, {}, {}};
        for (std::size_t example = 0; example < kExamples; ++example) {
            contents.times.emplace_back();
            contents.units.emplace_back();
            for (std::size_t spike = 0; spike < 10; ++spike) {
                contents.times.back().push_back(0.002 * static_cast<double>(spike));
                contents.units.back().push_back(
                    static_cast<std::uint16_t>(20 * row_of(example, spike)));
            }
            contents.labels.push_back(static_cast<std::uint16_t>(example % 2));
        }
        folder_.write("shd.h5", heidelberg_file({}, contents));
    }

    std::string network(const std::string& data, const std::string& shape) const {
        std::string text =
            "description = \"Recordings\"\n[data]\nfolder = \".\"\n" + data + kNetwork;
        const std::string input = "neuron = \"spike_input\"\n";
        text.insert(text.find(input) + input.size(), "shape = " + shape + "\n");
        std::ofstream(folder_ / "net.toml") << text;
        return (folder_ / "net.toml").string();
    }

    TemporaryFolder folder_;
};

const char* const kNmnist =
    "format = \"nmnist\"\ntrain = \"list.txt\"\ntest = \"list.txt\"\n"
    "pooling = 2\nend_time = 30.0\n";
const char* const kHeidelberg =
    "format = \"heidelberg\"\ntrain = \"shd.h5\"\ntest = \"shd.h5\"\npooling = 10\n";

TEST_F(Recordings, NmnistIsTrainedAndEvaluated) {
    write_nmnist();
    const std::string file = network(kNmnist, "[17, 17, 2]");
    const std::string model = (folder_ / "m.h5").string();
    const Outcome trained = run_saltus({"train", file, "--json", "--save", model});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    EXPECT_GT(last_json(trained.out)["test_accuracy"], 0.9);
    const Outcome tested = run_saltus({"evaluate", model, "--json"});
    ASSERT_EQ(tested.exit_code, 0) << tested.err;
    EXPECT_EQ(last_json(tested.out)["test_accuracy"], last_json(trained.out)["test_accuracy"]);
    EXPECT_EQ(last_json(tested.out)["images"], kExamples);
}

TEST_F(Recordings, HeidelbergIsTrained) {
    write_heidelberg();
    const std::string report = (folder_ / "r.html").string();
    const Outcome trained =
        run_saltus({"train", network(kHeidelberg, "[70]"), "--json", "--report", report});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    EXPECT_GT(last_json(trained.out)["test_accuracy"], 0.9);
    EXPECT_TRUE(std::filesystem::exists(report));
}

TEST(NmnistExample, LearnsItsDigits) {
    const std::filesystem::path source(SALTUS_SOURCE_DIR);
    const std::filesystem::path data = source.parent_path() / "shared" / "data" / "nmnist";
    if (!std::filesystem::exists(data / "train1K.txt"))
        GTEST_SKIP() << "the recordings are not in " << data;
    ::setenv("SALTUS_DATA", data.c_str(), 1);
    const Outcome trained = run_saltus(
        {"train", (source / "examples" / "nmnist.toml").string(), "--json", "--epochs", "10"});
    ::unsetenv("SALTUS_DATA");
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    EXPECT_GT(last_json(trained.out)["test_accuracy"], 0.9);
}

TEST_F(Recordings, VariedExamplesAreOthersAndReproducible) {
    write_nmnist();
    const auto loss_with = [&](const std::string& augmentation) {
        const Outcome outcome = run_saltus(
            {"train", network(kNmnist + augmentation, "[17, 17, 2]"), "--json", "--epochs", "2"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        return last_json(outcome.out)["loss"].get<double>();
    };
    const double plain = loss_with("");
    EXPECT_EQ(loss_with("[augmentation]\n"), plain);
    for (const char* line : {"blend = 1.0", "shift = [1, 2]", "mirror = 0.5", "time_shift = 5.0",
                             "time_jitter = 2.0", "deletion = 0.5", "added_spikes = 10.0"}) {
        const double varied = loss_with("[augmentation]\n" + std::string(line) + "\n");
        EXPECT_NE(varied, plain) << line;
        EXPECT_EQ(loss_with("[augmentation]\n" + std::string(line) + "\n"), varied) << line;
    }
}

TEST_F(Recordings, ImagesCanBeVariedToo) {
    const TinyProject project;
    const std::string with =
        project.changed("[encoding]", "[augmentation]\nshift = [1, 1]\ndeletion = 0.1\n[encoding]");
    const Outcome varied = run_saltus({"train", with, "--json", "--epochs", "20"});
    ASSERT_EQ(varied.exit_code, 0) << varied.err;
    EXPECT_GT(last_json(varied.out)["test_accuracy"], 0.7);
    const Outcome plain = run_saltus({"train", project.network(), "--json", "--epochs", "20"});
    EXPECT_NE(last_json(varied.out)["loss"], last_json(plain.out)["loss"]);
}

TEST_F(Recordings, WhatDoesNotFitIsTold) {
    write_nmnist();
    const auto error = [&](const std::string& data, const std::string& shape) {
        const Outcome outcome = run_saltus({"train", network(data, shape)});
        EXPECT_EQ(outcome.exit_code, 1);
        return outcome.err;
    };
    const std::string whole = "format = \"nmnist\"\ntrain = \"list.txt\"\ntest = \"list.txt\"\n";
    EXPECT_THAT(error(whole, "[34, 34, 2]"),
                AllOf(HasSubstr("after the last step"), HasSubstr("leave out later spikes")));
    EXPECT_THAT(error(kNmnist, "[34, 34, 2]"), HasSubstr("578"));
    EXPECT_THAT(error(std::string(kNmnist) + "[augmentation]\nshift = [17]\n", "[17, 17, 2]"),
                HasSubstr("[ShiftNeurons] max_shift is 17 along axis 0, which has 17 neurons"));
    folder_.write("list.txt", {'1', ' ', '5'});
    EXPECT_THAT(error(kNmnist, "[17, 17, 2]"), HasSubstr("5"));
}

}  // namespace
}  // namespace saltus
