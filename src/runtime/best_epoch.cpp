#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <saltus/common/errors.hpp>
#include <saltus/optimisers/schedules.hpp>
#include <saltus/runtime/callbacks.hpp>
#include <saltus/runtime/compiled_network.hpp>

namespace saltus {

BestEpoch::BestEpoch(std::string callback, Options options, bool keeps_state)
    : callback_(std::move(callback)),
      options_(std::move(options)),
      smaller_is_better_(is_smaller_better(options_.figure)),
      keeps_state_(keeps_state) {
    if (options_.min_delta >= 0.0 && std::isfinite(options_.min_delta)) return;
    throw ModelError(callback_, fmt::format("min_delta is {:g}", options_.min_delta),
                     "give a finite number that is not negative")
        .with("parameter", "min_delta");
}

void BestEpoch::begin(const Progress& progress) {
    best_ = std::numeric_limits<double>::quiet_NaN();
    epoch_ = progress.epoch;
    state_.reset();
}

bool BestEpoch::update(const Progress& progress) {
    const auto found = progress.metrics->find(options_.figure);
    if (found == progress.metrics->end()) {
        std::vector<std::string> names;
        for (const auto& [name, value] : *progress.metrics)
            names.push_back(name);
        throw ModelError(callback_,
                         fmt::format("there is no figure '{}' at the end of epoch {}; there are {}",
                                     options_.figure, progress.epoch, fmt::join(names, ", ")),
                         "name one of those; figures of a validation need examples for it")
            .with("parameter", "figure");
    }
    const double gain = smaller_is_better_ ? best_ - found->second : found->second - best_;
    if (std::isnan(found->second)) return false;
    // The first figure has nothing to be compared with.
    if (!std::isnan(best_) && !(gain > options_.min_delta)) return false;
    best_ = found->second;
    epoch_ = progress.epoch;
    if (!keeps_state_) return true;
    const auto* const network = dynamic_cast<const CompiledTrainingNetwork*>(progress.network);
    if (network == nullptr) {
        throw ModelError(callback_, "the network is not trained, so that it has no best epoch",
                         "use it with train()");
    }
    state_ = network->training_state();
    return true;
}

void BestEpoch::restore(const Progress& progress) const {
    auto* const network = dynamic_cast<CompiledTrainingNetwork*>(progress.network);
    // The last epoch's state is the network's, unless batches have followed.
    if (network != nullptr && state_) network->restore(*state_);
}

}  // namespace saltus
