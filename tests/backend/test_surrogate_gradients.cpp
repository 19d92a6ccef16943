// Surrogate gradients against automatic differentiation (dual numbers) of a network that is written
// down by hand, and the same on every backend.
#include <cmath>
#include <functional>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/e_prop_compiler.hpp>
#include <saltus/compilers/surrogate_compiler.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

/// A value and its derivative by one weight or parameter.
struct Dual {
    double value = 0.0;
    double slope = 0.0;
};
Dual operator+(Dual a, Dual b) {
    return {a.value + b.value, a.slope + b.slope};
}
Dual operator-(Dual a, Dual b) {
    return {a.value - b.value, a.slope - b.slope};
}
Dual operator*(Dual a, Dual b) {
    return {a.value * b.value, a.slope * b.value + a.value * b.slope};
}

struct SurrogateCase {
    std::string label;
    Surrogate surrogate = Surrogate::fast_sigmoid();
    std::function<double(double)> psi = [](double x) { return std::pow(1 + 25 * std::abs(x), -2); };
    bool adaptive = false;
    bool relative = true;
    bool detach = true;
    double refractory = 0.0;
    bool hold = false;
    bool delta = false;
    std::size_t delay = 0;
    bool spiking_output = false;
    bool greatest = false;  ///< whether the greatest voltage is read
    bool fold = true;
};

void PrintTo(const SurrogateCase& surrogate_case, std::ostream* stream) {
    *stream << surrogate_case.label;
}

constexpr std::size_t kInputs = 4;
constexpr std::size_t kHidden = 3;
constexpr std::size_t kOutputs = 2;
constexpr std::size_t kSteps = 30;
constexpr double kBeta = 0.3;
constexpr double kTauAdapt = 40.0;

Dual exp(Dual a) {
    return {std::exp(a.value), std::exp(a.value) * a.slope};
}
Dual operator/(Dual a, Dual b) {
    return {a.value / b.value, a.slope / b.value - a.value * b.slope / (b.value * b.value)};
}

/// Parameters of the hidden layer and of its synapses.
enum class Parameter { kNone, kThreshold, kReset, kTauMem, kOfBeta, kOfTauAdapt, kTauSyn };

struct Parameters {
    Dual v_thresh{1.0};
    Dual v_reset{0.1};
    Dual tau_mem{20.0};
    Dual beta{kBeta};
    Dual tau_adapt{kTauAdapt};
    Dual tau_syn{5.0};

    /// @param varied which one to differentiate by.
    static Parameters of(Parameter varied) {
        Parameters p;
        const std::pair<Parameter, Dual*> all[] = {
            {Parameter::kThreshold, &p.v_thresh},   {Parameter::kReset, &p.v_reset},
            {Parameter::kTauMem, &p.tau_mem},       {Parameter::kOfBeta, &p.beta},
            {Parameter::kOfTauAdapt, &p.tau_adapt}, {Parameter::kTauSyn, &p.tau_syn}};
        for (const auto& [parameter, value] : all)
            if (parameter == varied) value->slope = 1.0;
        return p;
    }
};

using Weights = std::vector<std::vector<double>>;

/// [input][hidden], [hidden][hidden], [hidden][output]
Weights weights_of(const SurrogateCase& c) {
    Numbers numbers(11);
    const double scale = c.delta ? 8.0 : 1.0;
    const auto random = [&](std::size_t count, double low, double high) {
        std::vector<double> weights(count);
        for (double& weight : weights)
            weight = scale * numbers.uniform(low, high);
        return weights;
    };
    return {random(kInputs * kHidden, 0.5, 2.5), random(kHidden * kHidden, -1.0, 1.5),
            random(kHidden * kOutputs, -0.5, 2.0)};
}

using Steps = std::vector<std::vector<std::size_t>>;  ///< by input: steps of its spikes

Steps input_steps() {
    Numbers numbers(4);
    Steps steps(kInputs);
    for (auto& input : steps) {
        for (std::size_t step = 0; step < kSteps; ++step)
            if (numbers.uniform() < 0.15) input.push_back(step);
    }
    return steps;
}

/// One layer of (adaptive) leaky integrate-and-fire neurons.
struct Layer {
    const SurrogateCase& c;
    std::vector<Dual> v;
    std::vector<Dual> a;
    std::vector<Dual> i;
    std::vector<double> waiting;
    std::vector<std::vector<Dual>> spikes;

    Parameters p;

