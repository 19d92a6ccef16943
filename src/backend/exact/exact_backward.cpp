#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "backend/exact/exact_example.hpp"

namespace saltus {

void ExactExample::backward(double num_examples, const std::vector<Pulls>& pulls,
                            ExactGradients& gradients) {
    pulls_ = &pulls;
    for (auto stage = network_.stages.rbegin(); stage != network_.stages.rend(); ++stage) {
        for (const std::size_t population : stage->populations)
            begin_adjoint(population, num_examples, pulls[population]);
        const std::size_t windows = runs_[stage->populations.front()].window_begin.size();
        for (std::size_t window = windows; window-- > 0;) {
            for (const std::size_t population : stage->populations)
                retreat_window(population, window, gradients);
        }
    }
}

void ExactExample::begin_adjoint(std::size_t population, double num_examples, const Pulls& pulls) {
    const PopulationPlan& plan = plan_.populations[population];
    const LinearFlow& flow = network_.flows[population];
    Run& run = runs_[population];
    run.lambda.assign(flow.dimension * flow.padded, 0.0);
    run.owed.assign(run.is_held.size(), 0.0);
    for (double& slope : run.readout_slope)
        slope /= num_examples;
    for (double& slope : run.step_outputs)
        slope /= num_examples;
    if (!run.nearest.empty()) find_silent(population, pulls);
    if (!plan.readout) return;
    if (plan.readout->source == ReadoutSource::kFinalVariable && !run.compares_steps) {
        std::copy(run.readout_slope.begin(), run.readout_slope.end(),
                  run.lambda.begin() + static_cast<std::ptrdiff_t>(flow.output * flow.padded));
    }
    if (plan.readout->source != ReadoutSource::kFirstSpike) return;
    std::vector<bool> seen(plan.size, false);
    for (std::size_t k = 0; k < run.times.size(); ++k) {
        const std::size_t neuron = run.neurons[k];
        if (!seen[neuron]) run.kappa[k] -= run.readout_slope[neuron];
        seen[neuron] = true;
    }
}

void ExactExample::find_silent(std::size_t population, const Pulls& pulls) {
    Run& run = runs_[population];
    run.silent = silent_neurons(plan_.populations[population], pulls, run.neurons, run.label);
    std::stable_sort(run.silent.begin(), run.silent.end(), [&](std::uint32_t a, std::uint32_t b) {
        return run.nearest_segment[a] < run.nearest_segment[b];
    });
}

void ExactExample::retreat_window(std::size_t population, std::size_t window,
                                  ExactGradients& gradients) {
    const Run& run = runs_[population];
    const std::size_t begin = run.window_begin[window];
    const std::size_t end =
        window + 1 < run.window_begin.size() ? run.window_begin[window + 1] : run.segments.size();
    for (std::size_t k = end; k-- > begin;) {
        const Segment& segment = run.segments[k];
        if (segment.arrival >= 0) {
            undo_arrival(population, run.arrivals[static_cast<std::size_t>(segment.arrival)],
                         gradients);
        }
        undo_silence(population, k);
        if (segment.step >= 0) undo_step(population, static_cast<std::size_t>(segment.step));
        if (segment.length > 0.0) retreat(population, k, gradients);
    }
}

double ExactExample::shift_of(std::size_t population, std::size_t row, std::size_t neuron) const {
    const LinearFlow& flow = network_.flows[population];
    const std::vector<double>& lambda = runs_[population].lambda;
    double shift = 0.0;
    for (const LinearFlow::Entry& entry : flow.matrix) {
        if (entry.column == row && !is_held(population, entry.row, neuron))
            shift -= entry.value[neuron] * lambda[entry.row * flow.padded + neuron];
    }
    return shift;
}

void ExactExample::undo_synapse(std::size_t population, const Arrival& arrival,
                                ExactGradients& gradients) {
    const ExactConnection& connection = network_.connections[arrival.connection];
    const std::size_t post = connection.table->post[arrival.synapse];
    const std::size_t weight = connection.table->weight_of(arrival.synapse);
    const std::size_t at = connection.row * network_.flows[population].padded + post;
    if (connection.trainable)
        gradients.weights[arrival.connection][weight] +=
            connection.scale * runs_[population].lambda[at];
    const double effect = connection.scale * network_.weights[arrival.connection][weight] *
                          shift_of(population, connection.row, post);
    runs_[connection.source].kappa[arrival.spike] += effect;
    gradients.delays[arrival.connection][weight] += effect;
}

void ExactExample::undo_arrival(std::size_t population, const Arrival& arrival,
                                ExactGradients& gradients) {
    if (arrival.synapse != Arrival::kWholeRow) {
        undo_synapse(population, arrival, gradients);
        return;
    }
    const LinearFlow& flow = network_.flows[population];
    const ExactConnection& connection = network_.connections[arrival.connection];
    const Run& run = runs_[population];
    Run& source = runs_[connection.source];
    const std::size_t pre = source.neurons[arrival.spike];
    const double* const lambda = run.lambda.data() + connection.row * flow.padded;
    if (connection.trainable) {
        double* const gradient = gradients.weights[arrival.connection].data();
        if (connection.is_dense) {
            double* const row = gradient + pre * flow.size;
            for (std::size_t j = 0; j < flow.size; ++j)
                row[j] += connection.scale * lambda[j];
        } else {
            connection.for_each(pre, [&](std::size_t post, std::size_t weight) {
                gradient[weight] += connection.scale * lambda[post];
            });
        }
    }
    if (!connection.feeds_back && !plan_.wants_delay_gradients) return;
    // An arrival of weight w makes the speed jump by w times a column of the matrix; an arrival
    // that comes later changes the loss by minus that.
    std::fill_n(shift_.begin(), flow.size, 0.0);
    for (const LinearFlow::Entry& entry : flow.matrix) {
        if (entry.column != connection.row) continue;
        const double* const other = run.lambda.data() + entry.row * flow.padded;
        const ExactHold& hold = network_.holds[population];
        if (hold.any() && entry.row < hold.held.size() && hold.held[entry.row]) {
            for (std::size_t j = 0; j < flow.size; ++j)
                shift_[j] -= run.is_held[j] != 0 ? 0.0 : entry.value[j] * other[j];
            continue;
        }
        for (std::size_t j = 0; j < flow.size; ++j)
            shift_[j] -= entry.value[j] * other[j];
    }
    const std::vector<double>& weights = network_.weights[arrival.connection];
    double sum = 0.0;
    if (connection.is_dense) {
        const double* const row = weights.data() + pre * flow.size;
        for (std::size_t j = 0; j < flow.size; ++j)
            sum += row[j] * shift_[j];
    } else {
        connection.for_each(pre, [&](std::size_t post, std::size_t weight) {
            sum += weights[weight] * shift_[post];
        });
    }
    source.kappa[arrival.spike] += connection.scale * sum;
    gradients.delays[arrival.connection][0] += connection.scale * sum;
}

void ExactExample::undo_silence(std::size_t population, std::size_t segment) {
    const LinearFlow& flow = network_.flows[population];
    Run& run = runs_[population];
    // Segments are undone from the last to the first.
    for (; !run.silent.empty() && run.nearest_segment[run.silent.back()] == segment;
         run.silent.pop_back()) {
        const std::uint32_t neuron = run.silent.back();
        for (const LinearFlow::Constant& c : flow.crossing) {
            run.lambda[c.row * flow.padded + neuron] -=
                (*pulls_)[population].of_silent[neuron] * c.value[neuron];
        }
    }
}

void ExactExample::undo_step(std::size_t population, std::size_t step) {
    const PopulationPlan& plan = plan_.populations[population];
    const LinearFlow& flow = network_.flows[population];
    Run& run = runs_[population];
    double* const lambda = run.lambda.data() + flow.output * flow.padded;
    if (run.compares_steps) {
        for (std::size_t j = 0; j < plan.size; ++j)
            lambda[j] += run.step_outputs[step * plan.size + j];
    } else if (plan.readout && plan.readout->source == ReadoutSource::kVariable) {
        const double weight = plan.readout->step_weights[step];
        for (std::size_t j = 0; j < plan.size; ++j)
            lambda[j] += weight * run.readout_slope[j];
    }
}

void ExactExample::retreat(std::size_t population, std::size_t number, ExactGradients& gradients) {
    if (network_.holds[population].any()) {
        retreat_with_holds(population, number, gradients);
        return;
    }
    const LinearFlow& flow = network_.flows[population];
    Run& run = runs_[population];
    const Segment& segment = run.segments[number];
    // Neurons that spiked take the way through their spikes, one segment after the other.
    std::vector<std::pair<std::uint32_t, std::uint32_t>>& spikes = by_neuron_;
    spikes.clear();
    for (std::uint32_t k = segment.first_spike; k < segment.end_spike; ++k)
        spikes.emplace_back(run.neurons[k], k);
    std::sort(spikes.begin(), spikes.end());
    if (network_.parameters[population].any()) add_ways(population, number, gradients);
    std::vector<double>& before = before_;  // [neuron that spiked][dimension]
    before.clear();
    std::array<double, LinearFlow::kMostDimensions> lambda{};
    for (std::size_t end = spikes.size(); end > 0;) {
        const std::uint32_t neuron = spikes[end - 1].first;
        std::size_t first = end;
        while (first > 0 && spikes[first - 1].first == neuron)
            --first;
        flow.read(run.lambda.data(), neuron, lambda.data());
        retreat_through(population, number, first, end, lambda.data(), gradients);
        before.insert(before.end(), lambda.data(), lambda.data() + flow.dimension);
        end = first;
    }
    flow.retreat(segment.length, run.lambda.data());
    std::size_t at = 0;
    for (std::size_t end = spikes.size(); end > 0; at += flow.dimension) {
        const std::uint32_t neuron = spikes[end - 1].first;
        flow.write(before.data() + at, neuron, run.lambda.data());
        while (end > 0 && spikes[end - 1].first == neuron)
            --end;
    }
}

void ExactExample::retreat_through(std::size_t population, std::size_t segment, std::size_t first,
                                   std::size_t last, double* lambda, ExactGradients& gradients) {
    const LinearFlow& flow = network_.flows[population];
    const FlowParameters& parameters = network_.parameters[population];
    const Run& run = runs_[population];
    const std::size_t neuron = by_neuron_[first].first;
    std::array<double, LinearFlow::kMostDimensions> y{};
    double time = run.segments[segment].length;
    for (std::size_t k = last; k-- > first;) {
        const std::size_t spike = by_neuron_[k].second;
        const double length = time - run.offsets[spike];
        if (parameters.any()) {
            std::copy_n(run.before.data() + spike * flow.dimension, flow.dimension, y.begin());
            flow.reset_one(neuron, y.data());
            parameters.add_way(flow, length, neuron, y.data(), lambda,
                               gradients.parameters[population]);
        }
        flow.retreat_one(length, neuron, lambda);
        undo_spike(population, spike, lambda, gradients);
        time = run.offsets[spike];
    }
    if (parameters.any()) {
        flow.read(run.began.data() + segment * flow.dimension * flow.padded, neuron, y.data());
        parameters.add_way(flow, time, neuron, y.data(), lambda, gradients.parameters[population]);
    }
    flow.retreat_one(time, neuron, lambda);
}

void ExactExample::add_ways(std::size_t population, std::size_t segment,
                            ExactGradients& gradients) {
    auto next = by_neuron_.begin();
    for (std::uint32_t neuron = 0; neuron < network_.flows[population].size; ++neuron) {
        const bool spiked = next != by_neuron_.end() && next->first == neuron;
        while (next != by_neuron_.end() && next->first == neuron)
            ++next;
        if (!spiked) add_way(population, segment, neuron, gradients);
    }
}

void ExactExample::add_way(std::size_t population, std::size_t segment, std::uint32_t neuron,
                           ExactGradients& gradients) {
    const LinearFlow& flow = network_.flows[population];
    const Run& run = runs_[population];
    const double* const began = run.began.data() + segment * flow.dimension * flow.padded;
    std::array<double, LinearFlow::kMostDimensions> y{};
    std::array<double, LinearFlow::kMostDimensions> lambda{};
    flow.read(began, neuron, y.data());
    flow.read(run.lambda.data(), neuron, lambda.data());
    network_.parameters[population].add_way(flow, run.segments[segment].length, neuron, y.data(),
                                            lambda.data(), gradients.parameters[population]);
}

void ExactExample::undo_spike(std::size_t population, std::size_t spike, double* lambda,
                              ExactGradients& gradients) {
    const LinearFlow& flow = network_.flows[population];
    const FlowParameters& parameters = network_.parameters[population];
    const ExactHold& hold = network_.holds[population];
    Run& run = runs_[population];
    const std::size_t neuron = run.neurons[spike];
    const double* const before = run.before.data() + spike * flow.dimension;
    std::array<double, LinearFlow::kMostDimensions> after{};
    std::array<double, LinearFlow::kMostDimensions> speed{};
    std::copy_n(before, flow.dimension, after.begin());
    flow.reset_one(neuron, after.data());
    double moved = run.kappa[spike];
    // The refractory time that follows ends later, too.
    if (hold.any()) moved += std::exchange(run.owed[neuron], 0.0);
    (hold.any() ? hold.flow : flow).speed_of(neuron, after.data(), speed.data());
    for (std::size_t a = 0; a < flow.dimension; ++a)
        moved -= lambda[a] * speed[a];
    if (parameters.any())
        parameters.add_reset(neuron, before, lambda, gradients.parameters[population]);
    flow.pull_reset(neuron, lambda);
    flow.speed_of(neuron, before, speed.data());
    for (std::size_t a = 0; a < flow.dimension; ++a)
        moved += lambda[a] * speed[a];
    if (hold.any() && run.at_once[spike] != 0) {
        // Its time is the end of the refractory time before it.
        run.owed[neuron] = moved;
    } else {
        const double slope =
            std::max(flow.along_crossing(neuron, speed.data()), network_.min_slope);
        flow.add_crossing(neuron, -moved / slope, lambda);
        if (parameters.any()) {
            parameters.add_crossing(neuron, before, -moved / slope,
                                    gradients.parameters[population]);
        }
    }
    const std::vector<double>& pulls = (*pulls_)[population].at_spikes;
    if (!pulls.empty()) lambda[flow.output] += pulls[neuron];
}

}  // namespace saltus
