// What constructors of models and values refuse.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <saltus/common/random.hpp>
#include <saltus/initializers/materialise.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/initializers/uniform.hpp>
#include <saltus/losses/sparse_categorical_crossentropy.hpp>
#include <saltus/metrics/metric.hpp>
#include <saltus/neurons/integrate_fire_input.hpp>
#include <saltus/neurons/leaky_integrate_fire_input.hpp>

#include "data/errors_of.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

const double kNan = std::nan("");
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ModelErrors, Neurons) {
    EXPECT_EQ(model_error([] { LeakyIntegrateFire({.v_thresh = kNan}); }),
              "[LeakyIntegrateFire] v_thresh is nan; give a finite number");
    EXPECT_EQ(model_error([] { LeakyIntegrateFire({.v_reset = -kInfinity}); }),
              "[LeakyIntegrateFire] v_reset is -inf; give a finite number");
    EXPECT_EQ(model_error([] { LeakyIntegrateFire({.v = kInfinity}); }),
              "[LeakyIntegrateFire] v is inf; give a finite number");
    EXPECT_EQ(model_error([] { LeakyIntegrateFire({.tau_mem = 0.0}); }),
              "[LeakyIntegrateFire] tau_mem is 0 ms; give a positive time");
    EXPECT_EQ(model_error([] {
                  LeakyIntegrateFire({.tau_mem = std::vector<double>{5.0, -1.0}});
              }),
              "[LeakyIntegrateFire] tau_mem is -1 ms; give a positive time");
    EXPECT_EQ(model_error([] {
                  LeakyIntegrateFire({.tau_mem = std::vector<double>{5.0, kNan}});
              }),
              "[LeakyIntegrateFire] tau_mem holds nan at element 1; give finite numbers only");
    EXPECT_EQ(model_error([] { LeakyIntegrateFire({.tau_refrac = -2.0}); }),
              "[LeakyIntegrateFire] tau_refrac is -2 ms; give a positive time");
    EXPECT_EQ(model_error([] { LeakyIntegrate({.tau_mem = -20.0}); }),
              "[LeakyIntegrate] tau_mem is -20 ms; give a positive time");
    EXPECT_EQ(model_error([] { LeakyIntegrate({.bias = kNan}); }),
              "[LeakyIntegrate] bias is nan; give a finite number");
    EXPECT_EQ(model_error([] { IntegrateFire({.v_thresh = kInfinity}); }),
              "[IntegrateFire] v_thresh is inf; give a finite number");
    EXPECT_EQ(error_of<ModelError>([] { LeakyIntegrate({.tau_mem = 0.0}); }).field("parameter"),
              "tau_mem");
}

TEST(ModelErrors, Inputs) {
    EXPECT_EQ(model_error([] { BinarySpikeInput({.input_frames = 0}); }),
              "[BinarySpikeInput] input_frames is 0; give at least 1");
    EXPECT_EQ(model_error([] { PoissonInput({.input_frame_timesteps = 0}); }),
              "[PoissonInput] input_frame_timesteps is 0; give at least 1");
    EXPECT_EQ(model_error([] {
                  IntegrateFireInput({.frames = {0, 1}});
              }),
              "[IntegrateFireInput] input_frames is 0; give at least 1");
    EXPECT_EQ(model_error([] { IntegrateFireInput({.neuron = {.v_thresh = kNan}}); }),
              "[IntegrateFireInput] v_thresh is nan; give a finite number");
    EXPECT_EQ(model_error([] { LeakyIntegrateFireInput({.neuron = {.tau_mem = -1.0}}); }),
              "[LeakyIntegrateFireInput] tau_mem is -1 ms; give a positive time");
    EXPECT_EQ(model_error([] {
                  LeakyIntegrateFireInput({.frames = {1, 0}});
              }),
              "[LeakyIntegrateFireInput] input_frame_timesteps is 0; give at least 1");
}

TEST(ModelErrors, Synapses) {
    EXPECT_EQ(model_error([] { Exponential(0.0); }),
              "[Exponential] tau is 0 ms; give a positive time");
    EXPECT_EQ(model_error([] { Exponential{kNan}; }),
              "[Exponential] tau is nan; give a finite number");
}