    Layer(const SurrogateCase& surrogate_case, std::size_t size,
          Parameter varied = Parameter::kNone)
        : c(surrogate_case),
          v(size),
          a(size),
          i(size),
          waiting(size, 0.0),
          p(Parameters::of(varied)) {}

    void step() {
        const Dual alpha = exp(Dual{-1.0} / p.tau_mem);
        spikes.emplace_back();
        for (std::size_t j = 0; j < v.size(); ++j) {
            const bool was_waiting = waiting[j] > 0.0;
            if (was_waiting) waiting[j] -= 1.0;
            const bool free = !(waiting[j] > 0.0);
            if (!(was_waiting && c.hold)) v[j] = alpha * v[j] + (Dual{1.0} - alpha) * i[j];
            a[j] = exp(Dual{-1.0} / p.tau_adapt) * a[j];
            i[j] = c.delta ? Dual{} : exp(Dual{-1.0} / p.tau_syn) * i[j];
            const Dual x = v[j] - (p.v_thresh + (c.adaptive ? p.beta : Dual{}) * a[j]);
            Dual z;
            if (free) z = {x.value >= 0.0 ? 1.0 : 0.0, c.psi(x.value) * x.slope};
            const Dual reset = c.relative ? v[j] - (p.v_thresh - p.v_reset) : p.v_reset;
            v[j] = v[j] + (c.detach ? Dual{z.value} : z) * (reset - v[j]);
            a[j] = a[j] + z;
            if (z.value > 0.0) waiting[j] = c.refractory;
            spikes.back().push_back(z);
        }
    }
};

/// The loss and its derivative by one weight or parameter of the hidden layer. The synapses of its
/// two connections have one time constant together.
Dual loss_of(const SurrogateCase& c, std::size_t connection, std::size_t element,
             Parameter varied = Parameter::kNone) {
    const Weights weights = weights_of(c);
    const Steps input = input_steps();
    const auto weight = [&](std::size_t index, std::size_t k) {
        return Dual{weights[index][k], index == connection && k == element ? 1.0 : 0.0};
    };
    Layer hidden(c, kHidden, varied);
    Layer output(c, kOutputs);
    std::vector<Dual> mean(kOutputs);
    std::vector<Dual> readout(kOutputs);
    const std::size_t lag = 1 + c.delay;
    for (std::size_t step = 0; step < kSteps; ++step) {
        for (std::size_t k = 0; k < kInputs && step >= lag; ++k) {
            if (std::count(input[k].begin(), input[k].end(), step - lag) == 0) continue;
            for (std::size_t j = 0; j < kHidden; ++j)
                hidden.i[j] = hidden.i[j] + weight(0, k * kHidden + j);
        }
        for (std::size_t k = 0; k < kHidden && step >= lag; ++k) {
            const Dual spike = hidden.spikes[step - lag][k];
            for (std::size_t j = 0; j < kHidden; ++j)
                hidden.i[j] = hidden.i[j] + spike * weight(1, k * kHidden + j);
            for (std::size_t j = 0; j < kOutputs; ++j)
                output.i[j] = output.i[j] + spike * weight(2, k * kOutputs + j);
        }
        hidden.step();
        if (c.spiking_output) {
            output.step();
            for (std::size_t j = 0; j < kOutputs; ++j)
                readout[j] = readout[j] + output.spikes[step][j];
            continue;
        }
        const double alpha = std::exp(-1.0 / 20.0);
        for (std::size_t j = 0; j < kOutputs; ++j) {
            output.v[j] = Dual{alpha} * output.v[j] + Dual{1.0 - alpha} * output.i[j];
            output.i[j] = c.delta ? Dual{} : Dual{std::exp(-1.0 / 5.0)} * output.i[j];
            if (c.greatest) {
                if (output.v[j].value > readout[j].value) readout[j] = output.v[j];
                continue;
            }
            readout[j] = readout[j] + Dual{1.0 / kSteps} * output.v[j];
        }
    }
    // Cross-entropy of class 1.
    const double e0 = std::exp(readout[0].value);
    const double e1 = std::exp(readout[1].value);
    const double p0 = e0 / (e0 + e1);
    return {std::log(e0 + e1) - readout[1].value, p0 * (readout[0].slope - readout[1].slope)};
}

