// e-prop: gradients against eligibility traces that are carried forward in time for every synapse,
// as the rule was published, and against the values of mlGeNN with its lags.
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/e_prop_compiler.hpp>
#include <saltus/compilers/surrogate_compiler.hpp>
#include <saltus/losses/mean_square_error_loss.hpp>
#include <saltus/neurons/user_neuron.hpp>

#include "support/hdf5_file.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

struct EPropCase {
    std::string label;
    bool adaptive = false;
    bool relative = true;
    bool delta = true;  ///< impulses into hidden neurons, otherwise exponential synapses
    double refractory = 0.0;
    std::size_t delay = 0;
    Feedback feedback = Feedback::kSymmetric;
    double c_reg = 0.3;
};

void PrintTo(const EPropCase& c, std::ostream* stream) {
    *stream << c.label;
}

constexpr std::size_t kInputs = 4;
constexpr std::size_t kHidden = 3;
constexpr std::size_t kOutputs = 2;
constexpr std::size_t kSteps = 40;
constexpr double kBeta = 0.3;
constexpr double kThreshold = 0.8;
constexpr double kTauReg = 30.0;
constexpr double kTarget = 40.0;

using Matrix = std::vector<double>;

std::vector<Matrix> weights_of(const EPropCase& c) {
    Numbers numbers(3);
    const auto random = [&](std::size_t count, double low, double high) {
        Matrix weights(count);
        for (double& weight : weights)
            weight = numbers.uniform(low, high);
        return weights;
    };
    const double scale = c.delta ? 1.0 : 0.3;
    return {random(kInputs * kHidden, 0.1 * scale, 0.6 * scale),
            random(kHidden * kHidden, -0.4 * scale, 0.5 * scale),
            random(kHidden * kOutputs, -0.5, 0.8)};
}

std::vector<std::vector<std::size_t>> input_steps() {
    Numbers numbers(9);
    std::vector<std::vector<std::size_t>> steps(kInputs);
    for (auto& input : steps) {
        for (std::size_t step = 0; step < kSteps; ++step)
            if (numbers.uniform() < 0.2) input.push_back(step);
    }
    return steps;
}

CompiledTrainingNetwork compile(const EPropCase& c, const BackendOptions& backend) {
    Network network(EPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{kInputs}, "input");
    AdaptiveLeakyIntegrateFireOptions options;
    options.v_thresh = kThreshold;
    options.v_reset = 0.1;
    options.relative_reset = c.relative;
    options.beta = c.adaptive ? kBeta : 0.0;
    options.tau_adapt = 25.0;
    if (c.refractory > 0.0) options.tau_refrac = c.refractory;
    Population& hidden =
        network.population(AdaptiveLeakyIntegrateFire(options), Shape{kHidden}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<SumVar>()}),
                                            Shape{kOutputs}, "output");
    const std::vector<Matrix> weights = weights_of(c);
    const auto connect = [&](Population& source, Population& target, std::size_t index, bool delta,
                             std::size_t delay) {
        const Array array(Shape{source.size(), target.size()}, weights[index]);
        const Dense dense(array, static_cast<double>(delay));
        if (delta) {
            network.connect(source, target, dense, Delta(), std::to_string(index));
        } else {
            network.connect(source, target, dense, Exponential(5.0), std::to_string(index));
        }
    };
    connect(input, hidden, 0, c.delta, c.delay);
    connect(hidden, hidden, 1, c.delta, c.delay);
    connect(hidden, output, 2, true, 0);
    EPropOptions compiler;
    compiler.example_timesteps = kSteps;
    compiler.c_reg = c.c_reg;
    compiler.tau_reg = kTauReg;
    compiler.f_target = kTarget;
    compiler.feedback = c.feedback;
    compiler.backend = backend;
    return EPropCompiler(compiler).compile(network);
}

/// The published form: every synapse carries an eligibility trace forward in time.
struct Online {
    const EPropCase& c;
    std::vector<Matrix> weights = weights_of(c);
    /// [output][hidden]
    Matrix feedback = {};
    std::vector<std::vector<std::size_t>> input = input_steps();

