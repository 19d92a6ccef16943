#include "runtime/bound_data.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/losses/sparse_categorical_crossentropy.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

/// Spikes at the beginnings of their steps, or as much later as they are known to be.
std::shared_ptr<const SpikeTrains> trains_of(const GridSpikes& spikes) {
    auto trains = std::make_shared<SpikeTrains>(spikes.num_neurons());
    SpikeList list;
    std::vector<Spike> example;
    for (std::size_t index = 0; index < spikes.num_examples(); ++index) {
        spikes.unpack(index, list);
        example.clear();
        for (std::size_t step = 0; step < spikes.num_steps(); ++step) {
            for (std::size_t k = list.step_begin[step]; k < list.step_begin[step + 1]; ++k) {
                const double later = list.offsets.empty() ? 0.0 : double{list.offsets[k]};
                example.push_back(
                    {list.neurons[k], static_cast<double>(step) * spikes.dt() + later});
            }
        }
        trains->append(example);
    }
    return trains;
}

/// Visits one entry of Inputs for the population that it is for.
class InputBinder {
  public:
    InputBinder(const Plan& plan, const PopulationPlan& population, BoundData& bound)
        : plan_(plan), population_(population), bound_(bound) {}

    InputView operator()(const std::shared_ptr<const SpikeTrains>& trains) const {
        require(trains != nullptr, "spike trains", InputKind::kSpikes);
        require_neurons(trains->num_neurons());
        if (plan_.exact_times) {
            require_within(*trains);
            return {nullptr, nullptr, nullptr, trains.get()};
        }
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
        if (plan_.exact_times) {
            bound_.owned_trains.push_back(trains_of(*spikes));
            return {nullptr, nullptr, nullptr, bound_.owned_trains.back().get()};
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

    void require_within(const SpikeTrains& trains) const {
        const double duration = plan_.dt * static_cast<double>(plan_.num_steps);
        if (trains.latest_time() < duration) return;
        throw ModelError(where(),
                         fmt::format("a spike is at {:g} ms, but the network was compiled for {} "
                                     "steps of {:g} ms",
                                     trains.latest_time(), plan_.num_steps, plan_.dt),
                         "simulate more timesteps, or leave late spikes out")
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
    if (view.trains) return view.trains->num_examples();
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
        const bool has_data = view.spikes || view.values || view.trains;
        if (population.input == InputKind::kNone || has_data) continue;
        throw ModelError("Inputs",
                         fmt::format("input population '{}' has no data", population.name),
                         "give data for every input population")
            .with("population", population.name);
    }
    if (bound.num_examples == 0) {
        throw ModelError("Dataset", "it holds no example", "give at least one example");
    }
}

/// Checks the targets of one output.
class TargetBinder {
  public:
    TargetBinder(const Plan& plan, std::size_t output, const Loss* loss)
        : plan_(plan),
          population_(plan.populations[output]),
          loss_(loss),
          where_("Labels " + population_.name) {}

    TargetView operator()(const TargetData& data) const {
        return data.are_labels() ? labels(data.labels()) : values(*data.values());
    }

  private:
    TargetView labels(const std::vector<std::int32_t>& labels) const {
        if (loss_ != nullptr && loss_->takes_values()) {
            refuse(fmt::format("its loss {} compares values and was given labels", loss_->name()),
                   fmt::format("give an array of shape (examples, {})", population_.size));
        }
        if (loss_ != nullptr) {
            loss_->check_labels(labels, population_.size, where_);
        } else {
            SparseCategoricalCrossentropy().check_labels(labels, population_.size, where_);
        }
        return {labels, nullptr, compares_every_step()};
    }

    bool compares_every_step() const { return loss_ != nullptr && loss_->compares_every_step(); }

    TargetView values(const NumberView& values) const {
        if (loss_ != nullptr && !loss_->takes_values()) {
            refuse(fmt::format("its loss {} takes labels and was given values", loss_->name()),
                   "give one class for each example");
        }
        const Shape& shape = values.shape();
        const std::size_t examples = shape.rank() == 0 ? 0 : shape[0];
        const std::size_t steps = plan_.num_steps;
        const bool fits = shape.rank() >= 2 && values.size() == examples * population_.size;
        const bool of_steps = !fits && shape.rank() >= 3 && shape[1] == steps &&
                              values.size() == examples * steps * population_.size;
        if (!fits && !of_steps) {
            refuse(fmt::format("its values have shape {}, but the population has {} neurons",
                               to_string(shape), population_.size),
                   fmt::format("give values of shape (examples, {0}), or (examples, {1}, {0}) for "
                               "those of every timestep",
                               population_.size, steps));
        }
        if (of_steps) require_steps(shape);
        values.require_finite(where_, "its values");
        return {{}, &values, of_steps || compares_every_step()};
    }

    void require_steps(const Shape& shape) const {
        const bool compares = loss_ != nullptr && loss_->takes_steps();
        if (compares && population_.compares_steps) return;
        refuse(fmt::format("its values of shape {} are those of every timestep, but {}",
                           to_string(shape),
                           compares ? fmt::format("its readout is {}", population_.readout->name)
                                    : "there is no loss that compares them"),
               fmt::format("{}give values of shape (examples, {})",
                           compares ? "use the readout var, or " : "", population_.size));
    }

    [[noreturn]] void refuse(const std::string& problem, const std::string& advice) const {
        throw ModelError(where_, problem, advice).with("population", population_.name);
    }

    const Plan& plan_;
    const PopulationPlan& population_;
    const Loss* loss_;
    std::string where_;
};

void bind_labels(const Plan& plan, const Labels& labels, const Losses& losses, BoundData& bound) {
    for (const auto& [name, data] : labels) {
        const std::size_t index = find_population(plan, name, false);
        bound.targets[index] = TargetBinder(plan, index, losses[index].get())(data);
        require_same_number(bound.num_examples, data.num_examples(), "labels of " + name);
        if (data.values()) bound.owned_views.push_back(data.values());
    }
    for (const std::size_t output : plan.outputs()) {
        if (labels.empty() || !losses[output] || !bound.targets[output].empty()) continue;
        throw ModelError(
            "Labels",
            fmt::format("output population '{}' has no labels", plan.populations[output].name),
            "give labels for every output with a loss")
            .with("population", plan.populations[output].name);
    }
}

}  // namespace

std::size_t TargetData::num_examples() const {
    if (are_labels()) return labels_.size();
    return values_->shape().rank() == 0 ? 0 : values_->shape()[0];
}

BoundData bind_data(const Plan& plan, const Inputs& inputs, const Labels& labels,
                    const Losses& losses) {
    BoundData bound;
    bound.inputs.resize(plan.populations.size());
    bound.targets.resize(plan.populations.size());
    bind_inputs(plan, inputs, bound);
    bind_labels(plan, labels, losses, bound);
    return bound;
}

}  // namespace saltus