/// @param trains whether all parameters of the hidden layer are trained.
CompiledTrainingNetwork compile(const SurrogateCase& c, const BackendOptions& backend,
                                bool trains = false) {
    const auto neuron = [&](std::shared_ptr<const Readout> readout) -> std::unique_ptr<Neuron> {
        const bool marked = trains && readout == nullptr;
        const auto value = [&](double number) {
            return marked ? trainable(number) : InitValue(number);
        };
        const auto set = [&](auto options) {
            options.v_thresh = value(1.0);
            options.v_reset = value(0.1);
            options.tau_mem = value(20.0);
            options.relative_reset = c.relative;
            options.scale_i = true;
            options.readout = readout;
            if (c.refractory > 0.0) options.tau_refrac = c.refractory;
            options.integrate_during_refrac = !c.hold;
            return options;
        };
        if (!c.adaptive)
            return std::make_unique<LeakyIntegrateFire>(set(LeakyIntegrateFireOptions()));
        AdaptiveLeakyIntegrateFireOptions options = set(AdaptiveLeakyIntegrateFireOptions());
        options.beta = value(kBeta);
        options.tau_adapt = value(kTauAdapt);
        return std::make_unique<AdaptiveLeakyIntegrateFire>(options);
    };
    Network network;
    Population& input = network.population(SpikeInput(), Shape{kInputs}, "input");
    Population& hidden = network.population(*neuron(nullptr), Shape{kHidden}, "hidden");
    LeakyIntegrateOptions leaky;
    leaky.scale_i = true;
    leaky.readout = std::make_shared<AvgVar>();
    if (c.greatest) leaky.readout = std::make_shared<MaxVar>();
    Population& output =
        c.spiking_output
            ? network.population(*neuron(std::make_shared<SpikeCount>()), Shape{kOutputs}, "output")
            : network.population(LeakyIntegrate(leaky), Shape{kOutputs}, "output");
    const Weights weights = weights_of(c);
    const auto connect = [&](Population& source, Population& target, std::size_t index) {
        const Array array(Shape{source.size(), target.size()}, weights[index]);
        const Dense dense(array, static_cast<double>(c.delay));
        if (c.delta) {
            network.connect(source, target, dense, Delta(), std::to_string(index));
        } else {
            const bool marked = trains && index < 2;
            network.connect(source, target, dense,
                            Exponential(marked ? trainable(5.0) : InitValue(5.0)),
                            std::to_string(index));
        }
    };
    connect(input, hidden, 0);
    connect(hidden, hidden, 1);
    connect(hidden, output, 2);
    SurrogateOptions options;
    options.example_timesteps = kSteps;
    options.surrogate = c.surrogate;
    options.detach_reset = c.detach;
    options.fold_readouts = c.fold;
    options.backend = backend;
    return SurrogateCompiler(options).compile(network);
}

class SurrogateGradients : public testing::TestWithParam<SurrogateCase> {
  protected:
    Inputs inputs_ = {
        {"input", std::shared_ptr<const GridSpikes>(spikes_at(input_steps(), kSteps, 1.0))}};
    Labels labels_ = {{"output", {1}}};
};

TEST_P(SurrogateGradients, EqualAutomaticDifferentiation) {
    CompiledTrainingNetwork network = compile(GetParam(), backend_case("reference64").options);
    EXPECT_NEAR(network.loss(inputs_, labels_), loss_of(GetParam(), 0, 0).value, 1e-13);
    const auto gradients = network.gradients(inputs_, labels_);
    for (std::size_t index = 0; index < 3; ++index) {
        const std::vector<double>& gradient = gradients.at(std::to_string(index)).values;
        std::vector<double> expected;
        for (std::size_t k = 0; k < gradient.size(); ++k)
            expected.push_back(loss_of(GetParam(), index, k).slope);
        EXPECT_GT(largest(expected), 1e-4);
        EXPECT_LT(relative_error(gradient, expected), 1e-10) << "connection " << index;
    }
}

TEST_P(SurrogateGradients, OfParametersEqualAutomaticDifferentiation) {
    const SurrogateCase& c = GetParam();
    CompiledTrainingNetwork network = compile(c, backend_case("reference64").options, true);
    const auto gradients = network.gradients(inputs_, labels_);
    std::vector<std::pair<std::string, Parameter>> parameters{
        {"hidden.v_thresh", Parameter::kThreshold},
        {"hidden.v_reset", Parameter::kReset},
        {"hidden.tau_mem", Parameter::kTauMem}};
    if (c.adaptive) {
        parameters.emplace_back("hidden.beta", Parameter::kOfBeta);
        parameters.emplace_back("hidden.tau_adapt", Parameter::kOfTauAdapt);
    }
    for (const auto& [name, parameter] : parameters) {
        const double expected = loss_of(c, 0, 1'000'000, parameter).slope;
        EXPECT_NE(expected, 0.0) << name;
        // The coefficients of a step are differentiated numerically.
        EXPECT_NEAR(gradients.at(name).values.at(0) / expected, 1.0, 1e-7) << name;
    }
    if (c.delta) return;
    const double expected = loss_of(c, 0, 1'000'000, Parameter::kTauSyn).slope;
    const double found = gradients.at("0.tau").values.at(0) + gradients.at("1.tau").values.at(0);
    EXPECT_NEAR(found / expected, 1.0, 1e-7);
}

