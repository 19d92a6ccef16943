#include <csignal>
#include <filesystem>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <saltus/io/model_file.hpp>

#include "cli/program_run.hpp"
#include "cli/tiny_project.hpp"

namespace saltus {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// What `saltus train` says when it cannot write there; nothing may have been loaded or trained.
std::string refusal(const TinyProject& project, const std::string& option,
                    const std::string& path) {
    const Outcome outcome = run_saltus({"train", project.network(), option, path});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.out, AllOf(Not(HasSubstr("data:")), Not(HasSubstr("epoch"))));
    return outcome.err;
}

TEST(SaveTarget, IsCheckedBeforeTraining) {
    const TinyProject project;
    for (const char* option : {"--save", "--report"}) {
        EXPECT_THAT(refusal(project, option, "/nowhere/file"),
                    AllOf(HasSubstr(option), HasSubstr("cannot write /nowhere/file"),
                          HasSubstr("there is no folder /nowhere; create the folder first")));
        EXPECT_THAT(refusal(project, option, project.path(".").string()),
                    HasSubstr("it is a folder; give the name of a file"));
        // Not even root may create files there.
        EXPECT_THAT(refusal(project, option, "/proc/file"),
                    AllOf(HasSubstr("cannot write /proc/file"),
                          HasSubstr("choose a folder that you may write")));
    }
}

TEST(SaveTarget, MayBeInAFolderThatIsReadOnly) {
    if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
    const TinyProject project;
    const auto folder = project.path("locked");
    std::filesystem::create_directory(folder);
    std::filesystem::permissions(
        folder, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    EXPECT_THAT(refusal(project, "--save", (folder / "m.h5").string()),
                HasSubstr("Permission denied"));
}

/// Trains a network whose first connection is another, saves it, and evaluates what was saved.
/// @param compiler lines for its section. @param matrix_type of that connection.
void expect_saved(const std::string& connectivity, const std::string& compiler,
                  const std::string& matrix_type) {
    TinyProject project;
    project.change("seed = 5\n", "seed = 5\n" + compiler);
    const std::string file = project.changed(
        "connectivity = \"dense\"\nweight = { normal = { mean = 0.3, sd = 0.2 } }", connectivity);
    const std::string model = project.path("m.h5").string();
    const Outcome trained = run_saltus(
        {"train", file, "--save", model, "--report", project.path("r.html").string(), "--json"});
    EXPECT_EQ(trained.exit_code, 0) << trained.err;
    const Outcome evaluated = run_saltus({"evaluate", model, "--json"});
    EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
    const std::string key = "\"test_accuracy\":";
    const std::size_t at = trained.out.find(key);
    ASSERT_NE(at, std::string::npos) << trained.out;
    EXPECT_THAT(evaluated.out, HasSubstr(trained.out.substr(at, trained.out.find(',', at) - at)));
    const Outcome explained = run_saltus({"explain", file});
    EXPECT_THAT(explained.out, HasSubstr("as " + matrix_type));
}

TEST(Saving, SynapsesThatWereRewired) {
    expect_saved(
        "name = \"h\"\nconnectivity = \"fixed_probability\"\np = 0.3\n"
        "weight = { normal = { mean = 0.5, sd = 0.8 } }",
        "deep_r = { connections = [\"h\"], l1_strength = 0.01 }\n", "SPARSE");
}

TEST(Saving, WeightsOfSparseConnectionsWithDelays) {
    expect_saved(
        "connectivity = \"fixed_probability\"\np = 0.5\nmax_delay_steps = 3\n"
        "delay = { uniform = { max = 3.0 } }\nweight = { normal = { mean = 0.6, sd = 0.4 } }",
        "", "SPARSE");
}

TEST(Saving, LearnedDelays) {
    const std::string learned =
        "delay_learn_conns = [\"input->hidden\"]\n"
        "delay_optimiser = { type = \"adam\", alpha = 0.5 }\n";
    expect_saved(
        "connectivity = \"fixed_probability\"\np = 0.5\nmax_delay_steps = 3\n"
        "delay = { uniform = { max = 3.0 } }\nweight = { normal = { mean = 0.6, sd = 0.4 } }",
        learned, "SPARSE");
    expect_saved("connectivity = \"dense\"\nmax_delay_steps = 3\nweight = 0.3",
                 learned + "clip_norm = 0.1\n", "DENSE");
}

TEST(Saving, ConnectionsThatKeepNoWeights) {
    expect_saved("connectivity = \"fixed_number_post\"\nnumber = 8\nweight = 0.6",
                 "matrix_types = [\"PROCEDURAL\", \"DENSE\"]\n", "PROCEDURAL");
}

TEST(SaveTarget, ChecksLeaveNothingBehind) {
    const TinyProject project;
    const auto folder = project.path("out");
    std::filesystem::create_directory(folder);
    run_saltus({"train", project.network(), "--save", (folder / "m.h5").string()});
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        EXPECT_EQ(entry.path().filename(), "m.h5");
        ++files;
    }
    EXPECT_EQ(files, 1u);
}

