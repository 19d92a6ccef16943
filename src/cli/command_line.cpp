#include "cli/command_line.hpp"

#include <charconv>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <saltus/backend/backend_options.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

const char* const kDescription =
    "Saltus trains and runs spiking neural networks.\n"
    "A network file (TOML) says where the data is, how it becomes spikes, what the network looks\n"
    "like and how it is trained; examples/fashion_mnist.toml explains every part.";

const char* const kExamples =
    "Examples:\n"
    "  saltus train examples/fashion_mnist.toml --save model.h5 --report report.html\n"
    "  saltus evaluate model.h5\n"
    "  saltus explain examples/fashion_mnist.toml\n"
    "  saltus train --help\n\n"
    "Exit codes: 0 success, 1 the network, the data or the machine is at fault, 2 wrong command\n"
    "line, 70 a defect of Saltus, 130 interrupted (what was asked for is saved).\n"
    "Environment: SALTUS_DATA, folder of the data files instead of the network file's;\n"
    "SALTUS_CACHE_DIR, folder of compiled neuron kernels.";

const char* const kTrainExamples =
    "Examples:\n"
    "  saltus train net.toml --epochs 20 --save model.h5 --report report.html\n"
    "  saltus train net.toml --threads 1 --seed 3 --json | tail -n 1\n"
    "  saltus train net.toml --checkpoint state.h5    and after a power cut\n"
    "  saltus train net.toml --checkpoint state.h5 --resume state.h5\n\n"
    "Ctrl-C ends training after the batch at hand and still writes model and report; a second one\n"
    "ends at once. During long runs the model is also written once a minute.";

const char* const kEvaluateExamples =
    "Examples:\n"
    "  saltus evaluate model.h5                       a model holds its network file\n"
    "  saltus evaluate net.toml --weights model.h5    another file, for example other data\n"
    "  saltus evaluate model.h5 --report report.html --json";

std::string check_backend(const std::string& name) {
    for (const std::string& known : backend_names()) {
        if (name == known) return {};
    }
    return fmt::format("there is no backend '{}'; {}", name, suggest(name, backend_names()));
}

/// Takes whole numbers from `low` to `high` in digits; CLI11 itself would wrap negative ones.
CLI::Validator whole_number(std::uint64_t low, std::uint64_t high) {
    const auto check = [low, high](const std::string& text) -> std::string {
        std::uint64_t value = 0;
        const char* end = text.data() + text.size();
        const auto [stop, failure] = std::from_chars(text.data(), end, value);
        if (failure == std::errc() && stop == end && value >= low && value <= high) return {};
        return fmt::format("'{}' is not a whole number from {} to {}", text, low, high);
    };
    return {check, ""};
}

/// The word as a shell would read it back.
std::string quoted(const std::string& word) {
    const bool plain = !word.empty() && word.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789_-./:=,+@%") == std::string::npos;
    if (plain) return word;
    std::string text = "'";
    for (const char character : word)
        text += character == '\'' ? "'\\''" : std::string(1, character);
    return text + "'";
}

/// The program's grammar, and the values that it fills in.
class Grammar {
  public:
    Grammar() : app_(kDescription, "saltus") {
        // Left-over words are looked at here, to name what was probably meant.
        app_.allow_extras();
        app_.footer(kExamples);
        app_.add_flag("--version", version_, "Print version, backends and instruction set");
        add_train();
        add_evaluate();
        add_explain();
        add_gradcheck();
        add_command("version", "Print version, backends and instruction set",
                    CommandKind::kVersion);
    }

