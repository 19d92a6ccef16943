#pragma once

#include <ostream>
#include <string>

#include <gtest/gtest.h>
#include <saltus/io/network_file.hpp>

#include "data/errors_of.hpp"
#include "io/network_text.hpp"

namespace saltus {

/// A mistake in the small network file, and how its message begins.
struct Mistake {
    const char* name;
    int line;
    const char* replacement;
    const char* message;
};

inline void PrintTo(const Mistake& mistake, std::ostream* stream) {
    *stream << mistake.name;
}

inline std::string name_of(const testing::TestParamInfo<Mistake>& info) {
    return info.param.name;
}

inline std::string message_of(const Mistake& mistake) {
    const std::string text = with_line(mistake.line, mistake.replacement);
    return model_error([&] { parse_network_file(text, "x.toml"); });
}

}  // namespace saltus
