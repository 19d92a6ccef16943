#include "cli/train_command.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <saltus/common/errors.hpp>
#include <saltus/io/checkpoint.hpp>

#include "cli/interruption.hpp"
#include "cli/model_saving.hpp"
#include "cli/network_source.hpp"
#include "cli/profile_json.hpp"
#include "cli/program.hpp"
#include "cli/progress_line.hpp"
#include "cli/report/report.hpp"
#include "cli/training_log.hpp"

namespace saltus {
namespace {

constexpr double kSecondsBetweenCopies = 60.0;

/// Writes the model after an epoch now and then, so that a long run survives a power cut.
class ModelCopies : public Callback {
  public:
    ModelCopies(Console& console, std::function<void()> save)
        : console_(console), save_(std::move(save)), last_(std::chrono::steady_clock::now()) {}

    void on_epoch_end(const Progress& progress) override {
        if (progress.epoch + 1 == progress.num_epochs) return;
        if (seconds_since(last_) < kSecondsBetweenCopies) return;
        last_ = std::chrono::steady_clock::now();
        try {
            save_();
        } catch (const RuntimeFault& fault) {
            console_.warn(std::string(fault.what()) + " (training goes on)");
        }
    }

  private:
    Console& console_;
    std::function<void()> save_;
    TimePoint last_;
};

NetworkFile read_trainable(const CommandLine& command) {
    NetworkFile file = read_network_file(command.file);
    apply_options(file, command);
    return file;
}

/// One run of `saltus train`.
class Training {
  public:
    Training(const CommandLine& command, Console& console, TimePoint start)
        : command_(command),
          console_(console),
          start_(start),
          file_(read_trainable(command)),
          network_(file_.compile_training()) {}

    int run() {
        console_.say(fmt::format("Saltus {}: {}", SALTUS_VERSION, title_of(file_)));
        check_targets();
        resume();
        console_.say(fmt::format("network: {}; backend {}, {} {}", outline_of(network_),
                                 network_.backend().name, network_.threads(),
                                 network_.threads() == 1 ? "thread" : "threads"));
        load_data();
        if (!command_.report.empty()) weights_ = present_weights(network_);
        train();
        return finish();
    }

  private:
    void check_targets() const {
        if (!command_.save.empty()) require_writable(command_.save, "--save");
        if (!command_.report.empty()) require_writable(command_.report, "--report");
        if (!command_.checkpoint.empty()) require_writable(command_.checkpoint, "--checkpoint");
    }

    /// Takes over the state of a checkpoint.
    void resume() {
        if (command_.resume.empty()) return;
        const TrainingState state = load_checkpoint(command_.resume);
        const std::string name = command_.resume.string();
        const std::size_t epochs = file_.training.options().num_epochs;
        if (state.next_epoch >= epochs) {
            throw ModelError(name,
                             fmt::format("it has {} epochs behind it, and {} are asked for",
                                         state.next_epoch, epochs),
                             "ask for more with --epochs, which counts all of them")
                .with("file", name);
        }
        try {
            network_.restore(state);
        } catch (const ModelError& error) {
            throw ModelError(name, "it does not fit the network file: " + error.problem(),
                             error.advice())
                .with("file", name);
        }
        start_epoch_ = state.next_epoch;
        console_.say(fmt::format("going on after epoch {} of {}", start_epoch_, name));
    }

    void load_data() {
        const TimePoint begin = std::chrono::steady_clock::now();
        train_images_ = load_training_images(file_);
        test_images_ = load_test_images(file_, sample_);
        seconds_loading_ = seconds_since(begin);
        console_.say(
            fmt::format("data: {} images to train with, {} to test on, read and encoded "
                        "in {}",
                        grouped(train_images_.num_images), grouped(test_images_.num_images),
                        duration_text(seconds_loading_)));
    }

    std::optional<TestResult> test() {
        std::vector<std::string> metrics = file_.training.metrics;
        std::erase(metrics, "accuracy");
        TestResult result = test_network(network_, test_images_, metrics, {stop_});
        if (Interruption::requested()) return {};
        return result;
    }

