#include <saltus/runtime/stream.hpp>

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "common/text.hpp"
#include "plan/fold_readouts.hpp"
#include "runtime/implementation.hpp"

namespace saltus {
namespace {

using Neurons = std::vector<std::vector<std::uint32_t>>;

std::string where(const PopulationPlan& population) {
    return "Input " + population.name;
}

[[noreturn]] void refuse(const PopulationPlan& population, const std::string& problem,
                         const std::string& advice) {
    throw ModelError(where(population), problem, advice).with("population", population.name);
}

/// The spikes of one step as a list, in order.
SpikeList list_of(const std::vector<std::uint32_t>& neurons, const PopulationPlan& population) {
    SpikeList list;
    list.neurons = neurons;
    std::sort(list.neurons.begin(), list.neurons.end());
    if (!neurons.empty() && list.neurons.back() >= population.size) {
        refuse(
            population,
            fmt::format("there is no neuron {}, it has {}", list.neurons.back(), population.size),
            fmt::format("give numbers below {}", population.size));
    }
    list.step_begin = {0, static_cast<std::uint32_t>(neurons.size())};
    return list;
}

/// What an input population receives in a step, once checked.
struct StepData {
    std::vector<SpikeList> lists;
    NumberView values;
};

class StepReader {
  public:
    StepReader(const PopulationPlan& population, std::size_t num_examples)
        : population_(population), num_examples_(num_examples) {}

    StepData operator()(const Neurons& examples) const {
        if (population_.input != InputKind::kSpikes) {
            refuse(population_, fmt::format("it is a {} and was given spikes", population_.model),
                   "give an array of values");
        }
        if (examples.size() != num_examples_) {
            refuse(population_,
                   fmt::format("spikes of {} examples were given, the stream has {}",
                               examples.size(), num_examples_),
                   "give a list of neurons for each example");
        }
        StepData data;
        for (const std::vector<std::uint32_t>& neurons : examples)
            data.lists.push_back(list_of(neurons, population_));
        return data;
    }

    StepData operator()(const Array& values) const {
        if (population_.input == InputKind::kSpikes) {
            refuse(population_, fmt::format("it is a {} and was given values", population_.model),
                   "give the neurons that spike");
        }
        if (values.size() != num_examples_ * population_.size) {
            refuse(population_,
                   fmt::format("its values have shape {}, the stream has {} examples of {} neurons",
                               to_string(values.shape), num_examples_, population_.size),
                   "give values of shape (examples, neurons)");
        }
        require_finite(values, where(population_), "its values");
        const Shape shape{num_examples_, population_.size};
        return {{}, NumberView(std::make_shared<const Array>(shape, values.values))};
    }

  private:
    const PopulationPlan& population_;
    std::size_t num_examples_;
};

std::size_t state_of(const PopulationPlan& population, const std::string& name) {
    const std::vector<std::string>& states = population.kernel.states;
    const auto found = std::find(states.begin(), states.end(), name);
    if (found != states.end()) return static_cast<std::size_t>(found - states.begin());
    throw ModelError("Population " + population.name,
                     fmt::format("its model {} has no state '{}'", population.model, name),
                     suggest(name, states))
        .with("population", population.name)
        .with("state", name);
}

}  // namespace

struct Stream::Implementation {
    Plan plan;
    std::unique_ptr<Program> program;
    /// By population index, for inputs.
    std::vector<StepData> data;
    std::vector<std::uint32_t> examples;
    Batch batch;
    BatchResult result;
    bool has_run = false;

