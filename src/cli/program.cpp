#include "cli/program.hpp"

#include <chrono>
#include <new>
#include <variant>

#include <saltus/common/errors.hpp>
#include <saltus/common/log.hpp>

#include "cli/command_line.hpp"
#include "cli/evaluate_command.hpp"
#include "cli/gradcheck_command.hpp"
#include "cli/inspect_commands.hpp"
#include "cli/train_command.hpp"

namespace saltus {
namespace {

/// Shows the library's warnings as long as it lives.
class WarningDisplay {
  public:
    explicit WarningDisplay(Console& console)
        : previous_(set_log_handler([&console](LogLevel level, const std::string& message) {
              if (level == LogLevel::kWarning) console.warn(message);
          })) {}
    ~WarningDisplay() { set_log_handler(previous_); }
    WarningDisplay(const WarningDisplay&) = delete;
    WarningDisplay& operator=(const WarningDisplay&) = delete;

  private:
    LogHandler previous_;
};

int dispatch(const CommandLine& command, Console& console, TimePoint start) {
    switch (command.kind) {
        case CommandKind::kTrain:
            return run_train(command, console, start);
        case CommandKind::kEvaluate:
            return run_evaluate(command, console, start);
        case CommandKind::kExplain:
            return run_explain(command, console);
        case CommandKind::kGradcheck:
            return run_gradcheck(command, console);
        case CommandKind::kVersion:
            return run_version(console);
    }
    throw InternalError("saltus", "a command without a function");
}

int run_command(const CommandLine& command, const Streams& streams, TimePoint start) {
    Console console(streams, command.json, command.quiet);
    const WarningDisplay warnings(console);
    try {
        return dispatch(command, console, start);
    } catch (const InternalError& error) {
        console.fail(error.what());
        return kDefect;
    } catch (const Error& error) {
        console.fail(error.what());
        return kFailure;
    } catch (const std::bad_alloc&) {
        console.fail(
            "[saltus] there is not enough memory; use fewer images (max_train in [data]), "
            "a smaller batch_size, or fewer neurons");
        return kFailure;
    } catch (const std::exception& error) {
        console.fail(InternalError("saltus", error.what()).what());
        return kDefect;
    }
}

}  // namespace

int run_program(int argc, const char* const* argv, const Streams& streams) {
    const TimePoint start = std::chrono::steady_clock::now();
    try {
        const auto parsed = parse_command_line(argc, argv);
        if (const auto* help = std::get_if<HelpText>(&parsed)) {
            streams.out << help->text << std::flush;
            return kSuccess;
        }
        return run_command(std::get<CommandLine>(parsed), streams, start);
    } catch (const UsageError& error) {
        streams.err << error.what() << std::endl;
        return kWrongCommandLine;
    } catch (const std::exception& error) {
        streams.err << InternalError("saltus", error.what()).what() << std::endl;
        return kDefect;
    }
}

}  // namespace saltus
