#include <algorithm>
#include <array>

#include "backend/exact/exact_example.hpp"

// Refractory times. From a spike on a neuron is held for a fixed time, in which it does not spike
// and some of its states stay as they are; then it is released, and spikes at once where it stands
// above its threshold. Neurons that are held, or change, are taken through a segment one by one.

namespace saltus {

void ExactExample::follow_with_holds(std::size_t population, Segment& segment, double time) {
    Run& run = runs_[population];
    segment.first_release = static_cast<std::uint32_t>(run.releases.size());
    found_.clear();
    for (std::uint32_t j = 0; j < network_.flows[population].size; ++j) {
        const bool has_ended = run.ends_with_spike && run.has_ended[j] != 0;
        if (has_ended || (may_spike_[j] == 0 && run.is_held[j] == 0)) continue;
        follow_with_holds(population, segment.length, time, j);
    }
    take_spikes(run, time);
    segment.end_release = static_cast<std::uint32_t>(run.releases.size());
}

void ExactExample::follow_with_holds(std::size_t population, double length, double time,
                                     std::uint32_t neuron) {
    const LinearFlow& flow = network_.flows[population];
    const ExactHold& hold = network_.holds[population];
    Run& run = runs_[population];
    std::array<double, LinearFlow::kMostDimensions> y{};
    flow.read(run.y.data(), neuron, y.data());
    LinearFlow::Path path;
    double passed = 0.0;
    const auto spike = [&](bool at_once) {
        found_.add(neuron, passed, y.data(), flow.dimension);
        run.at_once.push_back(at_once ? 1 : 0);
        flow.reset_one(neuron, y.data());
        run.is_held[neuron] = run.ends_with_spike ? 0 : 1;
        run.free_at[neuron] = time + passed + hold.times[neuron];
    };
    for (std::size_t spikes = 0;;) {
        const double rest = length - passed;
        const bool is_held = run.is_held[neuron] != 0;
        (is_held ? hold.flow : flow).begin(rest, neuron, y.data(), path);
        double until = rest + 1.0;
        if (is_held) {
            until = std::max(0.0, run.free_at[neuron] - time - passed);
        } else if (path.crossing[0] < 0.0 && spikes < LinearFlow::kMostSpikes &&
                   !(run.ends_with_spike && spikes > 0)) {
            until = flow.first_crossing(rest, neuron, path);
        }
        flow.follow(path, std::min(until, rest), y.data());
        if (until > rest) break;
        passed += until;
        if (is_held) {
            run.releases.push_back({neuron, passed, y});
            run.is_held[neuron] = 0;
            if (flow.crossing_at(neuron, y.data()) < 0.0) continue;
        }
        spike(is_held);
        ++spikes;
    }
    flow.write(y.data(), neuron, run.later.data());
}

void ExactExample::retreat_with_holds(std::size_t population, std::size_t number,
                                      ExactGradients& gradients) {
    const LinearFlow& flow = network_.flows[population];
    const FlowParameters& parameters = network_.parameters[population];
    Run& run = runs_[population];
    const Segment& segment = run.segments[number];
    by_neuron_.clear();
    for (std::uint32_t k = segment.first_spike; k < segment.end_spike; ++k)
        by_neuron_.emplace_back(run.neurons[k], k);
    std::sort(by_neuron_.begin(), by_neuron_.end());
    changed_.clear();
    before_.clear();
    auto spikes = by_neuron_.begin();
    std::size_t release = segment.first_release;
    std::array<double, LinearFlow::kMostDimensions> lambda{};
    for (std::uint32_t neuron = 0; neuron < flow.size; ++neuron) {
        const auto first_spike = spikes;
        while (spikes != by_neuron_.end() && spikes->first == neuron)
            ++spikes;
        const std::size_t first_release = release;
        while (release < segment.end_release && run.releases[release].neuron == neuron)
            ++release;
        const std::span own(first_spike, spikes);
        if (own.empty() && first_release == release && run.is_held[neuron] == 0) {
            if (parameters.any()) add_way(population, number, neuron, gradients);
            continue;
        }
        flow.read(run.lambda.data(), neuron, lambda.data());
        retreat_through_holds(
            population, number, own,
            std::span(run.releases).subspan(first_release, release - first_release), neuron,
            lambda.data(), gradients);
        changed_.push_back(neuron);
        before_.insert(before_.end(), lambda.data(), lambda.data() + flow.dimension);
    }
    flow.retreat(segment.length, run.lambda.data());
    for (std::size_t k = 0; k < changed_.size(); ++k)
        flow.write(before_.data() + k * flow.dimension, changed_[k], run.lambda.data());
}

void ExactExample::retreat_through_holds(
    std::size_t population, std::size_t number,
    std::span<const std::pair<std::uint32_t, std::uint32_t>> spikes,
    std::span<const Release> releases, std::uint32_t neuron, double* lambda,
    ExactGradients& gradients) {
    const LinearFlow& flow = network_.flows[population];
    const ExactHold& hold = network_.holds[population];
    const bool learns = network_.parameters[population].any();
    Run& run = runs_[population];
    double time = run.segments[number].length;
    std::array<double, LinearFlow::kMostDimensions> y{};
    // From `offset`, where the neuron is at y, to where it has come from.
    const auto retreat_to = [&](double offset) {
        const bool is_held = run.is_held[neuron] != 0;
        const FlowParameters& parameters =
            is_held ? hold.parameters : network_.parameters[population];
        const LinearFlow& way = is_held ? hold.flow : flow;
        if (learns) {
            parameters.add_way(way, time - offset, neuron, y.data(), lambda,
                               gradients.parameters[population]);
        }
        way.retreat_one(time - offset, neuron, lambda);
        time = offset;
    };
    while (!spikes.empty() || !releases.empty()) {
        // A spike at the end of a refractory time comes after the release.
        const bool is_spike =
            releases.empty() ||
            (!spikes.empty() && run.offsets[spikes.back().second] >= releases.back().offset);
        if (is_spike) {
            const std::size_t spike = spikes.back().second;
            std::copy_n(run.before.data() + spike * flow.dimension, flow.dimension, y.begin());
            flow.reset_one(neuron, y.data());
            retreat_to(run.offsets[spike]);
            undo_spike(population, spike, lambda, gradients);
            run.is_held[neuron] = 0;
            spikes = spikes.first(spikes.size() - 1);
        } else {
            const Release& release = releases.back();
            y = release.y;
            retreat_to(release.offset);
            run.owed[neuron] += shift_of_release(population, release, lambda);
            run.is_held[neuron] = 1;
            releases = releases.first(releases.size() - 1);
        }
    }
    if (learns)
        flow.read(run.began.data() + number * flow.dimension * flow.padded, neuron, y.data());
    retreat_to(0.0);
}

double ExactExample::shift_of_release(std::size_t population, const Release& release,
                                      const double* lambda) const {
    const LinearFlow& flow = network_.flows[population];
    std::array<double, LinearFlow::kMostDimensions> held{};
    std::array<double, LinearFlow::kMostDimensions> free{};
    network_.holds[population].flow.speed_of(release.neuron, release.y.data(), held.data());
    flow.speed_of(release.neuron, release.y.data(), free.data());
    double shift = 0.0;
    for (std::size_t a = 0; a < flow.dimension; ++a)
        shift += lambda[a] * (held[a] - free[a]);
    return shift;
}

}  // namespace saltus