    struct Trace {
        double i = 0.0, v = 0.0, a = 0.0, filtered = 0.0;
    };
    struct Neuron {
        double i = 0.0, v = 0.0, a = 0.0, waiting = 0.0, rate = kTarget / 1000.0, psi = 0.0;
        bool spiked = false;
    };

    bool input_spikes(std::size_t k, std::size_t step) const {
        return std::find(input[k].begin(), input[k].end(), step) != input[k].end();
    }

    /// Gradients by input, recurrent and output weights.
    std::vector<Matrix> gradients() const {
        const double alpha = std::exp(-1.0 / 20.0);
        const double decay = std::exp(-1.0 / 5.0);
        const double rho = std::exp(-1.0 / 25.0);
        const double forget = std::exp(-1.0 / kTauReg);
        std::vector<Matrix> sums{Matrix(kInputs * kHidden), Matrix(kHidden * kHidden),
                                 Matrix(kHidden * kOutputs)};
        std::vector<std::vector<Trace>> traces{std::vector<Trace>(kInputs * kHidden),
                                               std::vector<Trace>(kHidden * kHidden)};
        std::vector<Neuron> hidden(kHidden);
        Matrix out(kOutputs);
        Matrix presynaptic(kHidden);  // filtered by the output
        std::vector<std::vector<bool>> spikes;
        const auto lag = 1 + c.delay;
        for (std::size_t step = 0; step < kSteps; ++step) {
            const auto arrives = [&](std::size_t matrix, std::size_t k) {
                if (step < lag) return false;
                return matrix == 0 ? input_spikes(k, step - lag) : spikes[step - lag][k] == 1;
            };
            // The output and its error in this step.
            for (std::size_t j = 0; j < kHidden; ++j)
                presynaptic[j] = alpha * presynaptic[j] + (step > 0 && spikes[step - 1][j] ? 1 : 0);
            double sum = 0.0;
            for (std::size_t k = 0; k < kOutputs; ++k) {
                out[k] = 0.0;
                for (std::size_t j = 0; j < kHidden; ++j)
                    out[k] += weights[2][j * kOutputs + k] * presynaptic[j];
                sum += std::exp(out[k]);
            }
            Matrix error(kOutputs);
            for (std::size_t k = 0; k < kOutputs; ++k) {
                error[k] = (std::exp(out[k]) / sum - (k == 1 ? 1.0 : 0.0)) / kSteps;
                for (std::size_t j = 0; j < kHidden; ++j)
                    sums[2][j * kOutputs + k] += error[k] * presynaptic[j];
            }
            // What synapses knew at the end of the last step meets it.
            for (std::size_t matrix = 0; matrix < 2; ++matrix) {
                for (std::size_t s = 0; s < traces[matrix].size(); ++s) {
                    const std::size_t j = s % kHidden;
                    double signal = 0.0;
                    for (std::size_t k = 0; k < kOutputs; ++k)
                        signal += feedback[k * kHidden + j] * error[k];
                    sums[matrix][s] += signal * traces[matrix][s].filtered;
                }
            }
            spikes.emplace_back(kHidden);
            for (std::size_t j = 0; j < kHidden; ++j) {
                Neuron& neuron = hidden[j];
                double input_current = 0.0;
                for (std::size_t matrix = 0; matrix < 2; ++matrix) {
                    for (std::size_t k = 0; k < traces[matrix].size() / kHidden; ++k)
                        if (arrives(matrix, k)) input_current += weights[matrix][k * kHidden + j];
                }
                neuron.i = (c.delta ? 0.0 : neuron.i) + input_current;
                neuron.waiting = std::max(0.0, neuron.waiting - 1.0);
                const double gain = c.delta ? 1.0 : 1.0 - alpha;
                neuron.v = alpha * neuron.v + gain * neuron.i * (c.delta ? 1.0 : 1.0 / (1 - alpha));
                neuron.a *= rho;
                neuron.i *= decay;
                const double x = neuron.v - (kThreshold + beta() * neuron.a);
                const bool free = neuron.waiting <= 0.0;
                neuron.psi =
                    free ? 0.3 / kThreshold * std::max(0.0, 1 - std::abs(x) / kThreshold) : 0.0;
                neuron.spiked = free && x >= 0.0;
                neuron.rate = forget * neuron.rate + (neuron.spiked ? 1 - forget : 0.0);
            }
            for (std::size_t matrix = 0; matrix < 2; ++matrix) {
                for (std::size_t s = 0; s < traces[matrix].size(); ++s) {
                    const Neuron& neuron = hidden[s % kHidden];
                    Trace& trace = traces[matrix][s];
                    trace.i = (c.delta ? 0.0 : trace.i) + (arrives(matrix, s / kHidden) ? 1 : 0);
                    trace.v = alpha * trace.v + trace.i;
                    trace.i *= decay;
                    trace.a *= rho;
                    const double e = neuron.psi * (trace.v - beta() * trace.a);
                    trace.filtered = alpha * trace.filtered + e;
                    sums[matrix][s] += c.c_reg / kSteps * (neuron.rate - kTarget / 1000.0) * e;
                    trace.a += e;
                    if (neuron.spiked && !c.relative) trace.v = 0.0;
                }
            }
            for (std::size_t j = 0; j < kHidden; ++j) {
                Neuron& neuron = hidden[j];
                spikes.back()[j] = neuron.spiked;
                if (!neuron.spiked) continue;
                neuron.v = c.relative ? neuron.v - (kThreshold - 0.1) : 0.1;
                neuron.a += 1.0;
                neuron.waiting = c.refractory;
            }
        }
        return sums;
    }

