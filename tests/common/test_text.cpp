#include <gtest/gtest.h>

#include "common/text.hpp"

namespace saltus {
namespace {

TEST(Text, FindsTheNearestName) {
    EXPECT_EQ(nearest_name("v_tresh", {"v_thresh", "v_reset", "tau_mem"}), "v_thresh");
    EXPECT_EQ(nearest_name("zebra", {"v_thresh", "tau_mem"}), "");
    EXPECT_EQ(nearest_name(std::string(100000, 'a'), {"v_thresh"}), "");
}

TEST(Text, SuggestsTheNearestAndListsTheRest) {
    EXPECT_EQ(suggest("dens", {"dense", "conv"}),
              "did you mean 'dense'? (known are dense and conv)");
    EXPECT_EQ(suggest("zebra", {"dense", "conv"}), "known are dense and conv");
    EXPECT_EQ(suggest("x", {}), "there is none to choose from");
}

}  // namespace
}  // namespace saltus
