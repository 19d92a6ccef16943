#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/io/model_file.hpp>

#include "cli/program_run.hpp"
#include "cli/tiny_project.hpp"

namespace saltus {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// A project with a trained model.
class Evaluate : public testing::Test {
  protected:
    Evaluate() {
        const Outcome outcome =
            run_saltus({"train", project_.network(), "--json", "--save", model()});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        trained_ = last_json(outcome.out);
    }

    std::string model() const { return project_.path("model.h5").string(); }
    double accuracy(const std::vector<std::string>& arguments) const {
        std::vector<std::string> words = {"evaluate"};
        words.insert(words.end(), arguments.begin(), arguments.end());
        words.push_back("--json");
        const Outcome outcome = run_saltus(words);
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        return last_json(outcome.out)["test_accuracy"];
    }

    TinyProject project_;
    nlohmann::json trained_;
};

TEST_F(Evaluate, AModelAloneGivesTheAccuracyOfTraining) {
    EXPECT_EQ(accuracy({model()}), trained_["test_accuracy"]);
}

TEST_F(Evaluate, ANetworkFileWithWeightsDoesToo) {
    EXPECT_EQ(accuracy({project_.network(), "--weights", model()}), trained_["test_accuracy"]);
}

TEST_F(Evaluate, TheModelRemembersWhatItAchieved) {
    const ModelFile file = load_model(model());
    EXPECT_EQ(file.network_name, project_.network());
    EXPECT_EQ(file.network_text, contents(project_.network()));
    EXPECT_EQ(file.metrics.at("test_accuracy"), trained_["test_accuracy"]);
    EXPECT_EQ(file.metrics.at("train_accuracy"), trained_["train_accuracy"]);
    EXPECT_EQ(file.metrics.at("loss"), trained_["loss"]);
}

TEST_F(Evaluate, PrintsTheAccuracyOfEveryClass) {
    const Outcome outcome = run_saltus({"evaluate", model()});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_THAT(outcome.out,
                AllOf(HasSubstr("class   0 "), HasSubstr("class   2 "), HasSubstr("% of 20 images"),
                      HasSubstr("mean_square_error "), HasSubstr("test accuracy ")));
    const nlohmann::json json = last_json(run_saltus({"evaluate", model(), "--json"}).out);
    ASSERT_EQ(json["class_accuracies"].size(), 3u);
    double mean = 0.0;
    for (const double accuracy : json["class_accuracies"])
        mean += accuracy / 3.0;
    EXPECT_NEAR(mean, json["test_accuracy"].get<double>(), 1e-12);
    EXPECT_EQ(json["images"], 60);
    EXPECT_EQ(json["backend"], "cpu");
    EXPECT_EQ(json["model"], model());
}

TEST_F(Evaluate, WithoutWeightsItSaysThatNothingIsTrained) {
    const Outcome outcome = run_saltus({"evaluate", project_.network()});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("untrained"));
}

TEST_F(Evaluate, BackendsAgree) {
    EXPECT_NEAR(accuracy({model(), "--backend", "reference64"}), trained_["test_accuracy"], 0.02);
}

TEST_F(Evaluate, WeightsOfAnotherNetworkAreRefused) {
    const std::string wider = project_.changed("shape = [16]", "shape = [17]");
    const Outcome outcome = run_saltus({"evaluate", wider, "--weights", model()});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("Connection hidden->output"), HasSubstr("(16, 3)"),
                                   HasSubstr("(17, 3)")));
    const std::string renamed =
        project_.changed("target = \"hidden\"", "target = \"hidden\"\nname = \"first\"");
    const Outcome other = run_saltus({"evaluate", renamed, "--weights", model()});
    EXPECT_EQ(other.exit_code, 1);
    EXPECT_THAT(other.err, AllOf(HasSubstr("no weights for connection 'first'"),
                                 HasSubstr("it has weights for hidden->output and input->hidden")));
}

TEST_F(Evaluate, WhatIsNoModelIsRefused) {
    std::ofstream(project_.path("text.h5")) << "not HDF5";
    const Outcome outcome = run_saltus({"evaluate", project_.path("text.h5").string()});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("text.h5"));
}

TEST_F(Evaluate, WritesAReportWithoutALearningCurve) {
    const std::string page = project_.path("page.html").string();
    const Outcome outcome = run_saltus({"evaluate", model(), "--report", page});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("report: " + page));
    EXPECT_THAT(contents(page), AllOf(HasSubstr("Evaluation report"), HasSubstr("Confusion matrix"),
                                      testing::Not(HasSubstr("Learning curve"))));
}

TEST_F(Evaluate, AnUnwritableReportIsToldBeforeTheTest) {
    const Outcome outcome = run_saltus({"evaluate", model(), "--report", "/nowhere/page.html"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("there is no folder /nowhere"));
    EXPECT_THAT(outcome.out, testing::Not(HasSubstr("testing")));
}

TEST_F(Evaluate, ExplainTakesAModelToo) {
    const Outcome outcome = run_saltus({"explain", model()});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("hidden: 16 neurons"));
}

}  // namespace
}  // namespace saltus