    double beta() const { return c.adaptive ? kBeta : 0.0; }
};

Matrix transposed(const Matrix& weights) {
    Matrix result;
    for (std::size_t k = 0; k < kOutputs; ++k)
        for (std::size_t j = 0; j < kHidden; ++j)
            result.push_back(weights[j * kOutputs + k]);
    return result;
}

class EPropGradients : public testing::TestWithParam<EPropCase> {
  protected:
    Inputs inputs_ = {
        {"input", std::shared_ptr<const GridSpikes>(spikes_at(input_steps(), kSteps, 1.0))}};
    Labels labels_ = {{"output", {1}}};
};

TEST_P(EPropGradients, EqualEligibilityTracesCarriedForward) {
    CompiledTrainingNetwork network = compile(GetParam(), backend_case("reference64").options);
    Online online{GetParam()};
    online.feedback = transposed(weights_of(GetParam())[2]);
    const std::vector<FeedbackPlan>& drawn = network.plan().feedbacks;
    if (GetParam().feedback == Feedback::kRandom) online.feedback.assign(kHidden * kOutputs, 0.0);
    for (const FeedbackPlan& feedback : drawn) {
        for (std::size_t k = 0; k < online.feedback.size(); ++k)
            online.feedback[k] += feedback.weights[k];
    }
    EXPECT_EQ(drawn.size(), GetParam().feedback == Feedback::kSymmetric ? 0U : 1U);
    const auto gradients = network.gradients(inputs_, labels_);
    const std::vector<Matrix> expected = online.gradients();
    for (std::size_t index = 0; index < 3; ++index) {
        const std::vector<double>& gradient = gradients.at(std::to_string(index)).values;
        EXPECT_GT(largest(expected[index]), 1e-4);
        EXPECT_LT(relative_error(gradient, expected[index]), 1e-10) << "connection " << index;
    }
}

