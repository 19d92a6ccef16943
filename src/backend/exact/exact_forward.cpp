#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <saltus/common/random.hpp>

#include "backend/exact/exact_example.hpp"

namespace saltus {

ExactExample::ExactExample(const ExactNetwork& network)
    : network_(network), plan_(network.plan), runs_(network.plan.populations.size()) {
    std::size_t padded = 0;
    for (const LinearFlow& flow : network.flows) {
        padded = std::max(padded, flow.padded);
    }
    may_spike_.resize(padded);
    shift_.resize(padded);
}

void ExactExample::forward(const Batch& batch, std::uint32_t example, bool keeps) {
    keeps_ = keeps;
    for (std::size_t index = 0; index < runs_.size(); ++index) {
        if (plan_.populations[index].input == InputKind::kNone) {
            begin(index, batch);
        } else {
            emit(index, batch, example);
        }
    }
    for (const ExactStage& stage : network_.stages) {
        const auto windows =
            static_cast<std::size_t>(std::ceil(network_.duration / stage.window - 1e-9));
        for (std::size_t window = 0; window < windows; ++window) {
            const double from = static_cast<double>(window) * stage.window;
            const double to = std::min(network_.duration, from + stage.window);
            for (const std::size_t population : stage.populations)
                run_window(population, from, window + 1 == windows ? network_.duration : to);
        }
        for (const std::size_t population : stage.populations)
            finish_readout(population);
    }
}

void ExactExample::emit(std::size_t population, const Batch& batch, std::uint32_t example) {
    Run& run = runs_[population];
    const std::span<const double> times = batch.inputs[population].trains->times(example);
    const std::span<const std::uint32_t> neurons =
        batch.inputs[population].trains->neurons(example);
    run.times.clear();
    run.neurons.clear();
    const RandomStream stream(plan_.seed, RandomPurpose::kInputDropout,
                              static_cast<std::uint32_t>(population));
    for (std::size_t k = 0; k < times.size(); ++k) {
        const std::uint64_t element = (std::uint64_t{example} << 24) + k;
        if (batch.input_dropout > 0.0 &&
            stream.uniform(element, batch.presentation) <= batch.input_dropout)
            continue;
        run.times.push_back(times[k]);
        run.neurons.push_back(neurons[k]);
    }
    run.kappa.assign(run.times.size(), 0.0);
}

void ExactExample::begin(std::size_t population, const Batch& batch) {
    const PopulationPlan& plan = plan_.populations[population];
    Run& run = runs_[population];
    run.times.clear();
    run.neurons.clear();
    run.offsets.clear();
    run.before.clear();
    run.at_once.clear();
    run.releases.clear();
    const bool holds = network_.holds[population].any();
    run.is_held.assign(holds ? plan.size : 0, 0);
    run.free_at.assign(run.is_held.size(), 0.0);
    run.arrivals.clear();
    run.segments.clear();
    run.began.clear();
    run.window_begin.clear();
    run.next_spike.assign(network_.incoming[population].size(), 0);
    run.num_known.assign(network_.incoming[population].size(), 0);
    run.collected = 0.0;
    run.y = network_.flows[population].initial;
    run.later.resize(run.y.size());
    run.readout.assign(plan.size, 0.0);
    run.next_step = 0;
    run.compares_steps =
        plan.readout && !batch.targets.empty() && batch.targets[population].of_steps;
    run.step_outputs.clear();
    run.records_states = !batch.records.empty() && batch.records[population].any_state();
    run.recorded.clear();
    run.silent.clear();
    run.ends_with_spike = keeps_ && only_first_spikes_matter(population) && batch.records.empty();
    run.has_ended.assign(run.ends_with_spike ? plan.size : 0, 0);
    run.num_ended = 0;
    const bool minds = keeps_ && minds_silence(population);
    run.nearest.assign(minds ? plan.size : 0, -std::numeric_limits<double>::infinity());
    run.nearest_segment.assign(run.nearest.size(), 0);
}

bool ExactExample::only_first_spikes_matter(std::size_t population) const {
    const PopulationPlan& plan = plan_.populations[population];
    return plan.readout && plan.readout->source == ReadoutSource::kFirstSpike &&
           !plan.regularisation.counts() &&
           std::none_of(network_.connections.begin(), network_.connections.end(),
                        [&](const ExactConnection& c) { return c.source == population; });
}

bool ExactExample::minds_silence(std::size_t population) const {
    return plan_.populations[population].regularisation.silent > 0.0;
}

/// Whether anything looks at the population where steps of the grid end.
bool ExactExample::needs_steps(std::size_t population) const {
    const auto& readout = plan_.populations[population].readout;
    const Run& run = runs_[population];
    return run.compares_steps || run.records_states ||
           (readout && (readout->source == ReadoutSource::kVariable ||
                        readout->source == ReadoutSource::kMaximum));
}

void ExactExample::find_nearest(std::size_t population, std::uint32_t segment) {
    Run& run = runs_[population];
    const LinearFlow& flow = network_.flows[population];
    std::copy_n(flow.crossing_offset.begin(), flow.size, shift_.begin());
    for (const LinearFlow::Constant& c : flow.crossing) {
        const double* const state = run.y.data() + c.row * flow.padded;
        for (std::size_t j = 0; j < flow.size; ++j)
            shift_[j] += c.value[j] * state[j];
    }
    for (std::size_t j = 0; j < flow.size; ++j) {
        if (shift_[j] <= run.nearest[j]) continue;
        run.nearest[j] = shift_[j];
        run.nearest_segment[j] = segment;
    }
}

void ExactExample::collect_arrivals(std::size_t population, double to) {
    Run& run = runs_[population];
    const auto first = static_cast<std::ptrdiff_t>(run.arrivals.size());
    const std::vector<std::size_t>& incoming = network_.incoming[population];
    for (std::size_t k = 0; k < incoming.size(); ++k) {
        const ExactConnection& connection = network_.connections[incoming[k]];
        if (connection.has_own_delays()) {
            collect_synapses(population, k, to);
            continue;
        }
        const Run& source = runs_[connection.source];
        std::size_t& next = run.next_spike[k];
        while (next < source.times.size() && source.times[next] + connection.delay < to) {
            run.arrivals.push_back({source.times[next] + connection.delay,
                                    static_cast<std::uint32_t>(incoming[k]),
                                    static_cast<std::uint32_t>(next)});
            ++next;
        }
    }
    std::stable_sort(run.arrivals.begin() + first, run.arrivals.end(),
                     [](const Arrival& a, const Arrival& b) { return a.time < b.time; });
    run.collected = to;
}

void ExactExample::collect_synapses(std::size_t population, std::size_t k, double to) {
    Run& run = runs_[population];
    const std::size_t index = network_.incoming[population][k];
    const ExactConnection& connection = network_.connections[index];
    const Run& source = runs_[connection.source];
    std::size_t& next = run.next_spike[k];
    while (next < run.num_known[k] && source.times[next] + connection.longest < run.collected)
        ++next;
    for (std::size_t spike = next; spike < source.times.size(); ++spike) {
        const double time = source.times[spike];
        if (time + connection.shortest >= to) break;
        const std::size_t pre = source.neurons[spike];
        for (std::size_t s = connection.table->row_begin[pre];
             s < connection.table->row_begin[pre + 1]; ++s) {
            const double arrival = time + connection.delay_of(s);
            // Rounding must not let one that comes back in no time be lost.
            const bool is_new = arrival >= run.collected || spike >= run.num_known[k];
            if (arrival >= to || !is_new) continue;
            run.arrivals.push_back({arrival, static_cast<std::uint32_t>(index),
                                    static_cast<std::uint32_t>(spike),
                                    static_cast<std::uint32_t>(s)});
        }
    }
    run.num_known[k] = source.times.size();
}

void ExactExample::run_window(std::size_t population, double from, double to) {
    Run& run = runs_[population];
    const double longest = network_.flows[population].longest();
    const bool minds_steps = needs_steps(population);
    run.window_begin.push_back(run.segments.size());
    std::size_t arrival = run.arrivals.size();
    collect_arrivals(population, to);
    double time = from;
    while (time < to || arrival < run.arrivals.size()) {
        // Nothing that comes after the first spikes of all neurons matters.
        if (run.ends_with_spike && run.num_ended == run.has_ended.size()) return;
        const double step_end = plan_.dt * static_cast<double>(run.next_step + 1);
        double end = std::min(to, time + longest);
        // A step that ends within rounding of here ends here.
        if (minds_steps && step_end <= end * (1.0 + 1e-12)) end = step_end;
        const bool arrives = arrival < run.arrivals.size() && run.arrivals[arrival].time <= end;
        if (arrives) end = std::max(time, run.arrivals[arrival].time);
        Segment segment{end - time, 0, 0, -1, -1};
        if (keeps_ && network_.parameters[population].any())
            run.began.insert(run.began.end(), run.y.begin(), run.y.end());
        advance(population, segment, time);
        if (minds_steps && end == step_end && run.next_step < plan_.num_steps) {
            segment.step = static_cast<std::int32_t>(run.next_step);
            end_step(population, run.next_step);
            ++run.next_step;
        }
        if (!run.nearest.empty()) find_nearest(population, number_of_segment(run));
        if (arrives) {
            segment.arrival = static_cast<std::int32_t>(arrival);
            arrive(population, run.arrivals[arrival]);
            ++arrival;
        }
        if (keeps_) run.segments.push_back(segment);
        time = end;
    }
}

void ExactExample::advance(std::size_t population, Segment& segment, double time) {
    Run& run = runs_[population];
    const LinearFlow& flow = network_.flows[population];
    segment.first_spike = segment.end_spike = static_cast<std::uint32_t>(run.times.size());
    if (segment.length <= 0.0) return;
    flow.advance(segment.length, run.y.data(), run.later.data(), may_spike_.data());
    if (flow.spiking) {
        const std::size_t first = run.times.size();
        flagged_.clear();
        for (std::uint32_t j = 0; j < flow.size; ++j) {
            const bool has_ended = run.ends_with_spike && run.has_ended[j] != 0;
            if (may_spike_[j] && !has_ended) flagged_.push_back(j);
        }
        if (network_.holds[population].any()) {
            follow_with_holds(population, segment, time);
        } else if (!flagged_.empty()) {
            follow_flagged(population, segment.length, time);
        }
        sort_spikes(run, first, flow.dimension);
        segment.end_spike = static_cast<std::uint32_t>(run.times.size());
    }
    run.y.swap(run.later);
}

void ExactExample::follow_flagged(std::size_t population, double length, double time) {
    Run& run = runs_[population];
    const LinearFlow& flow = network_.flows[population];
    found_.clear();
    flow.follow_all(length, flagged_, run.y.data(), run.ends_with_spike, run.later.data(), found_);
    take_spikes(run, time);
}

void ExactExample::take_spikes(Run& run, double time) {
    for (std::size_t k = 0; k < found_.neurons.size(); ++k) {
        run.times.push_back(time + found_.offsets[k]);
        if (!run.ends_with_spike) continue;
        run.has_ended[found_.neurons[k]] = 1;
        ++run.num_ended;
    }
    run.neurons.insert(run.neurons.end(), found_.neurons.begin(), found_.neurons.end());
    run.offsets.insert(run.offsets.end(), found_.offsets.begin(), found_.offsets.end());
    run.before.insert(run.before.end(), found_.before.begin(), found_.before.end());
}

void ExactExample::sort_spikes(Run& run, std::size_t first, std::size_t dimension) {
    const std::size_t count = run.times.size() - first;
    if (count < 2) return;
    order_.resize(count);
    std::iota(order_.begin(), order_.end(), first);
    // Those at the same time keep the order in which they were found.
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
        return run.times[a] < run.times[b] || (run.times[a] == run.times[b] && a < b);
    });
    const auto apply = [&](auto& values, auto& sorted, std::size_t width) {
        sorted.clear();
        for (const std::size_t from : order_)
            sorted.insert(sorted.end(), values.begin() + static_cast<std::ptrdiff_t>(from * width),
                          values.begin() + static_cast<std::ptrdiff_t>((from + 1) * width));
        std::copy(sorted.begin(), sorted.end(),
                  values.begin() + static_cast<std::ptrdiff_t>(first * width));
    };
    apply(run.times, found_.offsets, 1);
    apply(run.neurons, found_.neurons, 1);
    apply(run.offsets, found_.offsets, 1);
    apply(run.before, found_.before, dimension);
    if (run.at_once.empty()) return;
    std::vector<unsigned char> sorted;
    apply(run.at_once, sorted, 1);
}

