#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/markup.hpp"
#include "cli/program_run.hpp"
#include "cli/report/report.hpp"
#include "cli/tiny_project.hpp"

namespace saltus {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The report of a training run.
std::string trained_report(const TinyProject& project, const std::string& network) {
    const std::string page = project.path("report.html").string();
    const Outcome outcome = run_saltus({"train", network, "--report", page});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("report: " + page));
    return contents(page);
}

TEST(Report, ShowsEveryFigure) {
    const TinyProject project;
    const std::string page = trained_report(project, project.network());
    for (const char* part :
         {"Training report", "Tiny network", "Learning curve", "accuracy (%) by epoch",
          "loss by epoch", "Confusion matrix of the test images", "Spikes and output voltages",
          "Histogram of the weights of input-&gt;hidden", "The test image", "before",
          "Histogram of the weights of hidden-&gt;output", "time (ms)", "<details>",
          "plan: EventProp training", "Test accuracy", "Time per epoch", "cpu, 1 thread",
          "saltus train ", "Saltus 0."}) {
        EXPECT_THAT(page, HasSubstr(part));
    }
    // Two curves, matrix, image, activity, two histograms.
    EXPECT_EQ(occurrences(page, "<svg "), 7u);
    EXPECT_EQ(markup_fault(page), "");
}

TEST(Report, NeedsNothingFromElsewhere) {
    const TinyProject project;
    const std::string page = trained_report(project, project.network());
    EXPECT_THAT(page,
                AllOf(Not(HasSubstr("<script")), Not(HasSubstr("http")), Not(HasSubstr("url(")),
                      Not(HasSubstr("@import")), Not(HasSubstr("src="))));
    EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
    EXPECT_LT(page.size(), 200000u);
}

TEST(Report, HasNoNumberThatIsNone) {
    const TinyProject project;
    const std::string page = trained_report(project, project.network());
    const std::regex bad("[\" ,>MLHV-](nan|inf)[\" ,<LHV]");
    std::smatch found;
    EXPECT_FALSE(std::regex_search(page, found, bad)) << found.str();
}

TEST(Report, EscapesNamesFromTheNetworkFile) {
    const TinyProject project;
    const std::string network =
        project.changed("\"Tiny network\"", "\"</title><script>alert('x')</script> & \\u0007\"");
    const std::string page = trained_report(project, network);
    EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), HasSubstr("&lt;script&gt;alert(&#39;x")));
    EXPECT_EQ(markup_fault(page), "");
}

TEST(Report, EscapesEveryOtherText) {
    const std::string hostile = "<b title=\"'\">&";
    Report report;
    report.kind = report.title = report.subtitle = report.plan = hostile;
    report.headline = {{hostile, hostile, hostile}};
    report.summary = {{hostile, hostile}};
    report.epochs = {{1, 1.0, 1.0, 0.5, 0.5}};
    report.test = TestResult(2);
    report.test->add(0, 1);
    report.class_names = {hostile, hostile};
    report.weights = {{hostile, {}, {1.0, 2.0}}};
    ExampleActivity activity;
    activity.num_steps = 1;
    activity.populations = {{hostile, 1, {{0, 1}, {0}, {}}, true}};
    activity.output = activity.output_state = hostile;
    activity.voltages = Array(Shape{1, 2});
    report.example = activity;
    const std::string page = render_page(report);
    EXPECT_EQ(markup_fault(page), "");
    EXPECT_THAT(page,
                AllOf(Not(HasSubstr("<b ")), HasSubstr("&lt;b title=&quot;&#39;&quot;&gt;&amp;")));
}

TEST(Markup, FaultsAreFound) {
    EXPECT_EQ(markup_fault("<p class=\"a\">1 &lt; 2</p>"), "");
    EXPECT_NE(markup_fault("<p><b></p></b>"), "");
    EXPECT_NE(markup_fault("<p>"), "");
    EXPECT_NE(markup_fault("<p>a & b</p>"), "");
    EXPECT_NE(markup_fault("<p class=a>x</p>"), "");
}

}  // namespace
}  // namespace saltus