TEST_P(EPropGradients, AreTheSameOnEveryBackend) {
    CompiledTrainingNetwork reference = compile(GetParam(), backend_case("reference64").options);
    const auto expected = reference.gradients(inputs_, labels_);
    for (const BackendCase& backend : all_backends()) {
        if (!can_run(backend)) continue;
        SCOPED_TRACE(backend.label);
        CompiledTrainingNetwork network = compile(GetParam(), backend.options);
        for (const auto& [name, gradient] : network.gradients(inputs_, labels_))
            EXPECT_LT(relative_error(gradient.values, expected.at(name).values), 1e-4) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, EPropGradients,
    testing::Values(EPropCase{.label = "plain", .c_reg = 0.0}, EPropCase{.label = "rate"},
                    EPropCase{.label = "adaptive", .adaptive = true},
                    EPropCase{.label = "absolute", .adaptive = true, .relative = false},
                    EPropCase{.label = "refractory", .adaptive = true, .refractory = 3.0},
                    EPropCase{.label = "delayed", .delay = 3},
                    EPropCase{.label = "exponential", .adaptive = true, .delta = false, .delay = 1},
                    EPropCase{.label = "random", .adaptive = true, .feedback = Feedback::kRandom},
                    EPropCase{.label = "adapting", .feedback = Feedback::kAdaptive}),
    BackendLabel());

TEST(EProp, AdaptiveFeedbackBecomesSymmetric) {
    Numbers numbers(5);
    const SpikeData data = random_spikes(numbers, 8, 12, 30, 0.1, 3);
    const auto gradient_after = [&](Feedback feedback, std::size_t epochs, double decay) {
        EPropOptions options;
        options.example_timesteps = 30;
        options.optimiser = Adam{.alpha = 0.0};  // weights stay, updates count
        options.feedback = feedback;
        options.feedback_decay = decay;
        options.batch_size = 8;
        CompiledTrainingNetwork network = EPropCompiler(options).compile(small_network({}));
        TrainOptions training;
        training.num_epochs = epochs;
        network.train(data.inputs(), data.targets(), training);
        return network.gradients(data.inputs(), data.targets())
            .at(network.plan().connections[0].name)
            .values;
    };
    const std::vector<double> symmetric = gradient_after(Feedback::kSymmetric, 1, 0.1);
    EXPECT_GT(relative_error(gradient_after(Feedback::kAdaptive, 1, 0.1), symmetric), 0.05);
    EXPECT_EQ(gradient_after(Feedback::kAdaptive, 1, 1.0), symmetric);
    EXPECT_LT(relative_error(gradient_after(Feedback::kAdaptive, 100, 0.1), symmetric), 1e-3);
}

TEST(EProp, LearnsWithTheSameBitsForAnyNumberOfThreads) {
    Numbers numbers(2);
    const SpikeData data = separable_spikes(numbers, 60, 12, 25, 3);
    for (const Feedback feedback : {Feedback::kSymmetric, Feedback::kRandom, Feedback::kAdaptive}) {
        std::map<int, std::vector<double>> weights;
        for (const int threads : {1, 2, 3}) {
            EPropOptions options;
            options.example_timesteps = 25;
            options.batch_size = 8;
            options.optimiser = Adam{.alpha = 0.01};
            options.feedback = feedback;
            options.backend.threads = threads;
            CompiledTrainingNetwork network = EPropCompiler(options).compile(
                small_network({.hidden = 100, .recurrent = threads == 3}));
            TrainOptions training;
            training.num_epochs = 20;
            const auto results = network.train(data.inputs(), data.targets(), training);
            EXPECT_LT(results.back().metrics.at("loss"), 0.8 * results.front().metrics.at("loss"))
                << threads;
            weights[threads] = network.weights(network.plan().connections[0].name).values;
        }
        EXPECT_EQ(weights[1], weights[2]);
    }
}

/// hidden1 -> hidden2 -> output: no output reads the first.
TEST(EProp, PopulationsThatNoOutputReadsLearnFromRandomFeedback) {
    Network network(EPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{12}, "input");
    Population& first = network.population(LeakyIntegrateFire(), Shape{20}, "first");
    Population& second = network.population(LeakyIntegrateFire(), Shape{20}, "second");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{3}, "output");
    Numbers numbers(1);
    network.connect(input, first, Dense(numbers.dyadic(12, 20, 0.3, 0.2)), Delta());
    network.connect(first, second, Dense(numbers.dyadic(20, 20, 0.1, 0.1)), Delta());
    network.connect(second, output, Dense(numbers.dyadic(20, 3, 0.0, 0.2)), Delta());
    EPropOptions options;
    options.example_timesteps = 25;
    CompiledTrainingNetwork compiled = EPropCompiler(options).compile(network);
    ASSERT_EQ(compiled.plan().feedbacks.size(), 1U);
    EXPECT_EQ(compiled.plan().populations[compiled.plan().feedbacks[0].source].name, "first");
    const SpikeData data = separable_spikes(numbers, 60, 12, 25, 3);
    const auto gradients = compiled.gradients(data.inputs(), data.targets());
    for (const auto& [name, gradient] : gradients)
        EXPECT_GT(largest(gradient.values), 0.0) << name;
}

