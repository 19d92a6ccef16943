#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/markup.hpp"
#include "cli/report/figures.hpp"
#include "cli/report/svg.hpp"

namespace saltus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Escaping, LeavesNoMarkup) {
    EXPECT_EQ(escaped("<a href=\"x\">'&'</a>"),
              "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    EXPECT_EQ(escaped("line\n\x01\x1b[31m\x7f"), "line\n[31m");
}

TEST(Escaping, KeepsUtf8AndReplacesWhatIsNone) {
    EXPECT_EQ(escaped("Käfer \xe2\x82\xac \xf0\x9f\x90\x9e"),
              "Käfer \xe2\x82\xac \xf0\x9f\x90\x9e");
    const std::string replacement = "\xef\xbf\xbd";
    EXPECT_EQ(escaped("a\xff"
                      "b"),
              "a" + replacement + "b");
    EXPECT_EQ(escaped("\xe2\x82"), replacement + replacement);
    EXPECT_EQ(escaped("\xc0\xaf"), replacement + replacement);                    // overlong
    EXPECT_EQ(escaped("\xed\xa0\x80"), replacement + replacement + replacement);  // surrogate
}

TEST(Ticks, AreRoundAndHoldTheData) {
    EXPECT_THAT(round_ticks(0.0, 1.0, 5),
                ElementsAre(0.0, 0.2, 0.4, testing::DoubleEq(0.6), 0.8, 1.0));
    for (const auto& [low, high] : std::vector<std::pair<double, double>>{
             {82.3, 84.7}, {-3.1, 14.2}, {1e-9, 2e-9}, {0.0, 52345.0}, {-1e12, 1e12}}) {
        const std::vector<double> ticks = round_ticks(low, high, 5);
        EXPECT_LE(ticks.front(), low + 1e-9 * (high - low));
        EXPECT_GE(ticks.back(), high - 1e-9 * (high - low));
        EXPECT_GE(ticks.size(), 3u);
        EXPECT_LE(ticks.size(), 8u);
    }
}

TEST(Ticks, ExistWhereThereIsNothingToSpan) {
    EXPECT_GE(round_ticks(2.0, 2.0, 5).size(), 2u);
    EXPECT_GE(round_ticks(0.0, 0.0, 5).size(), 2u);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(round_ticks(nan, nan, 5), ElementsAre(0.0, 1.0));
}

TEST(Ticks, OfEpochsAreWhole) {
    EXPECT_THAT(whole_ticks(1.0, 3.0, 10), ElementsAre(1.0, 2.0, 3.0));
    EXPECT_THAT(whole_ticks(1.0, 1.0, 10), ElementsAre(1.0));
    for (const double tick : whole_ticks(1.0, 1234.0, 10))
        EXPECT_EQ(tick, std::round(tick));
    EXPECT_LE(whole_ticks(1.0, 1234.0, 10).size(), 11u);
}

TEST(Ticks, AreShortTexts) {
    EXPECT_EQ(tick_text(0.1 + 0.2), "0.3");
    EXPECT_EQ(tick_text(-2.5),
              "\xe2\x88\x92"
              "2.5");
    EXPECT_EQ(tick_text(20000.0), "20 k");
    EXPECT_EQ(tick_text(0.0), "0");
}

TEST(WeightHistogram, TakesWeightsThatAreAllTheSame) {
    const std::string figure = draw_weight_histogram({"a", {0.0, 0.0}, {0.0, 0.0}});
    EXPECT_EQ(markup_fault(figure), "");
    EXPECT_EQ(markup_fault(draw_weight_histogram({"a", {}, {3.0}})), "");
    EXPECT_THAT(figure, testing::Not(HasSubstr("nan")));
}

TEST(LearningCurve, TakesOneEpochAndMissingTests) {
    const std::string one = draw_accuracy_curve({{1, 0.5, 0.7, 0.8, 0.9}});
    EXPECT_EQ(markup_fault(one), "");
    EXPECT_EQ(occurrences(one, "<circle"), 2u);
    const std::string untested = draw_accuracy_curve({{1, 0.5, 0.7, 0.8, {}}});
    EXPECT_EQ(occurrences(untested, "<circle"), 1u);
    EXPECT_THAT(untested, testing::Not(HasSubstr("nan")));
}

TEST(ConfusionMatrix, NumbersCellsOnlyWhereThereIsRoom) {
    TestResult small(2);
    small.add(0, 0);
    small.add(1, 0);
    EXPECT_EQ(occurrences(draw_confusion_matrix(small, {"cat", "dog"}), "class=\"count"), 2u);
    TestResult large(50);
    std::vector<std::string> names(50, "name");
    for (std::size_t label = 0; label < 50; ++label)
        large.add(label, label);
    const std::string figure = draw_confusion_matrix(large, names);
    EXPECT_EQ(occurrences(figure, "class=\"count"), 0u);
    EXPECT_EQ(markup_fault(figure), "");
}

TEST(ImageDrawing, TakesGreyAndColourAndNothing) {
    EXPECT_EQ(occurrences(draw_image({{1, 2}, {0, 255}, 0}), "<rect"), 1u);
    EXPECT_EQ(occurrences(draw_image({{1, 1, 3}, {0, 255, 0}, 0}), "fill-opacity=\"0.333\""), 1u);
    EXPECT_EQ(draw_image({}), "");
}

TEST(ActivityDrawing, ThinsOutSpikesThatNobodyCouldSee) {
    ExampleActivity activity;
    activity.num_steps = 2;
    activity.populations.push_back({"many", 100000, {}, true});
    for (std::uint32_t neuron = 0; neuron < 100000; ++neuron) {
        activity.populations[0].spikes.neurons.push_back(neuron);
    }
    activity.populations[0].spikes.step_begin = {0, 100000, 100000};
    activity.output = "output";
    activity.output_state = "v";
    activity.voltages = Array(Shape{2, 3});
    const std::string figure = draw_activity(activity, {"0", "1", "2"});
    EXPECT_EQ(markup_fault(figure), "");
    EXPECT_LT(figure.size(), 1000000u);
    EXPECT_THAT(figure, HasSubstr("many: 100,000 spikes of 100,000 neurons"));
}

}  // namespace
}  // namespace saltus
