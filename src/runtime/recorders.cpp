#include <saltus/runtime/recorders.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/runtime/compiled_network.hpp>

namespace saltus {
namespace {

void check_neurons(const RecorderOptions& options, const PopulationPlan& population,
                   const std::string& where) {
    for (const std::size_t neuron : options.neurons) {
        if (neuron < population.size) continue;
        throw ModelError(where,
                         fmt::format("there is no neuron {} in population '{}', which has {}",
                                     neuron, population.name, population.size),
                         fmt::format("give numbers below {}", population.size))
            .with("population", population.name);
    }
}

}  // namespace

SpikeRecorder::SpikeRecorder(std::string population, RecorderOptions options, bool counts)
    : population_(std::move(population)), options_(std::move(options)), counts_(counts) {}

std::vector<RecordRequest> SpikeRecorder::records() const {
    return {{.population = population_, .spikes = true, .examples = options_.examples}};
}

void SpikeRecorder::on_run_begin(const Progress& progress) {
    const Plan& plan = progress.network->plan();
    index_ = plan.population_index(population_);
    const PopulationPlan& population = plan.populations[index_];
    check_neurons(options_, population, "SpikeRecorder");
    size_ = population.size;
    dt_ = plan.dt;
    place_.clear();
    data_.clear();
    if (options_.neurons.empty()) return;
    place_.assign(size_, 0);
    for (std::size_t at = 0; at < options_.neurons.size(); ++at)
        place_[options_.neurons[at]] = static_cast<std::uint32_t>(at + 1);
}

void SpikeRecorder::on_recorded(const RecordedExample& example) {
    const SpikeList& spikes = example.spikes[index_];
    Record record{example.epoch, example.example, dt_, {}, {}};
    if (counts_) {
        record.counts.resize(place_.empty() ? size_ : options_.neurons.size());
        for (const std::uint32_t neuron : spikes.neurons) {
            const std::size_t place = place_.empty() ? neuron + 1 : place_[neuron];
            if (place != 0) ++record.counts[place - 1];
        }
    } else if (place_.empty()) {
        record.spikes = spikes;
    } else {
        record.spikes = chosen(spikes);
    }
    data_.push_back(std::move(record));
}

SpikeList SpikeRecorder::chosen(const SpikeList& spikes) const {
    SpikeList some;
    some.step_begin.push_back(0);
    for (std::size_t step = 0; step + 1 < spikes.step_begin.size(); ++step) {
        for (std::size_t k = spikes.step_begin[step]; k < spikes.step_begin[step + 1]; ++k) {
            if (place_[spikes.neurons[k]] != 0) some.neurons.push_back(spikes.neurons[k]);
        }
        some.step_begin.push_back(static_cast<std::uint32_t>(some.neurons.size()));
    }
    return some;
}

std::vector<double> SpikeRecorder::Record::times() const {
    std::vector<double> times;
    times.reserve(spikes.neurons.size());
    for (std::size_t step = 0; step + 1 < spikes.step_begin.size(); ++step)
        times.resize(spikes.step_begin[step + 1], static_cast<double>(step) * dt);
    return times;
}

VarRecorder::VarRecorder(std::string population, std::string state, RecorderOptions options)
    : population_(std::move(population)), state_(std::move(state)), options_(std::move(options)) {}

std::vector<RecordRequest> VarRecorder::records() const {
    return {{.population = population_, .states = {state_}, .examples = options_.examples}};
}

void VarRecorder::on_run_begin(const Progress& progress) {
    const Plan& plan = progress.network->plan();
    index_ = plan.population_index(population_);
    const PopulationPlan& population = plan.populations[index_];
    check_neurons(options_, population, "VarRecorder");
    size_ = population.size;
    const std::vector<std::string>& states = population.kernel.states;
    state_index_ =
        static_cast<std::size_t>(std::find(states.begin(), states.end(), state_) - states.begin());
    data_.clear();
}

void VarRecorder::on_recorded(const RecordedExample& example) {
    const std::vector<double>& all = example.states[index_][state_index_];
    const std::size_t steps = all.size() / size_;
    Record record{example.epoch, example.example, {}};
    if (options_.neurons.empty()) {
        record.values = Array(Shape{steps, size_}, all);
    } else {
        std::vector<double> chosen;
        chosen.reserve(steps * options_.neurons.size());
        for (std::size_t step = 0; step < steps; ++step) {
            for (const std::size_t neuron : options_.neurons)
                chosen.push_back(all[step * size_ + neuron]);
        }
        record.values = Array(Shape{steps, options_.neurons.size()}, std::move(chosen));
    }
    data_.push_back(std::move(record));
}

}  // namespace saltus