    /// Shows the program the data, wherever they lie now.
    void bind(std::size_t population) {
        const StepData& given = data[population];
        InputView& view = batch.inputs[population];
        view = {};
        if (plan.populations[population].input == InputKind::kSpikes) {
            view.lists = given.lists.data();
        } else if (given.values.size() > 0) {
            view.values = &given.values;
        }
    }
};

Stream::Stream(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;
Stream::~Stream() = default;

Stream CompiledNetwork::stream(std::size_t num_examples) const {
    if (num_examples == 0) {
        throw ModelError("Stream", "num_examples is 0", "give how many shall run side by side");
    }
    const NetworkState& network = *implementation_;
    if (network.plan.exact_times) {
        throw ModelError("Stream", "with exact spike times no network runs step by step",
                         "compile it with spikes on the time grid")
            .with("parameter", "spike_times")
            .unsupported();
    }
    auto made = std::make_unique<Stream::Implementation>();
    Stream::Implementation& own = *made;
    own.plan = one_step_at_a_time(network.plan, num_examples);
    own.program = load_program(own.plan, Losses(network.losses.size()), network.backend);
    copy_weights(own.plan, *network.program, *own.program);
    own.examples.resize(num_examples);
    std::iota(own.examples.begin(), own.examples.end(), 0U);
    const std::size_t populations = own.plan.populations.size();
    own.data.resize(populations);
    own.batch.examples = own.examples;
    own.batch.inputs.resize(populations);
    own.batch.targets.resize(populations);
    own.batch.records.assign(populations, RecordedPopulation{.spikes = true, .states = {}});
    own.result.recordings.resize(num_examples);
    for (std::size_t index = 0; index < populations; ++index) {
        own.data[index].lists.assign(num_examples, {{0, 0}, {}, {}});
        own.bind(index);
    }
    return Stream(std::move(made));
}

void Stream::step(const std::map<std::string, StepInput>& inputs) {
    Implementation& own = *implementation_;
    // All is checked before anything changes.
    std::vector<std::pair<std::size_t, StepData>> given;
    for (const auto& [name, input] : inputs) {
        const std::size_t index = own.plan.population_index(name);
        const PopulationPlan& population = own.plan.populations[index];
        if (population.input == InputKind::kNone)
            refuse(population, "it is no input", "give data for input populations");
        given.emplace_back(index, std::visit(StepReader(population, num_examples()), input));
    }
    for (std::size_t index = 0; index < own.data.size(); ++index) {
        const PopulationPlan& population = own.plan.populations[index];
        const bool waits = population.input != InputKind::kNone &&
                           population.input != InputKind::kSpikes &&
                           own.data[index].values.size() == 0 &&
                           std::none_of(given.begin(), given.end(),
                                        [index](const auto& data) { return data.first == index; });
        if (waits) refuse(population, "it has no values yet", "give an array in the first step");
        for (SpikeList& list : own.data[index].lists) {
            list.neurons.clear();
            list.step_begin[1] = 0;
        }
    }
    for (auto& [index, data] : given) {
        own.data[index] = std::move(data);
        own.bind(index);
    }
    own.program->infer(own.batch, own.result);
    ++own.batch.first_step;
    own.has_run = true;
}

std::size_t Stream::num_steps() const {
    return implementation_->batch.first_step;
}

double Stream::time() const {
    return static_cast<double>(num_steps()) * implementation_->plan.dt;
}

std::size_t Stream::num_examples() const {
    return implementation_->examples.size();
}

const Plan& Stream::plan() const {
    return implementation_->plan;
}

std::vector<std::uint32_t> Stream::spikes(const std::string& population,
                                          std::size_t example) const {
    const std::size_t index = implementation_->plan.population_index(population);
    if (example >= num_examples()) {
        throw ModelError("Stream",
                         fmt::format("there is no example {} among {}", example, num_examples()),
                         fmt::format("give a number below {}", num_examples()));
    }
    if (!implementation_->has_run) return {};
    return implementation_->result.recordings[example].spikes[index].to_list().neurons;
}

Array Stream::state(const std::string& population, const std::string& state) const {
    const Plan& plan = implementation_->plan;
    const std::size_t index = plan.population_index(population);
    return {
        Shape{num_examples(), plan.populations[index].size},
        implementation_->program->carried_state(index, state_of(plan.populations[index], state))};
}

Array Stream::readout(const std::string& population) const {
    const Plan& plan = implementation_->plan;
    const std::size_t index = plan.population_index(population);
    const PopulationPlan& output = plan.populations[index];
    if (!output.readout) {
        throw ModelError("Population " + population, "it has no readout",
                         "give its neuron one before the network is compiled")
            .with("population", population);
    }
    const Shape shape{num_examples(), output.size};
    return !implementation_->has_run ? Array(shape)
                                     : Array(shape, implementation_->result.readouts[index]);
}

void Stream::take_weights(const CompiledNetwork& network) {
    const std::vector<ConnectionPlan>& own = implementation_->plan.connections;
    const std::vector<ConnectionPlan>& other = network.plan().connections;
    const bool fits = std::equal(own.begin(), own.end(), other.begin(), other.end(),
                                 [](const ConnectionPlan& a, const ConnectionPlan& b) {
                                     return a.name == b.name && a.weight_shape == b.weight_shape;
                                 });
    if (!fits) {
        throw ModelError("Stream", "the network has other connections",
                         "give the network whose stream() made it");
    }
    copy_weights(network.plan(), *network.implementation_->program, *implementation_->program);
}

void Stream::reset() {
    implementation_->program->forget();
    implementation_->has_run = false;
    reset_time();
}

void Stream::reset_time() {
    implementation_->batch.first_step = 0;
}

}  // namespace saltus
