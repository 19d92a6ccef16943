// Warnings of hidden populations that never spike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <saltus/common/log.hpp>

#include "runtime/compiled.hpp"

namespace saltus::test {
namespace {

class Warnings {
  public:
    Warnings() {
        set_log_handler([this](LogLevel level, const std::string& message) {
            if (level == LogLevel::kWarning) texts.push_back(message);
        });
    }
    ~Warnings() { set_log_handler({}); }
    std::vector<std::string> texts;
};

void set_all(CompiledTrainingNetwork& network, const std::string& connection, double value) {
    Array weights = network.weights(connection);
    std::fill(weights.values.begin(), weights.values.end(), value);
    network.set_weights(connection, weights);
}

class Silence : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "there is no compiler";
    }
};

TEST_P(Silence, IsToldOnceARun) {
    Compiled compiled(GetParam().options);
    set_all(compiled.network, "input->hidden", 0.001);
    Warnings warnings;
    compiled.train({.num_epochs = 3});
    ASSERT_EQ(warnings.texts.size(), 1U);
    EXPECT_THAT(warnings.texts[0],
                testing::HasSubstr("population 'hidden' has not spiked in epoch 0"));
    EXPECT_THAT(warnings.texts[0], testing::HasSubstr("its state 'v' reached 0.00"));
    EXPECT_THAT(warnings.texts[0],
                testing::HasSubstr("spikes an example of 'input' through 'input->hidden' "
                                   "(mean weight 0.001)"));
    compiled.train({.num_epochs = 2, .start_epoch = 3});
    EXPECT_EQ(warnings.texts.size(), 2U);
}

TEST_P(Silence, IsNoneWhereOneNeuronSpikesOnce) {
    Compiled compiled(GetParam().options);
    Warnings warnings;
    compiled.train({.num_epochs = 2});
    EXPECT_THAT(warnings.texts, testing::IsEmpty());
    // Negative weights keep all but one neuron from spiking.
    Array weights = compiled.network.weights("input->hidden");
    for (std::size_t k = 0; k < weights.values.size(); ++k)
        weights.values[k] = k % 10 == 9 ? 2.0 : -1.0;
    compiled.network.set_weights("input->hidden", weights);
    compiled.train({.num_epochs = 1});
    EXPECT_THAT(warnings.texts, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Backends, Silence, testing::ValuesIn(all_backends()), BackendLabel());

}  // namespace
}  // namespace saltus::test