TEST_P(SurrogateGradients, AreTheSameOnEveryBackend) {
    CompiledTrainingNetwork reference =
        compile(GetParam(), backend_case("reference64").options, true);
    const auto expected = reference.gradients(inputs_, labels_);
    for (const BackendCase& backend : all_backends()) {
        if (!can_run(backend)) continue;
        SCOPED_TRACE(backend.label);
        CompiledTrainingNetwork network = compile(GetParam(), backend.options, true);
        for (const auto& [name, gradient] : network.gradients(inputs_, labels_))
            EXPECT_LT(relative_error(gradient.values, expected.at(name).values), 1e-4) << name;
    }
}

double gaussian(double x, double sigma) {
    return std::exp(-x * x / (2 * sigma * sigma)) / (sigma * std::sqrt(2 * std::numbers::pi));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, SurrogateGradients,
    testing::Values(
        SurrogateCase{.label = "fast_sigmoid"},
        SurrogateCase{.label = "super_spike",
                      .surrogate = Surrogate::super_spike(),
                      .psi = [](double x) { return std::pow(1 + 10 * std::abs(x), -2); },
                      .detach = false},
        SurrogateCase{.label = "sigmoid",
                      .surrogate = Surrogate::sigmoid(3.0),
                      .psi =
                          [](double x) {
                              const double s = 1 / (1 + std::exp(-3 * x));
                              return 3 * s * (1 - s);
                          },
                      .relative = false},
        SurrogateCase{.label = "arctan",
                      .surrogate = Surrogate::arctan(),
                      .psi = [](double x) { return 1 / (1 + std::pow(std::numbers::pi * x, 2)); },
                      .relative = false,
                      .detach = false},
        SurrogateCase{.label = "boxcar",
                      .surrogate = Surrogate::boxcar(1.5),
                      .psi = [](double x) { return std::abs(x) < 0.75 ? 1 / 1.5 : 0.0; },
                      .delay = 2},
        SurrogateCase{.label = "triangle",
                      .surrogate = Surrogate::triangle(0.3, 1.0),
                      .psi = [](double x) { return 0.3 * std::max(0.0, 1 - std::abs(x)); },
                      .adaptive = true,
                      .fold = false},
        SurrogateCase{.label = "multi_gaussian",
                      .surrogate = Surrogate::multi_gaussian(),
                      .psi =
                          [](double x) {
                              return 1.15 * gaussian(x, 0.5) -
                                     0.15 * (gaussian(x - 0.5, 3) + gaussian(x + 0.5, 3));
                          },
                      .adaptive = true,
                      .relative = false,
                      .detach = false},
        SurrogateCase{.label = "written",
                      .surrogate = Surrogate("exp(-abs(x))"),
                      .psi = [](double x) { return std::exp(-std::abs(x)); },
                      .delta = true},
        SurrogateCase{.label = "refractory", .refractory = 3.0},
        SurrogateCase{.label = "held", .adaptive = true, .refractory = 4.0, .hold = true},
        SurrogateCase{.label = "held_absolute",
                      .relative = false,
                      .detach = false,
                      .refractory = 2.0,
                      .hold = true,
                      .delta = true},
        SurrogateCase{.label = "greatest", .greatest = true},
        SurrogateCase{.label = "spike_count", .spiking_output = true},
        SurrogateCase{.label = "spike_count_adaptive",
                      .adaptive = true,
                      .detach = false,
                      .refractory = 2.0,
                      .delay = 1,
                      .spiking_output = true}),
    BackendLabel());

TEST(SurrogateTraining, LearnsWithTheSameBitsForAnyNumberOfThreads) {
    Numbers numbers(2);
    const SpikeData data = separable_spikes(numbers, 60, 12, 25, 3);
    std::map<int, std::vector<double>> weights;
    for (const int threads : {1, 2, 3}) {
        SurrogateOptions options;
        options.example_timesteps = 25;
        options.batch_size = 8;
        options.optimiser = Adam{.alpha = 0.01};
        options.backend.threads = threads;
        CompiledTrainingNetwork network =
            SurrogateCompiler(options).compile(small_network({.recurrent = threads == 3}));
        TrainOptions training;
        training.num_epochs = 20;
        const auto results = network.train(data.inputs(), data.targets(), training);
        EXPECT_LT(results.back().metrics.at("loss"), 0.7 * results.front().metrics.at("loss"))
            << threads;
        weights[threads] = network.weights(network.connections().front()).values;
    }
    EXPECT_EQ(weights[1], weights[2]);
}