/// A neuron that e-prop was never written down for, as its equations.
// Without recurrence nothing is left out, so that these are surrogate gradients.
TEST(EProp, GreatestOutputsLearnAsWithSurrogateGradients) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{kInputs}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{kHidden}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<MaxVar>()}),
                                            Shape{kOutputs}, "output");
    const std::vector<Matrix> weights = weights_of({});
    network.connect(input, hidden, Dense(Array(Shape{kInputs, kHidden}, weights[0])), Delta(), "0");
    network.connect(hidden, output, Dense(Array(Shape{kHidden, kOutputs}, weights[2])), Delta(),
                    "1");
    const Inputs inputs{
        {"input", std::shared_ptr<const GridSpikes>(spikes_at(input_steps(), kSteps, 1.0))}};
    const Labels labels{{"output", {1}}};
    for (const BackendCase& backend : all_backends()) {
        if (!can_run(backend)) continue;
        SCOPED_TRACE(backend.label);
        EPropOptions options;
        options.example_timesteps = kSteps;
        options.per_timestep_loss = false;
        options.c_reg = 0.0;
        options.surrogate = Surrogate::fast_sigmoid();
        options.backend = backend.options;
        const auto gradients = EPropCompiler(options).compile(network).gradients(inputs, labels);
        SurrogateOptions same;
        same.example_timesteps = kSteps;
        same.surrogate = Surrogate::fast_sigmoid();
        same.backend = backend.options;
        const auto expected = SurrogateCompiler(same).compile(network).gradients(inputs, labels);
        for (const auto& [name, gradient] : expected) {
            EXPECT_GT(largest(gradient.values), 1e-3) << name;
            EXPECT_LT(relative_error(gradients.at(name).values, gradient.values), 1e-5) << name;
        }
    }
}

TEST(EProp, TrainsAnyDeclaredNeuron) {
    NeuronDeclaration declaration;
    declaration.parameters = {{"tau", 20.0, "ms", ""}, {"tau_w", 30.0, "ms", ""}};
    declaration.states = {{"v", 0.0, ""}, {"w", 0.0, ""}};
    declaration.equations = {"dv/dt = (-v + v * v / 4 - w) / tau + i", "dw/dt = -w / tau_w"};
    declaration.threshold = "v >= 1";
    declaration.reset = {"v = 0", "w = w + 0.2"};
    declaration.output = "v";
    Network network;
    Population& input = network.population(SpikeInput(), Shape{12}, "input");
    Population& hidden = network.population(UserNeuron(declaration), Shape{20}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{3}, "output");
    Numbers numbers(1);
    network.connect(input, hidden, Dense(numbers.dyadic(12, 20, 0.3, 0.2)), Delta());
    network.connect(hidden, hidden, Dense(numbers.dyadic(20, 20, 0.0, 0.1)), Delta());
    network.connect(hidden, output, Dense(numbers.dyadic(20, 3, 0.0, 0.2)), Exponential());
    const SpikeData data = separable_spikes(numbers, 60, 12, 25, 3);
    std::map<std::string, Array> expected;
    for (const char* backend : {"reference64", "cpu_interpreted"}) {
        EPropOptions options;
        options.example_timesteps = 25;
        options.optimiser = Adam{.alpha = 0.01};
        options.backend = backend_case(backend).options;
        CompiledTrainingNetwork compiled = EPropCompiler(options).compile(network);
        const auto gradients = compiled.gradients(data.inputs(), data.targets());
        if (expected.empty()) expected = gradients;
        for (const auto& [name, gradient] : gradients)
            EXPECT_LT(relative_error(gradient.values, expected.at(name).values), 1e-4) << name;
        TrainOptions training;
        training.num_epochs = 10;
        const auto results = compiled.train(data.inputs(), data.targets(), training);
        EXPECT_LT(results.back().metrics.at("loss"), 0.8 * results.front().metrics.at("loss"));
    }
}

