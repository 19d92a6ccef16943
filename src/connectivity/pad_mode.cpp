#include <saltus/connectivity/pad_mode.hpp>

#include <array>
#include <vector>

#include <saltus/common/errors.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

constexpr std::array kModes{PadMode::kValid, PadMode::kSame, PadMode::kFull};

PadMode mode_of(const std::string& name) {
    std::vector<std::string> names;
    for (const PadMode mode : kModes) {
        if (to_string(mode) == name) return mode;
        names.push_back(to_string(mode));
    }
    throw ModelError("Padding", "there is no padding '" + name + "'", suggest(name, names))
        .with("parameter", "padding");
}

}  // namespace

std::string to_string(PadMode mode) {
    switch (mode) {
        case PadMode::kValid:
            return "valid";
        case PadMode::kSame:
            return "same";
        case PadMode::kFull:
            return "full";
    }
    return {};
}

Padding::Padding(const std::string& name) : mode_(mode_of(name)) {}

Padding::Padding(const char* name) : Padding(std::string(name)) {}

}  // namespace saltus