    void train() {
        log_ = std::make_shared<TrainingLog>(console_, start_, train_images_.num_images,
                                             [this] { return test(); });
        TrainOptions options = file_.training.options();
        if (std::ranges::find(options.metrics, "accuracy") == options.metrics.end()) {
            options.metrics.push_back("accuracy");
        }
        options.augment = train_images_.augment;
        options.start_epoch = start_epoch_;
        options.num_epochs -= start_epoch_;
        options.callbacks = {log_, stop_};
        if (!command_.checkpoint.empty())
            options.callbacks.push_back(std::make_shared<Checkpoint>(command_.checkpoint));
        if (!command_.save.empty()) {
            options.callbacks.push_back(
                std::make_shared<ModelCopies>(console_, [this] { save_model_file(); }));
        }
        // Not earlier: before training there is nothing that an interruption could lose.
        interruption_.emplace();
        add_best_epoch(options);
        const auto results = run_training(options);
        const bool stopped = stopping_ && stopping_->wants_to_stop();
        interrupted_ = (results.size() < options.num_epochs && !stopped) ||
                       (Interruption::requested() && !log_->test());
        if (stopped) {
            const EarlyStopping::Options& given = *file_.training.early_stopping;
            console_.say(fmt::format("{} has not become better for {} {}: ending here",
                                     given.figure, given.patience,
                                     given.patience == 1 ? "epoch" : "epochs"));
        }
        go_back_to_best();
        if (interrupted_) console_.say("interrupted: ending after the last complete batch");
    }

    void add_best_epoch(TrainOptions& options) {
        const TrainingSection& training = file_.training;
        if (training.early_stopping) {
            stopping_ = std::make_shared<EarlyStopping>(*training.early_stopping);
            options.callbacks.push_back(stopping_);
        }
        if (!training.restore_best) return;
        best_ = std::make_shared<RestoreBest>(*training.restore_best);
        options.callbacks.push_back(best_);
    }

    /// What is saved, tested and told is then the best epoch.
    void go_back_to_best() {
        if (!best_ || !best_->best_state()) return;
        log_->go_back_to(best_->best_epoch());
        console_.say(fmt::format(
            "the best epoch is {}: {} {:.4g}; the network is as it was after "
            "it",
            best_->best_epoch() + 1, file_.training.restore_best->figure, best_->best()));
    }

    /// A loss or gradient that is no number ends training, but loses nothing that was learned.
    std::vector<EpochResult> run_training(const TrainOptions& options) {
        try {
            return network_.train(train_images_.inputs, train_images_.labels, options);
        } catch (const ModelError&) {
            if (log_->epochs().empty() && network_.training_state().num_updates == 0) throw;
            if (!command_.checkpoint.empty() && !log_->epochs().empty())
                console_.say("the state after the last complete epoch: " +
                             command_.checkpoint.string() + " (go on from it with --resume)");
            if (!command_.save.empty() && attempt([&] { save_model_file(); }))
                console_.say("the weights after the last good batch: " + command_.save.string());
            for (const std::string& failure : failures_)
                console_.fail(failure);
            throw;
        }
    }

    Metrics figures() const {
        Metrics metrics;
        if (log_->epochs().empty()) return metrics;
        metrics["loss"] = log_->final_epoch().loss;
        metrics["train_accuracy"] = log_->final_epoch().train_accuracy;
        if (log_->test()) metrics["test_accuracy"] = log_->test()->accuracy();
        return metrics;
    }

    void save_model_file() const {
        save_model(command_.save, model_of(file_, network_, figures()));
    }

    Report report() {
        Report report;
        report.kind = "Training report";
        report.title = title_of(file_);
        report.subtitle = outline_of(network_);
        report.epochs = log_->epochs();
        report.test = log_->test();
        // An interrupted run has weights that no test has seen.
        if (!report.test) report.test = test_network(network_, test_images_, {});
        report.class_names = numbered_classes(report.test->num_classes());
        report.example = record_example(network_, test_images_, sample_);
        std::vector<WeightHistory> after = present_weights(network_);
        for (std::size_t index = 0; index < after.size(); ++index) {
            after[index].before = weights_[index].after;
        }
        report.weights = std::move(after);
        report.plan = network_.explain();
        add_figures(report);
        return report;
    }

    void add_figures(Report& report) const {
        const auto percent = [](double fraction) {
            return fmt::format("{:.2f} %", 100.0 * fraction);
        };
        report.headline.push_back({"Test accuracy", percent(report.test->accuracy()),
                                   grouped(test_images_.num_images) + " test images"});
        if (!log_->epochs().empty()) {
            const EpochFigures& last = log_->final_epoch();
            const double seconds = log_->seconds_per_epoch();
            report.headline.push_back({"Training accuracy", percent(last.train_accuracy),
                                       fmt::format("loss {:.4f}, last epoch", last.loss)});
            report.headline.push_back(
                {"Time per epoch", duration_text(seconds),
                 rate_text(static_cast<double>(train_images_.num_images) / seconds) +
                     " images per second"});
        }
        report.headline.push_back(
            {"Epochs", std::to_string(log_->epochs().size()),
             interrupted_ ? "then interrupted"
                          : "of " + grouped(train_images_.num_images) + " training images"});
        report.summary.emplace_back("Network file", file_.name);
        report.summary.emplace_back("Seed", std::to_string(file_.seed()));
        add_circumstances(report, network_, command_.text);
    }