void ExactExample::end_step(std::size_t population, std::size_t step) {
    const PopulationPlan& plan = plan_.populations[population];
    Run& run = runs_[population];
    const LinearFlow& flow = network_.flows[population];
    const double* const outputs = run.y.data() + flow.output * flow.padded;
    if (run.compares_steps)
        run.step_outputs.insert(run.step_outputs.end(), outputs, outputs + plan.size);
    if (run.records_states) {
        for (std::size_t a = 0; a < flow.num_states; ++a) {
            const double* const state = run.y.data() + a * flow.padded;
            run.recorded.insert(run.recorded.end(), state, state + plan.size);
        }
    }
    if (!plan.readout) return;
    if (plan.readout->source == ReadoutSource::kVariable) {
        const double weight = plan.readout->step_weights[step];
        for (std::size_t j = 0; j < plan.size; ++j)
            run.readout[j] += weight * outputs[j];
    } else if (plan.readout->source == ReadoutSource::kMaximum) {
        for (std::size_t j = 0; j < plan.size; ++j)
            run.readout[j] = std::max(run.readout[j], outputs[j]);
    }
}

void ExactExample::arrive(std::size_t population, const Arrival& arrival) {
    Run& run = runs_[population];
    const ExactConnection& connection = network_.connections[arrival.connection];
    const std::vector<double>& weights = network_.weights[arrival.connection];
    double* const y = run.y.data() + connection.row * network_.flows[population].padded;
    if (arrival.synapse != Arrival::kWholeRow) {
        const SynapseTable& table = *connection.table;
        y[table.post[arrival.synapse]] +=
            connection.scale * weights[table.weight_of(arrival.synapse)];
        return;
    }
    const std::size_t pre = runs_[connection.source].neurons[arrival.spike];
    if (connection.is_dense) {
        const std::size_t width = plan_.populations[population].size;
        const double* const row = weights.data() + pre * width;
        for (std::size_t j = 0; j < width; ++j)
            y[j] += connection.scale * row[j];
        return;
    }
    connection.for_each(pre, [&](std::size_t post, std::size_t weight) {
        y[post] += connection.scale * weights[weight];
    });
}