TEST(EProp, NeuronsThatBeginAtTheirThresholdNeedASurrogate) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    LeakyIntegrateFireOptions neuron;
    neuron.v = 1.0;
    neuron.readout = std::make_shared<SpikeCount>();
    Population& output = network.population(LeakyIntegrateFire(neuron), Shape{2}, "output");
    network.connect(input, output, Dense(1.0), Delta());
    EPropOptions options;
    options.example_timesteps = 5;
    options.per_timestep_loss = false;
    try {
        EPropCompiler(options).compile(network);
        FAIL();
    } catch (const ModelError& error) {
        EXPECT_STREQ(error.what(),
                     "[Population output] its neurons begin at their threshold, so that there is "
                     "no scale for the surrogate of e-prop; begin below the threshold, or give a "
                     "surrogate");
    }
    options.surrogate = Surrogate::triangle();
    EXPECT_NO_THROW(EPropCompiler(options).compile(network));
}

// ---- the values of mlGeNN ----

/// How far a gradient is from another one of any positive scale, relative to that.
double shape_error(const std::vector<double>& gradient, const std::vector<double>& expected) {
    double product = 0.0;
    double square = 0.0;
    for (std::size_t k = 0; k < gradient.size(); ++k) {
        product += gradient[k] * expected[k];
        square += gradient[k] * gradient[k];
    }
    EXPECT_GT(product, 0.0);
    std::vector<double> scaled = gradient;
    for (double& value : scaled)
        value *= product / square;
    return relative_error(scaled, expected);
}

class EPropOracle : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "there is no compiler";
    }
};

