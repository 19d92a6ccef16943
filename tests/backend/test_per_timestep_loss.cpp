// Losses of the output variable of every timestep.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/surrogate_compiler.hpp>
#include <saltus/losses/mean_square_error_loss.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kSteps = 18;

/// The options of either compiler.
template <typename Options>
Options options_on(const BackendOptions& backend) {
    Options options;
    options.example_timesteps = kSteps;
    options.per_timestep_loss = true;
    options.batch_size = 4;
    options.backend = backend;
    return options;
}

class PerTimestepLoss : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "there is no compiler";
    }

    Numbers numbers_{6};
    SpikeData data_ = random_spikes(numbers_, 4, 12, kSteps, 0.15, 3);
    std::string output_ = small_network({}).connections().back()->name();

    double limit() const { return GetParam().single_precision ? 1e-4 : 1e-9; }

    template <typename Compiler, typename Options>
    void check_gradient() {
        CompiledTrainingNetwork network =
            Compiler(options_on<Options>(GetParam().options)).compile(small_network({}));
        CompiledTrainingNetwork exact =
            Compiler(options_on<Options>(backend_case("reference64").options))
                .compile(small_network({}));
        const auto gradients = network.gradients(data_.inputs(), data_.targets());
        for (const auto& [name, gradient] : exact.gradients(data_.inputs(), data_.targets()))
            EXPECT_LT(relative_error(gradients.at(name).values, gradient.values), limit()) << name;
        // No spike depends on the weights of the output.
        Array weights = exact.weights(output_);
        std::vector<double> expected;
        for (double& weight : weights.values) {
            const double before = weight;
            double difference = 0.0;
            for (const double sign : {1.0, -1.0}) {
                weight = before + sign * 1e-5;
                exact.set_weights(output_, weights);
                difference += sign * exact.loss(data_.inputs(), data_.targets());
            }
            weight = before;
            expected.push_back(difference / 2e-5);
        }
        EXPECT_LT(relative_error(gradients.at(output_).values, expected), std::max(limit(), 1e-7));
    }
};

TEST_P(PerTimestepLoss, IsTheMeanOverAllSteps) {
    CompiledTrainingNetwork network =
        EventPropCompiler(options_on<EventPropOptions>(GetParam().options))
            .compile(small_network({}));
    double expected = 0.0;
    for (std::size_t example = 0; example < 4; ++example) {
        const Trace trace = network.trace(data_.inputs(), example);
        const std::vector<double>& v = trace.states.at("output.v").values;
        for (std::size_t step = 0; step < kSteps; ++step) {
            double sum = 0.0;
            for (std::size_t k = 0; k < 3; ++k)
                sum += std::exp(v[step * 3 + k]);
            const auto label = static_cast<std::size_t>(data_.labels[example]);
            expected += (std::log(sum) - v[step * 3 + label]) / (4.0 * kSteps);
        }
    }
    EXPECT_NEAR(network.loss(data_.inputs(), data_.targets()), expected, 1e-6);
}

TEST_P(PerTimestepLoss, HasTheGradientThatEventPropGives) {
    check_gradient<EventPropCompiler, EventPropOptions>();
}

TEST_P(PerTimestepLoss, HasTheGradientThatASurrogateGives) {
    check_gradient<SurrogateCompiler, SurrogateOptions>();
}

TEST_P(PerTimestepLoss, ComparesValuesThatStayTheSame) {
    EventPropOptions options = options_on<EventPropOptions>(GetParam().options);
    options.loss = std::make_shared<MeanSquareErrorLoss>();
    CompiledTrainingNetwork network = EventPropCompiler(options).compile(small_network({}));
    Array values(Shape{4, 3});
    Array of_steps(Shape{4, kSteps, 3});
    for (std::size_t k = 0; k < 12; ++k)
        values.values[k] = 0.1 * static_cast<double>(k);
    for (std::size_t k = 0; k < of_steps.size(); ++k)
        of_steps.values[k] = values.values[k / (kSteps * 3) * 3 + k % 3];
    const auto loss_of = [&](const Array& targets) {
        return network.loss(data_.inputs(), {{"output", std::make_shared<const Array>(targets)}});
    };
    EXPECT_NEAR(loss_of(values), loss_of(of_steps), 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Backends, PerTimestepLoss, testing::ValuesIn(all_backends()),
                         BackendLabel());

TEST(PerTimestepLossErrors, NeedAVariable) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    Population& output = network.population(
        LeakyIntegrateFire({.readout = std::make_shared<SpikeCount>()}), Shape{2}, "output");
    network.connect(input, output, Dense(1.0), Exponential(5.0));
    try {
        SurrogateCompiler(options_on<SurrogateOptions>({})).compile(network);
        ADD_FAILURE();
    } catch (const ModelError& error) {
        EXPECT_THAT(error.what(),
                    testing::HasSubstr("[Population output] its readout 'spike_count' is not one "
                                       "of a variable"));
    }
}

}  // namespace
}  // namespace saltus::test
