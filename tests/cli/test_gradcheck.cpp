#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program_run.hpp"
#include "cli/tiny_project.hpp"

namespace saltus {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Gradcheck, PrintsTheWorstWeightsFirst) {
    const TinyProject project;
    const std::string exact =
        project.changed("type = \"event_prop\"", "type = \"event_prop\"\nspike_times = \"exact\"");
    const Outcome outcome =
        run_saltus({"gradcheck", exact, "--examples", "3", "--per-connection", "4", "--json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const nlohmann::json result = last_json(outcome.out);
    EXPECT_EQ(result["agrees"], true);
    ASSERT_EQ(result["weights"].size(), 8U);
    double worst = result["worst_error"];
    EXPECT_LT(worst, 1e-5);
    for (const auto& weight : result["weights"]) {
        EXPECT_LE(weight["error"].get<double>(), worst);
        worst = weight["error"];
        EXPECT_NE(weight["gradient"].get<double>(), 0.0);
    }
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("input->hidden"), HasSubstr("hidden->output"),
                                   HasSubstr("gradients are derivatives of the loss")));
}

TEST(Gradcheck, SaysWhenDifferencesSayNothing) {
    const TinyProject project;
    const Outcome grid = run_saltus({"gradcheck", project.network()});
    EXPECT_EQ(grid.exit_code, 1);
    EXPECT_THAT(grid.err, HasSubstr("on the time grid the loss jumps where a spike changes its "
                                    "step, so that differences say nothing of gradients; compile "
                                    "with spike_times = \"exact\""));
    const std::string surrogate = project.changed("type = \"event_prop\"", "type = \"surrogate\"");
    EXPECT_THAT(run_saltus({"gradcheck", surrogate}).err,
                HasSubstr("surrogate gradients are no derivatives of the loss"));
}

TEST(Gradcheck, ExactNetworksTrainAndAreEvaluatedWithTheSameSpikes) {
    const TinyProject project;
    const std::string exact =
        project.changed("type = \"event_prop\"", "type = \"event_prop\"\nspike_times = \"exact\"");
    const std::string model = project.path("model.h5").string();
    const Outcome trained = run_saltus({"train", exact, "--json", "--save", model});
    EXPECT_EQ(trained.exit_code, 0) << trained.err;
    const Outcome evaluated = run_saltus({"evaluate", model, "--json"});
    EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
    EXPECT_EQ(last_json(evaluated.out)["test_accuracy"], last_json(trained.out)["test_accuracy"]);
}

}  // namespace
}  // namespace saltus
