#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

namespace saltus {

enum class CommandKind { kTrain, kEvaluate, kExplain, kGradcheck, kVersion };

/// What the user asked for. Options that were not given are empty, so that the network file
/// decides.
struct CommandLine {
    CommandKind kind = CommandKind::kVersion;
    /// Network file or model.
    std::filesystem::path file;
    std::filesystem::path weights;
    std::filesystem::path save;
    std::filesystem::path checkpoint;
    std::filesystem::path resume;
    std::filesystem::path report;
    std::optional<std::size_t> epochs;
    std::optional<std::size_t> examples;         ///< of gradcheck
    std::optional<std::size_t> weights_checked;  ///< likewise, of each connection
    std::optional<std::uint64_t> seed;
    std::optional<int> threads;
    std::optional<std::string> backend;
    bool profile = false;
    bool json = false;
    bool quiet = false;
    /// The command as it could be typed again.
    std::string text;
};

/// What --help prints.
struct HelpText {
    std::string text;
};

/// The command line makes no sense; the text says why and where help is.
class UsageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// @throws UsageError for unknown commands and options (naming the nearest valid one), missing
/// arguments and values out of range.
std::variant<CommandLine, HelpText> parse_command_line(int argc, const char* const* argv);

}  // namespace saltus
