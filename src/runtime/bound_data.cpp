#include "runtime/bound_data.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/losses/sparse_categorical_crossentropy.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

/// Visits one entry of Inputs for the population that it is for.
class InputBinder {
  public:
    InputBinder(const Plan& plan, const PopulationPlan& population, BoundData& bound)
        : plan_(plan), population_(population), bound_(bound) {}

    InputView operator()(const std::shared_ptr<const SpikeTrains>& trains) const {
        require(trains != nullptr, "spike trains", InputKind::kSpikes);
        require_neurons(trains->num_neurons());
        try {
            bound_.owned.push_back(std::make_shared<const GridSpikes>(
                GridSpikes::from(*trains, plan_.dt, plan_.num_steps)));
        } catch (const ModelError& error) {
            throw error.within(where()).with("population", population_.name);
        }
        return {bound_.owned.back().get(), nullptr};
    }

    InputView operator()(const std::shared_ptr<const GridSpikes>& spikes) const {
        require(spikes != nullptr, "spike trains", InputKind::kSpikes);
        require_neurons(spikes->num_neurons());
        if (spikes->num_steps() != plan_.num_steps || spikes->dt() != plan_.dt) {
            throw ModelError(
                where(),
                fmt::format("its spikes lie on {} steps of {:g} ms, but the network was "
                            "compiled for {} steps of {:g} ms",
                            spikes->num_steps(), spikes->dt(), plan_.num_steps, plan_.dt),
                "encode the data with the compiler's dt and timesteps")
                .with("population", population_.name);
        }
        return {spikes.get(), nullptr};
    }

    InputView operator()(const std::shared_ptr<const Array>& values) const {
        return (*this)(values ? std::make_shared<const NumberView>(values) : nullptr);
    }

    InputView operator()(const std::shared_ptr<const NumberView>& values) const {
        const bool fits =
            population_.input != InputKind::kNone && population_.input != InputKind::kSpikes;
        require(values != nullptr, "values", fits ? population_.input : InputKind::kBinary);
        require_shape(values->shape());
        values->require_finite(where(), "its values");
        bound_.owned_views.push_back(values);
        return {nullptr, values.get()};
    }

  private:
    std::string where() const { return "Input " + population_.name; }

    void require(bool present, const std::string& given, InputKind needed) const {
        if (!present) {
            throw ModelError(where(), "its data is null", "give spike trains or an array")
                .with("population", population_.name);
        }
        if (population_.input == needed) return;
        throw ModelError(
            where(), fmt::format("it is a {} and was given {}", population_.model, given),
            population_.input == InputKind::kSpikes ? "give spike trains"
                                                    : "give an array of shape (examples, neurons)")
            .with("population", population_.name);
    }

    void require_shape(const Shape& shape) const {
        const std::size_t frames = population_.frames.count;
        const bool has_frames = frames > 1;
        const std::size_t axes = has_frames ? 3 : 2;
        const bool fits = shape.rank() >= axes && (!has_frames || shape[1] == frames) &&
                          shape.size() == shape[0] * frames * population_.size;
        if (fits) return;
        throw ModelError(
            where(),
            fmt::format("its values have shape {}, but the population has {} neurons{}",
                        to_string(shape), population_.size,
                        has_frames ? fmt::format(" and {} frames", frames) : ""),
            has_frames ? fmt::format("give values of shape (examples, {}, neurons)", frames)
                       : "give values of shape (examples, neurons)")
            .with("population", population_.name)
            .with("shape", to_string(shape));
    }

    void require_neurons(std::size_t neurons) const {
        if (neurons == population_.size) return;
        throw ModelError(
            where(),
            fmt::format("its spike trains are of {} neurons, but the population has {}", neurons,
                        population_.size),
            "give data of the population's size")
            .with("population", population_.name);
    }

    const Plan& plan_;
    const PopulationPlan& population_;
    BoundData& bound_;
};

std::size_t find_population(const Plan& plan, const std::string& name, bool inputs) {
    std::vector<std::string> candidates;
    for (std::size_t index = 0; index < plan.populations.size(); ++index) {
        const PopulationPlan& population = plan.populations[index];
        const bool fits =
            inputs ? population.input != InputKind::kNone : population.readout.has_value();
        if (!fits) continue;
        if (population.name == name) return index;
        candidates.push_back(population.name);
    }
    throw ModelError(
        inputs ? "Inputs" : "Labels",
        fmt::format("there is no {} population '{}'", inputs ? "input" : "output", name),
        suggest(name, candidates))
        .with("population", name);
}

std::size_t examples_of(const InputView& view) {
    return view.spikes ? view.spikes->num_examples() : view.values->shape()[0];
}

void require_same_number(std::size_t expected, std::size_t found, const std::string& what) {
    if (expected == found) return;
    throw ModelError("Dataset",
                     fmt::format("{} has {} examples, the others have {}", what, found, expected),
                     "give every input and output the same number of examples");
}

void bind_inputs(const Plan& plan, const Inputs& inputs, BoundData& bound) {
    bool first = true;
    for (const auto& [name, data] : inputs) {
        const std::size_t index = find_population(plan, name, true);
        bound.inputs[index] = std::visit(InputBinder(plan, plan.populations[index], bound), data);
        const std::size_t examples = examples_of(bound.inputs[index]);
        if (first) bound.num_examples = examples;
        require_same_number(bound.num_examples, examples, "input " + name);
        first = false;
    }
    for (std::size_t index = 0; index < plan.populations.size(); ++index) {
        const PopulationPlan& population = plan.populations[index];
        const InputView& view = bound.inputs[index];
        if (population.input == InputKind::kNone || view.spikes || view.values) continue;
        throw ModelError("Inputs",
                         fmt::format("input population '{}' has no data", population.name),
                         "give data for every input population")
            .with("population", population.name);
    }
    if (bound.num_examples == 0) {
        throw ModelError("Dataset", "it holds no example", "give at least one example");
    }
}

void bind_labels(const Plan& plan, const Labels& labels, const Losses& losses, BoundData& bound) {
    for (const auto& [name, values] : labels) {
        const std::size_t index = find_population(plan, name, false);
        require_same_number(bound.num_examples, values.size(), "labels of " + name);
        const std::string where = "Labels " + name;
        const std::size_t size = plan.populations[index].size;
        if (losses[index]) {
            losses[index]->check_labels(values, size, where);
        } else {
            SparseCategoricalCrossentropy().check_labels(values, size, where);
        }
        bound.labels[index] = values;
    }
    for (const std::size_t output : plan.outputs()) {
        if (labels.empty() || !losses[output] || !bound.labels[output].empty()) continue;
        throw ModelError(
            "Labels",
            fmt::format("output population '{}' has no labels", plan.populations[output].name),
            "give labels for every output with a loss")
            .with("population", plan.populations[output].name);
    }
}

}  // namespace

BoundData bind_data(const Plan& plan, const Inputs& inputs, const Labels& labels,
                    const Losses& losses) {
    BoundData bound;
    bound.inputs.resize(plan.populations.size());
    bound.labels.resize(plan.populations.size());
    bind_inputs(plan, inputs, bound);
    bind_labels(plan, labels, losses, bound);
    return bound;
}

}  // namespace saltus
