#include <saltus/runtime/callbacks.hpp>

#include <algorithm>
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
    : options_(std::move(options)),
      best_("EarlyStopping", {options_.figure, options_.min_delta}, options_.restore_best) {
    if (options_.patience == 0) {
        throw ModelError("EarlyStopping", "patience is 0", "give at least 1 epoch")
            .with("parameter", "patience");
    }
}

void EarlyStopping::on_run_begin(const Progress& progress) {
    best_.begin(progress);
    waited_ = 0;
}

void EarlyStopping::on_epoch_end(const Progress& progress) {
    waited_ = best_.update(progress) ? 0 : waited_ + 1;
}

void EarlyStopping::on_run_end(const Progress& progress) {
    if (options_.restore_best) best_.restore(progress);
}

RestoreBest::RestoreBest(Options options) : best_("RestoreBest", std::move(options), true) {}

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