TEST(ModelErrors, Connectivity) {
    EXPECT_EQ(model_error([] { Dense(kNan, 0.0); }), "[Dense] weight is nan; give a finite number");
    EXPECT_EQ(model_error([] {
                  Dense(Array(Shape{1, 2}, {1.0, kInfinity}));
              }),
              "[Dense] weight holds inf at element 1; give finite numbers only");
    EXPECT_EQ(model_error([] { Dense(1.0, -1.0); }),
              "[Dense] delay is -1 timesteps; give a whole number between 0 and 1048576");
    EXPECT_EQ(model_error([] { Dense(1.0, 1e9); }),
              "[Dense] delay is 1e+09 timesteps; give a whole number between 0 and 1048576");
    EXPECT_EQ(model_error([] { Dense(1.0, kNan); }), "[Dense] delay is nan; give a finite number");
    EXPECT_EQ(model_error([] {
                  Dense(1.0, std::vector<double>{0.0, -2.5});
              }),
              "[Dense] delay is -2.5 timesteps; give a whole number between 0 and 1048576");
}

TEST(ModelErrors, Initializers) {
    EXPECT_EQ(
        model_error([] { Normal(0.0, -1.0); }),
        "[Normal] mean 0 and sd -1 do not describe a normal distribution; give finite numbers and "
        "sd >= 0");
    EXPECT_EQ(
        model_error([] { Normal(kNan, 1.0); }),
        "[Normal] mean nan and sd 1 do not describe a normal distribution; give finite numbers and "
        "sd >= 0");
    EXPECT_EQ(model_error([] { Uniform(2.0, 1.0); }),
              "[Uniform] bounds 2 and 1 do not describe an interval; give finite numbers with min "
              "<= max");
    EXPECT_EQ(
        model_error([] { Uniform(0.0, kInfinity); }),
        "[Uniform] bounds 0 and inf do not describe an interval; give finite numbers with min <= "
        "max");
    EXPECT_EQ(model_error([] { InitValue(std::shared_ptr<const Initializer>()); }),
              "[InitValue] the initializer is null; give a number or an initializer");
    EXPECT_EQ(
        model_error([] { initializer_by_name("norml"); }),
        "[InitValue] there is no initializer 'norml'; did you mean 'normal'? (known are "
        "exponential, glorot_normal, glorot_uniform, he_normal, he_uniform, identity, normal, "
        "orthogonal and uniform)");
    const RandomStream stream(1, RandomPurpose::kWeights, 0);
    EXPECT_EQ(
        model_error([&] {
            materialise(std::vector<double>{1.0, 2.0}, 3, stream, "Connection a->b", "weight");
        }),
        "[Connection a->b] weight has shape (2,), which holds 2 values, but 3 are needed; give one "
        "value for each");
}

TEST(ModelErrors, NamesOfReadoutsAndMetrics) {
    EXPECT_EQ(
        model_error([] { readout_by_name("avgvar"); }),
        "[Readout] there is no readout 'avgvar'; did you mean 'avg_var'? (known are var, sum_var, "
        "avg_var, avg_var_exp_weight, max_var, spike_count and first_spike_time)");
    EXPECT_EQ(
        model_error([] { metric_by_name("acuracy"); }),
        "[Metric] there is no metric 'acuracy'; did you mean 'accuracy'? (known are accuracy, "
        "top_5_accuracy, loss and mean_square_error)");
}

TEST(ModelErrors, LossAndOptimiser) {
    EXPECT_EQ(model_error([] { SparseCategoricalCrossentropy(0.0); }),
              "[SparseCategoricalCrossentropy] temperature is 0; give a positive number");
    EXPECT_EQ(model_error([] { (void)SparseCategoricalCrossentropy(kNan); }),
              "[SparseCategoricalCrossentropy] temperature is nan; give a positive number");
    EXPECT_EQ(model_error([] { Adam{.alpha = -1.0}.check(); }),
              "[Adam] alpha is -1; give a number of at least 0");
    EXPECT_EQ(model_error([] { Adam{.alpha = kNan}.check(); }),
              "[Adam] alpha is nan; give a number of at least 0");
    EXPECT_EQ(model_error([] { Adam{.beta1 = 1.0}.check(); }),
              "[Adam] beta1 is 1; give a number in [0, 1)");
    EXPECT_EQ(model_error([] { Adam{.beta2 = -0.1}.check(); }),
              "[Adam] beta2 is -0.1; give a number in [0, 1)");
    EXPECT_EQ(model_error([] { Adam{.epsilon = 0.0}.check(); }),
              "[Adam] epsilon is 0; give a number greater than 0");
}

}  // namespace
}  // namespace saltus::test
