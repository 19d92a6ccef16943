#include "expr/diagnostics.hpp"

#include <algorithm>
#include <utility>

namespace saltus::expr {
namespace {

// As many characters before and after the place of an error as a message quotes.
constexpr std::size_t kContext = 30;

unsigned char byte_at(std::string_view text, std::size_t index) {
    return static_cast<unsigned char>(text[index]);
}

bool is_continuation(unsigned char byte) {
    return (byte & 0xC0U) == 0x80U;
}

// The line with this number, counted from 1; empty when the text has fewer.
std::string_view line_of(std::string_view text, std::size_t number) {
    for (std::size_t line = 1; line < number; ++line) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
    return text.substr(0, text.find('\n'));
}

// Columns count characters, not bytes.
std::size_t byte_of_column(std::string_view line, std::size_t column) {
    std::size_t characters = 0;
    for (std::size_t index = 0; index < line.size(); ++index) {
        if (!is_continuation(byte_at(line, index)) && ++characters == column) return index;
    }
    return line.size();
}

std::string around(std::string_view line, std::size_t place) {
    std::size_t begin = place > kContext ? place - kContext : 0;
    std::size_t end = std::min(line.size(), place + kContext);
    while (begin > 0 && is_continuation(byte_at(line, begin)))
        --begin;
    while (end < line.size() && is_continuation(byte_at(line, end)))
        ++end;
    return (begin > 0 ? "..." : "") +
           printable(line.substr(begin, end - begin), std::string_view::npos) +
           (end < line.size() ? "..." : "");
}

std::string escaped(unsigned char byte) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    return std::string("\\x") + kDigits[byte >> 4U] + kDigits[byte & 15U];
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
    if (text.empty()) return 0;
    const unsigned char first = byte_at(text, 0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t index = 1; index < length; ++index) {
        if (!is_continuation(byte_at(text, index))) return 0;
    }
    // Overlong forms, surrogates and code points past U+10FFFF differ in the second byte only.
    const unsigned char second = byte_at(text, 1);
    const bool is_invalid = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                            (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    return is_invalid ? 0 : length;
}

std::string printable(std::string_view text, std::size_t limit) {
    std::string result;
    for (std::size_t index = 0; index < text.size();) {
        if (result.size() >= limit) return result + "...";
        const unsigned char byte = byte_at(text, index);
        const std::size_t length = utf8_length(text.substr(index));
        const bool is_control = byte < 0x20 || byte == 0x7F;
        if (length == 0 || is_control) {
            result += byte == '\t' ? " " : escaped(byte);
            ++index;
        } else {
            result += text.substr(index, length);
            index += length;
        }
    }
    return result;
}

ModelError error_at(std::string_view text, Position position, const std::string& problem,
                    std::string advice) {
    const std::string line = std::to_string(position.line);
    const std::string column = std::to_string(position.column);
    const std::string_view quoted = line_of(text, position.line);
    const std::size_t place = byte_of_column(quoted, position.column);
    return ModelError("equation",
                      "line " + line + ", column " + column + ": " + problem + " in \"" +
                          around(quoted, place) + '"',
                      std::move(advice))
        .with("line", line)
        .with("column", column);
}

ModelError error_in(const Expression& expression, const std::string& problem, std::string advice) {
    return ModelError("equation", problem + " in \"" + printable(to_string(expression)) + '"',
                      std::move(advice));
}

}  // namespace saltus::expr