    std::variant<CommandLine, HelpText> parse(int argc, const char* const* argv) {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::CallForHelp&) {
            return HelpText{help()};
        } catch (const CLI::ParseError& error) {
            refuse_left_overs();
            throw UsageError(fmt::format("{}: {}\n{}", prefix(), error.what(), where_help_is()));
        }
        refuse_left_overs();
        if (chosen() == nullptr && !version_) {
            throw UsageError("saltus: no command is given\n\n" + app_.help());
        }
        for (const auto& [command, kind] : kinds_) {
            if (command->parsed()) values_.kind = kind;
        }
        for (int index = 0; index < argc; ++index) {
            values_.text += (index == 0 ? "" : " ") + (index == 0 ? "saltus" : quoted(argv[index]));
        }
        return values_;
    }

  private:
    CLI::App* add_command(const std::string& name, const std::string& purpose, CommandKind kind) {
        CLI::App* command = app_.add_subcommand(name, purpose);
        command->allow_extras();
        kinds_.emplace_back(command, kind);
        return command;
    }

    void add_train() {
        CLI::App* train = add_command("train",
                                      "Train the network of a network file, testing it "
                                      "after every epoch",
                                      CommandKind::kTrain);
        train->add_option("FILE", values_.file, "Network file (TOML)")->required()->type_name("");
        train->add_option("--epochs", values_.epochs, "How often every image is seen")
            ->check(whole_number(1, std::numeric_limits<int>::max()))
            ->type_name("N");
        train
            ->add_option("--seed", values_.seed,
                         "Seed of initial weights and of the order of the "
                         "images; the same seed gives the same network")
            ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
            ->type_name("N");
        train->add_option("--save", values_.save, "Write the trained model (HDF5) here")
            ->type_name("MODEL.h5");
        train
            ->add_option("--checkpoint", values_.checkpoint,
                         "After every epoch, write all that training goes on from (HDF5) here; "
                         "with {epoch} in the name, one file an epoch")
            ->type_name("STATE.h5");
        train
            ->add_option("--resume", values_.resume,
                         "Go on from a checkpoint, up to the number of epochs in all; the result "
                         "is that of training never interrupted, bit for bit")
            ->type_name("STATE.h5");
        add_running_options(train);
        train->footer(kTrainExamples);
    }

    void add_evaluate() {
        CLI::App* evaluate = add_command("evaluate",
                                         "Test a saved model, or a network file with "
                                         "weights",
                                         CommandKind::kEvaluate);
        evaluate->add_option("FILE", values_.file, "Saved model (MODEL.h5) or network file (.toml)")
            ->required()
            ->type_name("");
        evaluate->add_option("--weights", values_.weights, "Model whose weights to use")
            ->type_name("MODEL.h5");
        add_running_options(evaluate);
        evaluate->footer(kEvaluateExamples);
    }

    void add_explain() {
        CLI::App* explain =
            add_command("explain", "Print what a network is compiled to", CommandKind::kExplain);
        explain->add_option("FILE", values_.file, "Network file (.toml) or saved model")
            ->required()
            ->type_name("");
        add_backend_options(explain);
        explain->footer("Example:\n  saltus explain examples/fashion_mnist.toml");
    }

    void add_gradcheck() {
        CLI::App* check = add_command(
            "gradcheck", "Compare gradients with differences of the loss, the worst weights first",
            CommandKind::kGradcheck);
        check
            ->add_option("FILE", values_.file,
                         "Network file (.toml) or saved model, with spike_times = \"exact\"")
            ->required()
            ->type_name("");
        check->add_option("--weights", values_.weights, "Model whose weights to use")
            ->type_name("MODEL.h5");
        check
            ->add_option("--examples", values_.examples,
                         "Of the examples to test on, how many the loss is a mean over (4)")
            ->check(whole_number(1, 1'000'000))
            ->type_name("N");
        check
            ->add_option("--per-connection", values_.weights_checked,
                         "How many weights of each connection, those of the greatest gradients (8)")
            ->check(whole_number(1, 1'000'000))
            ->type_name("N");
        add_backend_options(check);
        check->add_flag("--json", values_.json,
                        "Make the last line of standard output a JSON object with the results; "
                        "all else goes to standard error");
        check->add_flag("--quiet", values_.quiet, "Print results, warnings and errors only");
        check->footer(
            "Example:\n  saltus gradcheck net.toml --examples 8\n\n"
            "Exit code 1 where they disagree by more than 1e-5 of a connection's greatest "
            "gradient.");
    }

    void add_backend_options(CLI::App* command) {
        command
            ->add_option("--threads", values_.threads,
                         "Worker threads of the cpu backend, 0 for one a core; results do not "
                         "depend on it")
            ->check(whole_number(0, 4096))
            ->type_name("N");
        command
            ->add_option("--backend", values_.backend,
                         "cpu (fast), reference or reference64 (slow and plain, in float32 or "
                         "float64)")
            ->check(CLI::Validator(check_backend, ""))
            ->type_name("NAME");
    }

    void add_running_options(CLI::App* command) {
        add_backend_options(command);
        command
            ->add_option("--report", values_.report,
                         "Write a report with figures (one HTML page) here")
            ->type_name("FILE.html");
        command->add_flag("--profile", values_.profile,
                          "Print time and events of every pass at the end; with --json they are in "
                          "the object, too (cpu backend)");
        command->add_flag("--json", values_.json,
                          "Make the last line of standard output a JSON object with the results; "
                          "all else goes to standard error");
        command->add_flag("--quiet", values_.quiet, "Print results, warnings and errors only");
    }

    CLI::App* chosen() const {
        const auto parsed = app_.get_subcommands();
        return parsed.empty() ? nullptr : parsed.front();
    }

    std::string prefix() const { return chosen() ? "saltus " + chosen()->get_name() : "saltus"; }
    std::string help() const { return chosen() ? chosen()->help("saltus") : app_.help(); }
    std::string where_help_is() const { return fmt::format("See '{} --help'.", prefix()); }

    static std::vector<std::string> option_names(const CLI::App& app) {
        std::vector<std::string> names;
        for (const CLI::Option* option : app.get_options()) {
            for (const std::string& name : option->get_lnames())
                names.push_back("--" + name);
        }
        return names;
    }

    void refuse_left_overs() const {
        const std::vector<std::string> left_over = app_.remaining(true);
        if (left_over.empty()) return;
        // An unknown option makes its value look like a stray word, so options come first.
        for (const std::string& word : left_over) {
            if (word.size() < 2 || word[0] != '-') continue;
            const std::string option = word.substr(0, word.find('='));
            refuse("option", option, option_names(chosen() ? *chosen() : app_));
        }
        if (chosen()) {
            throw UsageError(fmt::format("{}: there is no place for '{}'\n{}", prefix(),
                                         left_over.front(), where_help_is()));
        }
        std::vector<std::string> commands;
        for (const auto& entry : kinds_)
            commands.push_back(entry.first->get_name());
        refuse("command", left_over.front(), commands);
    }

    [[noreturn]] void refuse(const std::string& what, const std::string& word,
                             const std::vector<std::string>& known) const {
        throw UsageError(fmt::format("{}: there is no {} '{}'; {}\n{}", prefix(), what, word,
                                     suggest(word, known), where_help_is()));
    }

    CLI::App app_;
    std::vector<std::pair<CLI::App*, CommandKind>> kinds_;
    CommandLine values_;
    bool version_ = false;
};

}  // namespace

std::variant<CommandLine, HelpText> parse_command_line(int argc, const char* const* argv) {
    return Grammar().parse(argc, argv);
}

}  // namespace saltus
