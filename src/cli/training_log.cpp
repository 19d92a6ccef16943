#include "cli/training_log.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "cli/progress_line.hpp"

namespace saltus {
namespace {

constexpr double kSecondsBetweenUpdates = 0.1;

double figure(const Progress& progress, const std::string& name) {
    const auto found = progress.metrics->find(name);
    return found == progress.metrics->end() ? std::numeric_limits<double>::quiet_NaN()
                                            : found->second;
}

std::string epoch_line(const EpochFigures& epoch, std::size_t num_epochs, double images) {
    const std::string test =
        epoch.test_accuracy ? fmt::format("test accuracy {:.2f} %", 100.0 * *epoch.test_accuracy)
                            : "not tested";
    const std::string validation =
        epoch.validation_accuracy
            ? fmt::format("validation accuracy {:.2f} %  ", 100.0 * *epoch.validation_accuracy)
            : "";
    const std::string number = std::to_string(num_epochs);
    return fmt::format(
        "epoch {:>{}}/{}  loss {:.4f}  train accuracy {:.2f} %  {}{}  {}  {} images/s", epoch.epoch,
        number.size(), number, epoch.loss, 100.0 * epoch.train_accuracy, validation, test,
        duration_text(epoch.seconds), rate_text(images / epoch.seconds));
}

}  // namespace

TrainingLog::TrainingLog(Console& console, TimePoint program_start, std::size_t num_images,
                         Test test)
    : console_(console),
      program_start_(program_start),
      num_images_(num_images),
      run_test_(std::move(test)) {}

void TrainingLog::on_run_begin(const Progress& /*progress*/) {
    // An epoch begins with the making of its varied copies, of which nothing is told.
    epoch_start_ = run_start_ = std::chrono::steady_clock::now();
}

void TrainingLog::on_epoch_begin(const Progress& progress) {
    if (epochs_.empty()) first_epoch_ = progress.epoch;
}

void TrainingLog::on_batch_end(const Progress& progress) {
    if (!seconds_to_first_batch_) seconds_to_first_batch_ = seconds_since(program_start_);
    test_result_.reset();
    if (console_.shows_progress() && seconds_since(last_shown_) >= kSecondsBetweenUpdates) {
        show(progress);
    }
}

void TrainingLog::show(const Progress& progress) {
    last_shown_ = std::chrono::steady_clock::now();
    ShownProgress state;
    state.epoch = progress.epoch + 1;
    state.num_epochs = progress.num_epochs;
    state.fraction =
        static_cast<double>(progress.batch) / static_cast<double>(progress.num_batches);
    state.loss = figure(progress, "loss");
    state.accuracy = figure(progress, "accuracy");
    state.images_per_second =
        state.fraction * static_cast<double>(num_images_) / seconds_since(epoch_start_);
    // The time so far includes the tests, and so does what is left.
    const double done = static_cast<double>(progress.epoch - first_epoch_) + state.fraction;
    const double all = static_cast<double>(progress.num_epochs - first_epoch_);
    state.seconds_left = seconds_since(run_start_) * (all / done - 1.0);
    console_.show_progress(progress_line(state, console_.columns()));
}

void TrainingLog::on_epoch_end(const Progress& progress) {
    EpochFigures epoch;
    epoch.seconds = seconds_since(epoch_start_);
    epoch.epoch = progress.epoch + 1;
    epoch.loss = figure(progress, "loss");
    epoch.train_accuracy = figure(progress, "accuracy");
    const double validated = figure(progress, "validation_accuracy");
    if (!std::isnan(validated)) epoch.validation_accuracy = validated;
    test_result_ = run_test_();
    if (test_result_) epoch.test_accuracy = test_result_->accuracy();
    console_.say(epoch_line(epoch, progress.num_epochs, static_cast<double>(num_images_)));
    epochs_.push_back(epoch);
    epoch_start_ = std::chrono::steady_clock::now();
}

const EpochFigures& TrainingLog::final_epoch() const {
    if (!final_epoch_) return epochs_.back();
    return *std::ranges::find(epochs_, *final_epoch_ + 1, &EpochFigures::epoch);
}

void TrainingLog::go_back_to(std::size_t epoch) {
    if (test_result_ && epochs_.back().epoch == epoch + 1) return;
    final_epoch_ = epoch;
    test_result_ = run_test_();
}

double TrainingLog::seconds_per_epoch() const {
    double sum = 0.0;
    for (const EpochFigures& epoch : epochs_)
        sum += epoch.seconds;
    return sum / static_cast<double>(epochs_.size());
}

}  // namespace saltus
