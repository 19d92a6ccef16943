#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

TEST(Error, ReadsWhereWhatAndAdvice) {
    const ModelError error =
        ModelError("Population hidden", "has no input", "connect something to it")
            .with("population", "hidden");
    EXPECT_STREQ(error.what(), "[Population hidden] has no input; connect something to it");
    EXPECT_EQ(error.field("population"), "hidden");
    EXPECT_EQ(error.field("connection"), "");
}

TEST(Error, OfAPartSaysOfWhat) {
    const ModelError part = ModelError("Example 3", "is late", "wait").with("example", "3");
    const ModelError error = part.within("Input pixels");
    EXPECT_STREQ(error.what(), "[Input pixels, Example 3] is late; wait");
    EXPECT_EQ(error.field("example"), "3");
}

TEST(Error, KindsAreDistinctByBlame) {
    EXPECT_THROW(throw RuntimeFault("file x", "cannot be opened", "check the path"), Error);
    const InternalError defect("plan", "no buffer");
    EXPECT_NE(std::string(defect.what()).find("report it"), std::string::npos);
}

}  // namespace
}  // namespace saltus
