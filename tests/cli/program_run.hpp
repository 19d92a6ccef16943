#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/console.hpp"

namespace saltus {

/// What the program did.
struct Outcome {
    int exit_code = -1;
    std::string out;
    std::string err;
};

/// Runs the program in this process.
/// @param terminal what standard output claims to lead to.
Outcome run_saltus(const std::vector<std::string>& arguments, const Terminal& terminal = {});

/// The same, calling `action` once, when standard output first says `text`.
Outcome run_saltus_until(const std::vector<std::string>& arguments, const std::string& text,
                         const std::function<void()>& action);

/// The lines of a text.
std::vector<std::string> lines_of(const std::string& text);
/// The last line as JSON.
nlohmann::json last_json(const std::string& text);
/// A whole file.
std::string contents(const std::string& path);

}  // namespace saltus