TEST_P(EPropOracle, GradientsAgreeWithTheLagsSwitchedOn) {
    const Hdf5File file("eprop.h5");
    const std::vector<std::string> names = file.members("cases");
    EXPECT_EQ(names.size(), 6U);
    for (const std::string& name : names) {
        SCOPED_TRACE(name);
        const std::string path = "cases/" + name;
        AdaptiveLeakyIntegrateFireOptions neuron;
        neuron.v_thresh = 0.6;
        neuron.tau_mem = 20.0;
        neuron.tau_refrac = 5.0;
        neuron.tau_adapt = 200.0;
        neuron.beta = file.text(path, "neuron") == "alif" ? 0.0174 : 0.0;
        Network network(EPropCompiler::default_params());
        Population& input = network.population(SpikeInput(), Shape{20}, "input");
        Population& hidden =
            network.population(AdaptiveLeakyIntegrateFire(neuron), Shape{15}, "hidden");
        Population& output = network.population(
            LeakyIntegrate(
                {.tau_mem = 20.0, .readout = readout_by_name(file.text(path, "readout"))}),
            Shape{5}, "output");
        network.connect(input, hidden, Dense(file.array("w_ih")), Delta(), "ih");
        network.connect(hidden, output, Dense(file.array("w_ho")), Delta(), "ho");
        if (file.number(path, "recurrent") != 0.0)
            network.connect(hidden, hidden, Dense(file.array("w_hh")), Delta(), "hh");
        const bool of_values = file.text(path, "loss") == "mse";
        EPropOptions options;
        options.example_timesteps = 40;
        options.batch_size = 1;
        options.c_reg = file.number(path, "c_reg") * (of_values ? 2.0 / 5.0 : 1.0);
        // mlGeNN sums up errors there, as if the bias did not last.
        options.train_output_bias = false;
        options.mlgenn_lags = true;
        options.backend = GetParam().options;
        if (of_values) options.loss = std::make_shared<MeanSquareErrorLoss>();
        CompiledTrainingNetwork compiled = EPropCompiler(options).compile(network);

        const Array times = file.array("in_spike_t");
        const Array ids = file.array("in_spike_id");
        auto trains = std::make_shared<SpikeTrains>(20);
        std::vector<Spike> spikes;
        for (std::size_t k = 0; k < times.size(); ++k)
            spikes.push_back({static_cast<std::uint32_t>(ids.values[k]), times.values[k]});
        trains->append(spikes);
        const Inputs inputs{{"input", std::shared_ptr<const SpikeTrains>(trains)}};

        const Trace trace = compiled.trace(inputs, 0);
        EXPECT_LE(
            absolute_error(trace.states.at("hidden.v").values, file.array(path + "/V_hid").values),
            2e-4);
        EXPECT_LE(
            absolute_error(trace.states.at("output.v").values, file.array(path + "/V_out").values),
            2e-4);
        Labels labels{{"output", {static_cast<std::int32_t>(file.number("/", "label"))}}};
        if (of_values) {
            Array wanted = file.array("y_mse");
            wanted.shape = Shape{1, 40, 5};
            labels = {{"output", std::make_shared<const Array>(std::move(wanted))}};
        }
        for (const auto& [connection, gradient] : compiled.gradients(inputs, labels)) {
            const Array expected = file.array(path + "/grad_" + connection);
            EXPECT_LT(shape_error(gradient.values, expected.values), 1e-4) << connection;
        }
    }
}

/// A worked example: one input neuron, one hidden neuron that excites itself, two outputs.
TEST_P(EPropOracle, WorkedExampleAgrees) {
    for (const bool adaptive : {false, true}) {
        Network network(EPropCompiler::default_params());
        Population& input = network.population(SpikeInput(), Shape{1}, "input");
        AdaptiveLeakyIntegrateFireOptions neuron;
        neuron.v_thresh = 0.6;
        neuron.tau_mem = 20.0;
        neuron.tau_refrac = 2.0;
        neuron.tau_adapt = 200.0;
        neuron.beta = adaptive ? 0.5 : 0.0;
        Population& hidden =
            network.population(AdaptiveLeakyIntegrateFire(neuron), Shape{1}, "hidden");
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<SumVar>()}), Shape{2}, "output");
        network.connect(input, hidden, Dense(0.35), Delta(), "in");
        network.connect(hidden, hidden, Dense(-0.2), Delta(), "rec");
        network.connect(hidden, output, Dense(Array(Shape{1, 2}, {0.5, -0.2})), Delta(), "out");
        EPropOptions options;
        options.example_timesteps = 8;
        options.batch_size = 1;
        options.mlgenn_lags = true;
        options.backend = GetParam().options;
        CompiledTrainingNetwork compiled = EPropCompiler(options).compile(network);
        const Inputs inputs{
            {"input", std::shared_ptr<const GridSpikes>(spikes_at({{0, 1, 3, 5, 6}}, 8, 1.0))}};
        const auto gradients = compiled.gradients(inputs, {{"output", {0}}});
        // Losses are means over 8 steps; there, gradients are sums.
        const auto sum_of = [&](const char* name) { return 8.0 * gradients.at(name).values[0]; };
        EXPECT_NEAR(sum_of("in"), adaptive ? -2.0365197 : -3.3398358, 2e-5);
        EXPECT_NEAR(sum_of("rec"), adaptive ? -0.6093832 : -0.9044317, 1e-5);
        EXPECT_NEAR(sum_of("out"), adaptive ? sum_of("out") : -1.851885, 1e-5);
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, EPropOracle, testing::ValuesIn(all_backends()), BackendLabel());

}  // namespace
}  // namespace saltus::test
