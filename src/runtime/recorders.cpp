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
    chosen_.clear();
    data_.clear();
    store_.clear();
    if (options_.neurons.empty()) return;
    place_.assign(size_, 0);
    chosen_.assign(SpikeBits::words_of(size_), 0);
    for (std::size_t at = 0; at < options_.neurons.size(); ++at) {
        const std::size_t neuron = options_.neurons[at];
        place_[neuron] = static_cast<std::uint32_t>(at + 1);
        chosen_[neuron / 32] |= 1U << (neuron % 32);
    }
}

void SpikeRecorder::on_recorded(const RecordedExample& example) {
    const RecordedSpikes& spikes = example.spikes[index_];
    Record record;
    record.epoch = example.epoch;
    record.example = example.example;
    record.dt = dt_;
    if (counts_) {
        record.counts = counts_of(spikes);
    } else if (spikes.are_bits()) {
        choose(spikes.bits(), record);
    } else {
        choose(spikes.list, record);
    }
    data_.push_back(record);
}

std::span<const std::uint32_t> SpikeRecorder::counts_of(const RecordedSpikes& spikes) {
    const std::span<std::uint32_t> counts =
        store_.append(chooses() ? options_.neurons.size() : size_);
    std::fill(counts.begin(), counts.end(), 0U);
    if (!chooses() && spikes.are_bits()) {
        spikes.bits().add_counts(counts);
        return counts;
    }
    const SpikeList unpacked = spikes.are_bits() ? spikes.to_list() : SpikeList();
    for (const std::uint32_t neuron : (spikes.are_bits() ? unpacked : spikes.list).neurons) {
        const std::size_t place = chooses() ? place_[neuron] : neuron + 1;
        if (place != 0) ++counts[place - 1];
    }
    return counts;
}

void SpikeRecorder::choose(const SpikeBits& spikes, Record& record) {
    const std::span<std::uint32_t> words = store_.append(spikes.words.size());
    std::copy(spikes.words.begin(), spikes.words.end(), words.begin());
    for (std::size_t k = 0; chooses() && k < words.size(); ++k)
        words[k] &= chosen_[k % spikes.words_per_step];
    record.bits_ = {spikes.words_per_step, words};
}

void SpikeRecorder::choose(const SpikeList& spikes, Record& record) {
    if (!chooses()) {
        record.step_begin_ = store_.append(std::span(spikes.step_begin));
        record.neurons_ = store_.append(std::span(spikes.neurons));
        return;
    }
    const std::span<std::uint32_t> step_begin = store_.append(spikes.step_begin.size());
    const auto is_chosen = [this](std::uint32_t neuron) { return place_[neuron] != 0; };
    const std::span<std::uint32_t> neurons = store_.append(static_cast<std::size_t>(
        std::count_if(spikes.neurons.begin(), spikes.neurons.end(), is_chosen)));
    std::uint32_t kept = 0;
    step_begin[0] = 0;
    for (std::size_t step = 0; step + 1 < step_begin.size(); ++step) {
        for (std::size_t k = spikes.step_begin[step]; k < spikes.step_begin[step + 1]; ++k) {
            if (is_chosen(spikes.neurons[k])) neurons[kept++] = spikes.neurons[k];
        }
        step_begin[step + 1] = kept;
    }
    record.step_begin_ = step_begin;
    record.neurons_ = neurons;
}

SpikeList SpikeRecorder::Record::spikes() const {
    if (bits_.words_per_step > 0) return bits_.to_list();
    return {{step_begin_.begin(), step_begin_.end()}, {neurons_.begin(), neurons_.end()}, {}};
}

std::vector<double> SpikeRecorder::Record::times() const {
    const SpikeList list = spikes();
    std::vector<double> times(list.neurons.size());
    for (std::size_t step = 0; step + 1 < list.step_begin.size(); ++step)
        std::fill(times.begin() + list.step_begin[step], times.begin() + list.step_begin[step + 1],
                  static_cast<double>(step) * dt);
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