    /// Runs one of the last steps; what fails is told after the results.
    bool attempt(const std::function<void()>& step) {
        try {
            step();
            return true;
        } catch (const Error& error) {
            failures_.push_back(error.what());
            return false;
        }
    }

    int finish() {
        const bool saved = !command_.save.empty() && attempt([&] { save_model_file(); });
        if (saved) console_.say("model: " + command_.save.string());
        const bool reported =
            !command_.report.empty() && attempt([&] { write_report(command_.report, report()); });
        if (reported) console_.say("report: " + command_.report.string());
        tell_results(saved, reported);
        for (const std::string& failure : failures_)
            console_.fail(failure);
        if (!failures_.empty()) return kFailure;
        return interrupted_ ? kInterrupted : kSuccess;
    }

    void tell_results(bool saved, bool reported) {
        const auto& epochs = log_->epochs();
        if (!epochs.empty()) {
            const EpochFigures& last = log_->final_epoch();
            console_.answer(fmt::format(
                "{} {} of {}; {}training accuracy {:.2f} %, loss {:.4f}", epochs.size(),
                epochs.size() == 1 ? "epoch" : "epochs", duration_text(log_->seconds_per_epoch()),
                last.test_accuracy
                    ? fmt::format("test accuracy {:.2f} %, ", 100.0 * *last.test_accuracy)
                    : std::string(),
                100.0 * last.train_accuracy, last.loss));
        }
        if (command_.profile) console_.answer(network_.profile().to_string());
        if (command_.json) console_.json(json_result(saved, reported));
    }

    std::string json_result(bool saved, bool reported) const {
        using Json = nlohmann::ordered_json;
        const auto& epochs = log_->epochs();
        Json json;
        json["test_accuracy"] = nullptr;
        json["train_accuracy"] = nullptr;
        json["loss"] = nullptr;
        json["seconds_per_epoch"] = nullptr;
        if (!epochs.empty()) {
            const EpochFigures& last = log_->final_epoch();
            if (last.test_accuracy) json["test_accuracy"] = *last.test_accuracy;
            json["train_accuracy"] = last.train_accuracy;
            json["loss"] = last.loss;
            if (best_) json["best_epoch"] = last.epoch;
            json["seconds_per_epoch"] = log_->seconds_per_epoch();
        }
        json["epochs"] = epochs.size();
        json["threads"] = network_.threads();
        json["backend"] = network_.backend().name;
        json["seed"] = file_.seed();
        json["interrupted"] = interrupted_;
        json["network"] = file_.name;
        json["model"] = saved ? Json(command_.save.string()) : Json();
        json["report"] = reported ? Json(command_.report.string()) : Json();
        json["seconds_loading"] = seconds_loading_;
        json["seconds_to_first_batch"] = log_->seconds_to_first_batch().value_or(0.0);
        json["peak_memory_mib"] = peak_memory_mib();
        if (command_.profile) json["profile"] = profile_json(network_.profile());
        // File names need not be UTF-8.
        return json.dump(-1, ' ', false, Json::error_handler_t::replace);
    }

    const CommandLine& command_;
    Console& console_;
    TimePoint start_;
    NetworkFile file_;
    CompiledTrainingNetwork network_;
    EncodedImages train_images_;
    EncodedImages test_images_;
    SampleImage sample_;
    std::vector<WeightHistory> weights_;
    std::optional<Interruption> interruption_;
    std::shared_ptr<StopOnInterruption> stop_ = std::make_shared<StopOnInterruption>();
    std::shared_ptr<TrainingLog> log_;
    std::shared_ptr<EarlyStopping> stopping_;
    std::shared_ptr<RestoreBest> best_;
    std::vector<std::string> failures_;
    double seconds_loading_ = 0.0;
    std::size_t start_epoch_ = 0;
    bool interrupted_ = false;
};

}  // namespace

int run_train(const CommandLine& command, Console& console, TimePoint start) {
    return Training(command, console, start).run();
}

}  // namespace saltus