TEST(SurrogateTraining, RefusesWhatHasNoGradient) {
    using testing::HasSubstr;
    const auto message = [](std::shared_ptr<const Readout> readout) -> std::string {
        Network network;
        Population& input = network.population(SpikeInput(), Shape{2}, "input");
        Population& output = network.population(LeakyIntegrateFire({.readout = std::move(readout)}),
                                                Shape{2}, "output");
        network.connect(input, output, Dense(1.0), Delta());
        try {
            SurrogateCompiler(SurrogateOptions{.example_timesteps = 5}).compile(network);
        } catch (const ModelError& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_EQ(message(std::make_shared<SpikeCount>()), "");
    EXPECT_THAT(message(std::make_shared<FirstSpikeTime>()),
                HasSubstr("SurrogateCompiler does not train readout 'first_spike_time'"));
    EXPECT_THAT(message(nullptr), HasSubstr("readout"));
}

TEST(Surrogates, SayWhatIsWrong) {
    using testing::HasSubstr;
    const auto message = [](const std::function<void()>& make) -> std::string {
        try {
            make();
        } catch (const ModelError& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_THAT(message([] { Surrogate("1 / y"); }), HasSubstr("'y'"));
    EXPECT_THAT(message([] { Surrogate("x < 1"); }), HasSubstr("where(condition, 1, 0)"));
    EXPECT_THAT(message([] { Surrogate::boxcar(0.0); }),
                HasSubstr("[Surrogate boxcar] width is 0; give a positive number"));
    EXPECT_THAT(message([] { Surrogate::by_name("arctn"); }),
                HasSubstr("there is no surrogate 'arctn'; did you mean 'arctan'"));
    EXPECT_EQ(Surrogate::by_name("arctan").derivative(), Surrogate::arctan().derivative());
}

// Who has no compiler must not wait for an interpreter.
TEST(SurrogateKernels, OfCommonNetworksAreBuiltIn) {
    const auto describe = [](DefaultParams params, bool adaptive, double refractory) {
        Network network(std::move(params));
        Population& input = network.population(SpikeInput(), Shape{4}, "input");
        LeakyIntegrateFireOptions plain;
        if (refractory > 0.0) plain.tau_refrac = refractory;
        Population& hidden =
            adaptive ? network.population(AdaptiveLeakyIntegrateFire(), Shape{5}, "hidden")
                     : network.population(LeakyIntegrateFire(plain), Shape{5}, "hidden");
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{3}, "output");
        network.connect(input, hidden, Dense(0.5), Exponential(5.0));
        network.connect(hidden, hidden, Dense(0.1), Exponential(5.0));
        network.connect(hidden, output, Dense(0.5), Exponential(5.0));
        return network;
    };
    const auto expect_built_in = [](const CompiledTrainingNetwork& compiled) {
        const std::string text = compiled.explain();
        EXPECT_EQ(text.find("kernel interpreted"), std::string::npos) << text;
        EXPECT_EQ(text.find("kernel compiled"), std::string::npos) << text;
        EXPECT_NE(text.find("kernel built in"), std::string::npos) << text;
    };
    BackendOptions backend = backend_case("cpu_built_in").options;
    backend.compiled_kernels = false;
    for (const bool adaptive : {false, true}) {
        for (const double refractory : {0.0, 5.0}) {
            for (const Surrogate& surrogate :
                 {Surrogate::fast_sigmoid(), Surrogate::super_spike(7),
                  Surrogate::fast_sigmoid(1.5), Surrogate::arctan(), Surrogate::arctan(3.0)}) {
                SurrogateOptions options;
                options.example_timesteps = 10;
                options.surrogate = surrogate;
                options.backend = backend;
                expect_built_in(SurrogateCompiler(options).compile(
                    describe(SurrogateCompiler::default_params(), adaptive, refractory)));
            }
            EPropOptions options;
            options.example_timesteps = 10;
            options.backend = backend;
            expect_built_in(EPropCompiler(options).compile(
                describe(EPropCompiler::default_params(), adaptive, refractory)));
        }
    }
}

}  // namespace
}  // namespace saltus::test
