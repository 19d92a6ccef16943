#include <saltus/optimisers/schedules.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

void require(const char* where, bool valid, const char* name, double value, const char* range) {
    if (valid) return;
    throw ModelError(where, fmt::format("{} is {:g}", name, value),
                     fmt::format("give a number {}", range))
        .with("parameter", name);
}

void require_epochs(const char* where, const char* name, std::size_t epochs) {
    require(where, epochs >= 1, name, static_cast<double>(epochs), "of at least 1");
}

void require_positive(const char* where, const char* name, double value) {
    require(where, std::isfinite(value) && value > 0.0, name, value, "greater than 0");
}

void require_not_negative(const char* where, const char* name, double value) {
    require(where, std::isfinite(value) && value >= 0.0, name, value, "of at least 0");
}

/// The figure of an epoch, if it is a number.
std::optional<double> find_figure(const std::map<std::string, double>& figures,
                                  const std::string& name) {
    const auto found = figures.find(name);
    if (found == figures.end() || !std::isfinite(found->second)) return {};
    return found->second;
}

[[noreturn]] void refuse_figure(const std::string& figure,
                                const std::map<std::string, double>& figures) {
    std::vector<std::string> names;
    for (const auto& [name, value] : figures)
        names.push_back(name);
    throw ModelError("Plateau",
                     fmt::format("no epoch so far had a figure '{}' that is a number; there are {}",
                                 figure, fmt::join(names, ", ")),
                     "name one of those; figures of a validation need examples for it")
        .with("parameter", "figure");
}

}  // namespace

bool is_smaller_better(const std::string& figure) {
    return figure.ends_with("loss") || figure.ends_with("error");
}

double Schedule::operator()(const TrainingMoment& moment) const {
    if (!function_) return 1.0;
    const double factor = function_(moment);
    if (std::isfinite(factor) && factor >= 0.0) return factor;
    throw ModelError("Schedule",
                     fmt::format("the factor of the learning rate is {:g} in batch {} of epoch {}",
                                 factor, moment.batch, moment.epoch),
                     "give a schedule of finite numbers that are not negative");
}

StepSchedule::StepSchedule(std::size_t epochs, double factor) : epochs_(epochs), factor_(factor) {
    require_epochs("StepSchedule", "epochs", epochs);
    require_positive("StepSchedule", "factor", factor);
}

double StepSchedule::operator()(const TrainingMoment& moment) const {
    return std::pow(factor_, static_cast<double>(moment.epoch / epochs_));
}

ExponentialSchedule::ExponentialSchedule(double factor) : factor_(factor) {
    require_positive("ExponentialSchedule", "factor", factor);
}

double ExponentialSchedule::operator()(const TrainingMoment& moment) const {
    return std::pow(factor_, moment.epochs_done());
}

CosineSchedule::CosineSchedule(double last) : last_(last) {
    require_not_negative("CosineSchedule", "last", last);
}

double CosineSchedule::operator()(const TrainingMoment& moment) const {
    const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * moment.fraction()));
    return last_ + (1.0 - last_) * cosine;
}

WarmUp::WarmUp(std::size_t epochs, Schedule then, double first)
    : epochs_(epochs), then_(std::move(then)), first_(first) {
    require_epochs("WarmUp", "epochs", epochs);
    require_not_negative("WarmUp", "first", first);
}

double WarmUp::operator()(const TrainingMoment& moment) const {
    if (moment.epoch < epochs_) {
        TrainingMoment next = moment;
        ++next.batch;  // the last batch has all of it
        return first_ + (1.0 - first_) * next.epochs_done() / static_cast<double>(epochs_);
    }
    TrainingMoment rest = moment;
    rest.epoch -= epochs_;
    rest.num_epochs -= std::min(epochs_, moment.num_epochs - 1);
    rest.skipped += epochs_;
    return then_(rest);
}

Plateau::Plateau(Options options) : options_(std::move(options)) {
    require_positive("Plateau", "factor", options_.factor);
    require_epochs("Plateau", "patience", options_.patience);
    require_not_negative("Plateau", "min_delta", options_.min_delta);
    require_not_negative("Plateau", "lowest", options_.lowest);
}

double Plateau::operator()(const TrainingMoment& moment) const {
    if (moment.history == nullptr) return 1.0;
    const bool smaller = is_smaller_better(options_.figure);
    double factor = 1.0;
    std::optional<double> best;
    std::size_t waited = 0;
    const auto first = moment.history->lower_bound(moment.skipped);
    for (auto epoch = first; epoch != moment.history->end(); ++epoch) {
        const std::optional<double> figure = find_figure(epoch->second, options_.figure);
        // The first figure has nothing to be compared with.
        const bool improved =
            figure && (!best || (smaller ? *best - *figure : *figure - *best) > options_.min_delta);
        if (improved) {
            best = figure;
            waited = 0;
        } else if (++waited == options_.patience) {
            factor = std::max(factor * options_.factor, std::min(factor, options_.lowest));
            waited = 0;
        }
    }
    if (!best && first != moment.history->end())
        refuse_figure(options_.figure, moment.history->rbegin()->second);
    return factor;
}

}  // namespace saltus