void ExactExample::finish_readout(std::size_t population) {
    const PopulationPlan& plan = plan_.populations[population];
    Run& run = runs_[population];
    run.kappa.assign(run.times.size(), 0.0);
    if (!plan.readout) return;
    const LinearFlow& flow = network_.flows[population];
    switch (plan.readout->source) {
        case ReadoutSource::kFinalVariable:
            std::copy_n(run.y.begin() + static_cast<std::ptrdiff_t>(flow.output * flow.padded),
                        plan.size, run.readout.begin());
            break;
        case ReadoutSource::kSpikes:
            for (const std::uint32_t neuron : run.neurons)
                run.readout[neuron] += 1.0;
            break;
        case ReadoutSource::kFirstSpike:
            std::fill(run.readout.begin(), run.readout.end(), kNoFirstSpike);
            for (std::size_t k = run.times.size(); k-- > 0;)
                run.readout[run.neurons[k]] = -run.times[k];
            break;
        case ReadoutSource::kVariable:
        case ReadoutSource::kMaximum:
            break;
    }
}

double ExactExample::loss(const Loss* loss, std::size_t output, const Batch& batch,
                          std::uint32_t example) {
    const TargetView& targets = batch.targets[output];
    Run& run = runs_[output];
    run.readout_slope.assign(plan_.populations[output].size, 0.0);
    run.label = -1;
    if (loss == nullptr || targets.empty()) return 0.0;
    std::vector<double> numbers;
    const Target target = targets.of(example, numbers);
    run.label = target.label;
    if (!targets.of_steps) return loss->evaluate(run.readout, target, run.readout_slope);
    const std::vector<double> outputs = run.step_outputs;
    return loss->evaluate(outputs, target, run.step_outputs);
}