TEST(Saving, AFailureLosesNoResults) {
    const TinyProject project;
    const auto folder = project.path("vanishing");
    std::filesystem::create_directory(folder);
    const Outcome outcome =
        run_saltus_until({"train", project.network(), "--save", (folder / "m.h5").string(),
                          "--report", (folder / "r.html").string()},
                         "epoch 1/2", [&] { std::filesystem::remove_all(folder); });
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("epoch 2/2"), HasSubstr("2 epochs of "),
                                   Not(HasSubstr("model: ")), Not(HasSubstr("report: "))));
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("m.h5"), HasSubstr("r.html")));
    EXPECT_EQ(lines_of(outcome.err).size(), 2u);
}

TEST(Saving, AFolderInTheWayIsAFailure) {
    const TinyProject project;
    const auto folder = project.path("out");
    std::filesystem::create_directory(folder);
    const Outcome outcome = run_saltus_until(
        {"train", project.network(), "--save", (folder / "m.h5").string()}, "epoch 1/2",
        [&] { std::filesystem::create_directories(folder / "m.h5" / "inside"); });
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("m.h5"));
    EXPECT_THAT(outcome.out, HasSubstr("2 epochs of "));
}

TEST(Saving, ReplacesTheOldModel) {
    const TinyProject project;
    const std::string model = project.path("m.h5").string();
    ASSERT_EQ(run_saltus({"train", project.network(), "--save", model}).exit_code, 0);
    const ModelFile first = load_model(model);
    ASSERT_EQ(run_saltus({"train", project.network(), "--save", model, "--seed", "9"}).exit_code,
              0);
    const ModelFile second = load_model(model);
    EXPECT_NE(first.weights.at("input->hidden").values, second.weights.at("input->hidden").values);
}

/// The weights of a model.
std::map<std::string, std::vector<double>> weights_of(const std::string& model) {
    std::map<std::string, std::vector<double>> weights;
    for (const auto& [name, array] : load_model(model).weights)
        weights[name] = array.values;
    return weights;
}

TEST(Checkpoints, TrainingThatGoesOnGivesTheSameModel) {
    const TinyProject project;
    const std::string whole = project.path("whole.h5").string();
    ASSERT_EQ(run_saltus({"train", project.network(), "--epochs", "5", "--save", whole}).exit_code,
              0);
    const std::string state = project.path("state.h5").string();
    const Outcome cut =
        run_saltus_until({"train", project.network(), "--epochs", "5", "--checkpoint", state},
                         "epoch 2", [] { std::raise(SIGINT); });
    EXPECT_EQ(cut.exit_code, 130);
    const std::string resumed = project.path("resumed.h5").string();
    const Outcome rest = run_saltus({"train", project.network(), "--epochs", "5", "--resume", state,
                                     "--checkpoint", state, "--save", resumed});
    EXPECT_EQ(rest.exit_code, 0) << rest.err;
    EXPECT_THAT(rest.out, HasSubstr("going on after epoch"));
    EXPECT_EQ(weights_of(resumed), weights_of(whole));
    // All epochs are done now.
    const Outcome done =
        run_saltus({"train", project.network(), "--epochs", "5", "--resume", state});
    EXPECT_EQ(done.exit_code, 1);
    EXPECT_THAT(done.err, HasSubstr("it has 5 epochs behind it, and 5 are asked for"));
}

TEST(Checkpoints, OneFileAnEpochWhenTheNameSaysSo) {
    const TinyProject project;
    run_saltus({"train", project.network(), "--epochs", "2", "--checkpoint",
                project.path("state-{epoch}.h5").string()});
    EXPECT_TRUE(std::filesystem::exists(project.path("state-1.h5")));
    EXPECT_TRUE(std::filesystem::exists(project.path("state-2.h5")));
}

TEST(Checkpoints, OfAnotherNetworkAreRefused) {
    const TinyProject project;
    const std::string state = project.path("state.h5").string();
    run_saltus({"train", project.network(), "--epochs", "1", "--checkpoint", state});
    const std::string other = project.changed("shape = [16]", "shape = [15]");
    const Outcome outcome = run_saltus({"train", other, "--epochs", "3", "--resume", state});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("it does not fit the network file"));
}

}  // namespace
}  // namespace saltus
