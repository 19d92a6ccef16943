#include "cli/evaluate_command.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/model_saving.hpp"
#include "cli/network_source.hpp"
#include "cli/profile_json.hpp"
#include "cli/program.hpp"
#include "cli/progress_line.hpp"
#include "cli/report/report.hpp"

namespace saltus {
namespace {

/// One run of `saltus evaluate`.
class Evaluation {
  public:
    Evaluation(const CommandLine& command, Console& console, TimePoint start)
        : command_(command),
          console_(console),
          start_(start),
          source_(read_network_source(command)),
          network_(InferenceCompiler(source_.file.inference).compile(source_.file.network)) {
        if (source_.model) apply_weights(network_, *source_.model, source_.model_path);
        if (!command_.report.empty()) require_writable(command_.report, "--report");
    }

    int run() {
        console_.say(fmt::format("Saltus {}: {}", SALTUS_VERSION, title_of(source_.file)));
        console_.say(source_.model
                         ? "weights: " + source_.model_path.string()
                         : std::string("weights: untrained (give a model with --weights)"));
        images_ = load_test_images(source_.file, sample_);
        seconds_loading_ = seconds_since(start_);
        console_.say(fmt::format("testing on {} images with backend {}",
                                 grouped(images_.num_images), network_.backend().name));
        std::vector<std::string> metrics = source_.file.training.metrics;
        std::erase(metrics, "accuracy");
        const TimePoint begin = std::chrono::steady_clock::now();
        const TestResult result = test_network(network_, images_, metrics);
        seconds_ = seconds_since(begin);
        tell(result);
        if (!command_.report.empty()) {
            write_report(command_.report, report(result));
            console_.say("report: " + command_.report.string());
        }
        if (command_.profile) console_.answer(network_.profile().to_string());
        if (command_.json) console_.json(json_result(result));
        return kSuccess;
    }

  private:
    void tell(const TestResult& result) const {
        std::string text;
        for (std::size_t label = 0; label < result.num_classes(); ++label) {
            if (result.images(label) == 0) continue;
            text += fmt::format("class {:>3}  {:6.2f} % of {} images\n", label,
                                100.0 * result.accuracy(label), grouped(result.images(label)));
        }
        for (const auto& [name, value] : result.metrics)
            text += fmt::format("{} {:.6g}\n", name, value);
        console_.answer(text + fmt::format("test accuracy {:.2f} %", 100.0 * result.accuracy()));
    }

    Report report(const TestResult& result) {
        Report report;
        report.kind = "Evaluation report";
        report.title = title_of(source_.file);
        report.subtitle = outline_of(network_);
        report.test = result;
        report.class_names = numbered_classes(result.num_classes());
        report.example = record_example(network_, images_, sample_);
        report.weights = present_weights(network_);
        report.plan = network_.explain();
        report.headline = {
            {"Test accuracy", fmt::format("{:.2f} %", 100.0 * result.accuracy()),
             grouped(images_.num_images) + " test images"},
            {"Time of the test", duration_text(seconds_),
             rate_text(static_cast<double>(images_.num_images) / seconds_) + " images per second"},
        };
        report.summary = {
            {"Weights", source_.model ? source_.model_path.string() : "untrained"},
            {"Network file", source_.file.name},
        };
        add_circumstances(report, network_, command_.text);
        return report;
    }

    std::string json_result(const TestResult& result) const {
        using Json = nlohmann::ordered_json;
        Json json;
        json["test_accuracy"] = result.accuracy();
        for (const auto& [name, value] : result.metrics)
            json["test_" + name] = value;
        json["class_accuracies"] = Json::array();
        for (std::size_t label = 0; label < result.num_classes(); ++label) {
            json["class_accuracies"].push_back(result.accuracy(label));
        }
        json["images"] = images_.num_images;
        json["seconds"] = seconds_;
        json["threads"] = network_.threads();
        json["backend"] = network_.backend().name;
        json["network"] = source_.file.name;
        json["model"] = source_.model ? Json(source_.model_path.string()) : Json();
        json["report"] = command_.report.empty() ? Json() : Json(command_.report.string());
        json["seconds_loading"] = seconds_loading_;
        json["peak_memory_mib"] = peak_memory_mib();
        if (command_.profile) json["profile"] = profile_json(network_.profile());
        // File names need not be UTF-8.
        return json.dump(-1, ' ', false, Json::error_handler_t::replace);
    }

    const CommandLine& command_;
    Console& console_;
    TimePoint start_;
    NetworkSource source_;
    CompiledNetwork network_;
    EncodedImages images_;
    SampleImage sample_;
    double seconds_loading_ = 0.0;
    double seconds_ = 0.0;
};

}  // namespace

int run_evaluate(const CommandLine& command, Console& console, TimePoint start) {
    return Evaluation(command, console, start).run();
}

}  // namespace saltus
