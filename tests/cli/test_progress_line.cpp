#include <algorithm>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/progress_line.hpp"

namespace saltus {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ShownProgress middle() {
    return {3, 20, 0.5, 0.4321, 0.845, 143210.0, 12.4};
}

TEST(ProgressLine, TellsWhereTrainingStands) {
    const std::string line = progress_line(middle(), 120);
    EXPECT_THAT(line, AllOf(StartsWith("epoch 3/20 [="), HasSubstr(" 50 %"),
                            HasSubstr("loss 0.432"), HasSubstr("accuracy 84.5 %"),
                            HasSubstr("143 k images/s"), HasSubstr("12 s left")));
}

TEST(ProgressLine, NeverFillsTheTerminalsWidth) {
    for (unsigned columns = 0; columns <= 200; ++columns) {
        EXPECT_LE(progress_line(middle(), columns).size(), columns == 0 ? 0u : columns - 1);
    }
}

TEST(ProgressLine, LeavesOutWhatMattersLeast) {
    EXPECT_THAT(progress_line(middle(), 60), AllOf(HasSubstr("loss"), Not(HasSubstr("images/s"))));
    EXPECT_THAT(progress_line(middle(), 24), AllOf(HasSubstr("50 %"), Not(HasSubstr("loss"))));
}

TEST(ProgressLine, BarGrowsWithTheFraction) {
    const auto length = [](double fraction) {
        ShownProgress state = middle();
        state.fraction = fraction;
        const std::string line = progress_line(state, 100);
        return std::count(line.begin(), line.end(), '=');
    };
    EXPECT_EQ(length(0.0), 0);
    EXPECT_LT(length(0.3), length(0.6));
    EXPECT_LT(length(0.6), length(1.0));
}

TEST(Durations, HaveAUnitThatFits) {
    EXPECT_EQ(duration_text(0.4149), "0.41 s");
    EXPECT_EQ(duration_text(59.2), "59 s");
    EXPECT_EQ(duration_text(200.0), "3 min 20 s");
    EXPECT_EQ(duration_text(7500.0), "2 h 5 min");
    EXPECT_EQ(duration_text(std::numeric_limits<double>::infinity()), "?");
}

TEST(Numbers, AreReadable) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(60000), "60,000");
    EXPECT_EQ(grouped(1234567), "1,234,567");
    EXPECT_EQ(rate_text(950.0), "950");
    EXPECT_EQ(rate_text(12345.0), "12.3 k");
    EXPECT_EQ(rate_text(143210.0), "143 k");
    EXPECT_EQ(rate_text(1.25e6), "1.2 M");
}

}  // namespace
}  // namespace saltus
