#include <saltus/runtime/callbacks.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <saltus/common/errors.hpp>
#include <saltus/optimisers/schedules.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

void call(const FunctionCallback::Function& function, const Progress& progress) {
    if (function) function(progress);
}

}  // namespace

void FunctionCallback::on_run_begin(const Progress& progress) {
    call(functions_.run_begin, progress);
}
void FunctionCallback::on_epoch_begin(const Progress& progress) {
    call(functions_.epoch_begin, progress);
}
void FunctionCallback::on_batch_begin(const Progress& progress) {
    call(functions_.batch_begin, progress);
}
void FunctionCallback::on_batch_end(const Progress& progress) {
    call(functions_.batch_end, progress);
}
void FunctionCallback::on_epoch_end(const Progress& progress) {
    call(functions_.epoch_end, progress);
}
void FunctionCallback::on_run_end(const Progress& progress) {
    call(functions_.run_end, progress);
}

EarlyStopping::EarlyStopping(Options options)
    : options_(std::move(options)), smaller_is_better_(is_smaller_better(options_.figure)) {
    if (options_.patience == 0) {
        throw ModelError("EarlyStopping", "patience is 0", "give at least 1 epoch")
            .with("parameter", "patience");
    }
    if (!(options_.min_delta >= 0.0) || !std::isfinite(options_.min_delta)) {
        throw ModelError("EarlyStopping", fmt::format("min_delta is {:g}", options_.min_delta),
                         "give a finite number that is not negative")
            .with("parameter", "min_delta");
    }
}

void EarlyStopping::on_run_begin(const Progress& progress) {
    best_ = std::numeric_limits<double>::quiet_NaN();
    best_epoch_ = progress.epoch;
    waited_ = 0;
}

void EarlyStopping::on_epoch_end(const Progress& progress) {
    const auto found = progress.metrics->find(options_.figure);
    if (found == progress.metrics->end()) {
        std::vector<std::string> names;
        for (const auto& [name, value] : *progress.metrics)
            names.push_back(name);
        throw ModelError("EarlyStopping",
                         fmt::format("there is no figure '{}' at the end of epoch {}; there are {}",
                                     options_.figure, progress.epoch, fmt::join(names, ", ")),
                         "name one of those; figures of a validation need examples for it")
            .with("parameter", "figure");
    }
    const double gain = smaller_is_better_ ? best_ - found->second : found->second - best_;
    // The first figure has nothing to be compared with.
    if (std::isnan(best_) || gain > options_.min_delta) {
        best_ = found->second;
        best_epoch_ = progress.epoch;
        waited_ = 0;
    } else {
        ++waited_;
    }
}

OptimiserParamSchedule::OptimiserParamSchedule(const std::string& parameter, Function function)
    : parameter_(parameter), function_(std::move(function)) {
    std::vector<std::string> known;
    for (const std::string& optimiser : optimiser_names()) {
        for (const std::string& name : setting_names(optimiser_by_name(optimiser))) {
            // A switch has no schedule.
            if (name != "nesterov" && std::find(known.begin(), known.end(), name) == known.end())
                known.push_back(name);
        }
    }
    if (std::find(known.begin(), known.end(), parameter) != known.end()) return;
    throw ModelError("OptimiserParamSchedule",
                     fmt::format("optimisers have no parameter '{}'", parameter),
                     suggest(parameter, known))
        .with("parameter", parameter);
}

void OptimiserParamSchedule::on_epoch_begin(const Progress& progress) {
    auto* const network = dynamic_cast<CompiledTrainingNetwork*>(progress.network);
    if (network == nullptr) {
        throw ModelError("OptimiserParamSchedule", "the network has no optimiser",
                         "use it with train()");
    }
    Optimiser optimiser = network->optimiser();
    const std::map<std::string, double> settings = settings_of(optimiser);
    const auto present = settings.find(parameter_);
    if (present == settings.end()) {
        throw ModelError(
            "OptimiserParamSchedule",
            fmt::format("'{}' has no parameter '{}'", optimiser_name(optimiser), parameter_),
            suggest(parameter_, setting_names(optimiser)))
            .with("parameter", parameter_);
    }
    set_setting(optimiser, parameter_, function_(progress.epoch, present->second));
    network->set_optimiser(optimiser);
}

}  // namespace saltus
