#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/markup.hpp"
#include "cli/program_run.hpp"
#include "cli/tiny_project.hpp"

namespace saltus {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST(Train, PrintsALineForEachEpoch) {
    const TinyProject project;
    const Outcome outcome = run_saltus({"train", project.network()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.err, IsEmpty());
    EXPECT_EQ(occurrences(outcome.out, "\nepoch 1/2  loss "), 1u);
    EXPECT_EQ(occurrences(outcome.out, "\nepoch 2/2  loss "), 1u);
    EXPECT_THAT(outcome.out,
                AllOf(HasSubstr("Tiny network"), HasSubstr("140 images to train with, 60 to test"),
                      HasSubstr("64 input, 16 hidden, 3 output"), HasSubstr("test accuracy "),
                      Not(HasSubstr("\r"))));
}

TEST(Train, JsonHoldsTheResults) {
    const TinyProject project;
    const Outcome outcome = run_saltus({"train", project.network(), "--json", "--epochs", "20"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(lines_of(outcome.out).size(), 1u);
    EXPECT_THAT(outcome.err, HasSubstr("epoch 20/20"));
    const nlohmann::json json = last_json(outcome.out);
    // One guess in three is right by chance.
    EXPECT_GT(json["test_accuracy"], 0.8);
    EXPECT_GT(json["train_accuracy"], 0.8);
    EXPECT_GT(json["loss"], 0.0);
    EXPECT_GT(json["seconds_per_epoch"], 0.0);
    EXPECT_EQ(json["epochs"], 20);
    EXPECT_EQ(json["threads"], 1);
    EXPECT_EQ(json["backend"], "cpu");
    EXPECT_EQ(json["seed"], 5);
    EXPECT_EQ(json["interrupted"], false);
    EXPECT_EQ(json["network"], project.network());
    EXPECT_TRUE(json["model"].is_null());
    EXPECT_TRUE(json["report"].is_null());
    EXPECT_GT(json["seconds_loading"], 0.0);
    EXPECT_GT(json["seconds_to_first_batch"], 0.0);
    EXPECT_GT(json["peak_memory_mib"], 1.0);
}

TEST(Train, GoesBackToTheBestEpoch) {
    const TinyProject project;
    const std::string network = project.changed(
        "epochs = 2",
        "epochs = 9\nvalidation_split = 0.2\nrestore_best = \"validation_loss\"\n"
        "early_stopping = { figure = \"validation_loss\", patience = 1, min_delta = 1000.0 }");
    const std::string model = project.path("model.h5").string();
    const Outcome outcome = run_saltus({"train", network, "--save", model, "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.err,
                AllOf(HasSubstr("validation accuracy "), HasSubstr("the best epoch is "),
                      HasSubstr("has not become better for 1 epoch: ending here")));
    const nlohmann::json json = last_json(outcome.out);
    EXPECT_EQ(json["epochs"], 2);
    EXPECT_EQ(json["interrupted"], false);
    const Outcome tested = run_saltus({"evaluate", model, "--json"});
    EXPECT_EQ(last_json(tested.out)["test_accuracy"], json["test_accuracy"]);
}

TEST(Train, AnExplosionLosesNothingThatWasLearned) {
    const TinyProject project;
    const std::string network = project.changed("alpha = 0.01", "alpha = 1e37");
    const std::string model = project.path("model.h5").string();
    const Outcome outcome = run_saltus({"train", network, "--save", model});
    EXPECT_NE(outcome.exit_code, 0);
    EXPECT_THAT(outcome.err, HasSubstr("the weights are those before that batch"));
    EXPECT_THAT(outcome.out, HasSubstr("the weights after the last good batch: " + model));
    EXPECT_TRUE(std::filesystem::exists(model));
}

TEST(Train, ProfileTellsWhereTimeGoes) {
    const TinyProject project;
    const Outcome outcome =
        run_saltus({"train", project.network(), "--json", "--epochs", "1", "--profile"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("propagate        input->hidden"),
                                   HasSubstr("synaptic events"), HasSubstr("other")));
    const nlohmann::json json = last_json(outcome.out)["profile"];
    EXPECT_GT(json["seconds"], 0.0);
    double passes = 0.0;
    for (const auto& pass : json["passes"])
        passes += pass["seconds"].get<double>();
    EXPECT_GT(passes, 0.0);
    EXPECT_NEAR(passes + json["other_seconds"].get<double>(), json["seconds"].get<double>(), 1e-6);
    EXPECT_EQ(json["passes"][0]["pass"], "emit input");
    const Outcome refused = run_saltus(
        {"train", project.network(), "--backend", "reference", "--profile", "--epochs", "1"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.err, HasSubstr("the backend 'reference' keeps no profile"));
}

TEST(Train, OptionsGoBeforeTheNetworkFile) {
    const TinyProject project;
    const Outcome outcome =
        run_saltus({"train", project.network(), "--json", "--epochs", "1", "--seed", "77",
                    "--backend", "reference", "--save", project.path("m.h5").string(), "--report",
                    project.path("r.html").string()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const nlohmann::json json = last_json(outcome.out);
    EXPECT_EQ(json["epochs"], 1);
    EXPECT_EQ(json["seed"], 77);
    EXPECT_EQ(json["backend"], "reference");
    EXPECT_EQ(json["model"], project.path("m.h5").string());
    EXPECT_EQ(json["report"], project.path("r.html").string());
    EXPECT_TRUE(std::filesystem::exists(project.path("m.h5")));
    EXPECT_TRUE(std::filesystem::exists(project.path("r.html")));
}

TEST(Train, TheSeedDecidesTheResult) {
    const TinyProject project;
    const auto loss = [&](const char* seed) {
        return last_json(
            run_saltus({"train", project.network(), "--json", "--seed", seed}).out)["loss"];
    };
    EXPECT_EQ(loss("1"), loss("1"));
    EXPECT_NE(loss("1"), loss("2"));
}

TEST(Train, QuietPrintsResultsOnly) {
    const TinyProject project;
    const Outcome outcome = run_saltus({"train", project.network(), "--quiet"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_EQ(lines_of(outcome.out).size(), 1u);
    EXPECT_THAT(outcome.out, StartsWith("2 epochs of "));
    const Outcome json = run_saltus({"train", project.network(), "--quiet", "--json"});
    EXPECT_THAT(json.err, IsEmpty());
    EXPECT_EQ(lines_of(json.out).size(), 1u);
}

TEST(Train, ATerminalGetsAProgressBar) {
    const TinyProject project;
    const Outcome outcome = run_saltus({"train", project.network()}, Terminal{true, 100});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_THAT(outcome.out,
                AllOf(HasSubstr("\repoch 1/2 [="), HasSubstr("images/s"), HasSubstr(" left")));
}

TEST(Train, MistakesInTheNetworkFileHaveALine) {
    const TinyProject project;
    const Outcome outcome = run_saltus({"train", project.changed("epochs = 2", "epoch = 2")});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.err, AllOf(StartsWith("saltus: error: "), HasSubstr("changed.toml"),
                                   HasSubstr("epochs")));
}

TEST(Train, ANetworkForInferenceIsRefused) {
    const TinyProject project;
    std::string text = contents(project.network());
    const std::size_t optimiser = text.find("optimiser");
    text.erase(optimiser, text.find('\n', optimiser) - optimiser);
    text.replace(text.find("event_prop"), 10, "inference");
    std::ofstream(project.path("inference.toml")) << text;
    const Outcome outcome = run_saltus({"train", project.path("inference.toml").string()});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("its compiler is 'inference'"),
                                   HasSubstr("type = \"event_prop\"")));
}

TEST(Train, TestLabelsAreCheckedBeforeTraining) {
    const TinyProject project;
    Bytes labels(60, 0);
    labels[7] = 3;
    const Bytes file = idx_file({60}, labels);
    std::ofstream(project.path("test-labels"), std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()),
               static_cast<std::streamsize>(file.size()));
    const Outcome outcome = run_saltus({"train", project.network()});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.out, Not(HasSubstr("epoch 1")));
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("Labels test-labels"), HasSubstr("3")));
}

TEST(Explain, PrintsThePlan) {
    const TinyProject project;
    const Outcome outcome = run_saltus({"explain", project.network()});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, AllOf(StartsWith("plan: EventProp training, 12 steps of 1 ms"),
                                   HasSubstr("hidden: 16 neurons"), HasSubstr("input->hidden")));
}

}  // namespace
}  // namespace saltus