Recording ExactExample::recording(const std::vector<RecordedPopulation>& records) const {
    Recording recording{std::vector<RecordedSpikes>(records.size()), {}};
    recording.states.resize(records.size());
    for (std::size_t index = 0; index < records.size(); ++index) {
        const Run& run = runs_[index];
        if (records[index].spikes) {
            SpikeList& list = recording.spikes[index].list;
            list.step_begin = {0};
            std::size_t spike = 0;
            for (std::size_t step = 0; step < plan_.num_steps; ++step) {
                const double end = plan_.dt * static_cast<double>(step + 1);
                const bool last = step + 1 == plan_.num_steps;
                for (; spike < run.times.size() && (last || run.times[spike] < end); ++spike)
                    list.neurons.push_back(run.neurons[spike]);
                list.step_begin.push_back(static_cast<std::uint32_t>(list.neurons.size()));
            }
        }
        const std::size_t states = records[index].states.size();
        recording.states[index].resize(states);
        const std::size_t size = plan_.populations[index].size;
        for (std::size_t a = 0; a < states; ++a) {
            if (!records[index].states[a]) continue;
            for (std::size_t step = 0; step < plan_.num_steps; ++step) {
                const auto first =
                    run.recorded.begin() + static_cast<std::ptrdiff_t>((step * states + a) * size);
                recording.states[index][a].insert(recording.states[index][a].end(), first,
                                                  first + static_cast<std::ptrdiff_t>(size));
            }
        }
    }
    return recording;
}

}  // namespace saltus
