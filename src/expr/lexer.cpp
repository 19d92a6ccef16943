#include "expr/lexer.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <system_error>

#include "expr/diagnostics.hpp"
#include "expr/operations.hpp"

namespace saltus::expr {
namespace {

struct Spelling {
    std::string_view written;
    std::string_view meaning;
};

// A longer sign stands before the one that it begins with.
constexpr std::array<Spelling, 23> kSigns = {{
    {"==", "=="}, {"!=", "!="}, {"<=", "<="}, {">=", ">="},  {"+=", "+="}, {"-=", "-="},
    {"*=", "*="}, {"/=", "/="}, {"**", "^"},  {"&&", "and"}, {"||", "or"}, {"!", "not"},
    {"+", "+"},   {"-", "-"},   {"*", "*"},   {"/", "/"},    {"^", "^"},   {"<", "<"},
    {">", ">"},   {"(", "("},   {")", ")"},   {",", ","},    {"=", "="},
}};

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<Token> run() {
        std::vector<Token> tokens;
        do {
            tokens.push_back(next());
        } while (tokens.back().kind != TokenKind::kEnd);
        return tokens;
    }

  private:
    Token next() {
        skip_space();
        const Position position{line_, offset_ - line_begin_ + 1};
        if (offset_ == text_.size()) return {TokenKind::kEnd, {}, 0.0, position};
        const std::string_view rest = text_.substr(offset_);
        if (is_digit(rest[0]) || (rest[0] == '.' && rest.size() > 1 && is_digit(rest[1]))) {
            return number(position);
        }
        if (begins_name(rest[0])) return name(position);
        for (const Spelling& sign : kSigns) {
            if (rest.substr(0, sign.written.size()) == sign.written) {
                offset_ += sign.written.size();
                return {TokenKind::kSign, sign.meaning, 0.0, position};
            }
        }
        fail_at_character(position);
    }

    void skip_space() {
        for (; offset_ < text_.size(); ++offset_) {
            const char character = text_[offset_];
            if (character == '\n') {
                ++line_;
                line_begin_ = offset_ + 1;
            } else if (character != ' ' && character != '\t' && character != '\r') {
                return;
            }
        }
    }

    // Numbers are written as in C, and read the same in every locale.
    Token number(Position position) {
        double value = 0.0;
        const char* const begin = text_.data() + offset_;
        const char* const end = text_.data() + text_.size();
        const auto [stop, error] = std::from_chars(begin, end, value);
        const char* word_end = stop;
        while (word_end != end && (continues_name(*word_end) || *word_end == '.'))
            ++word_end;
        const std::string_view word(begin, static_cast<std::size_t>(word_end - begin));
        if (word_end != stop) {
            throw error_at(text_, position, "'" + printable(word) + "' is not a number",
                           "write numbers like 1, 0.5 or 1e-3, and products with '*'");
        }
        if (error != std::errc() || !std::isfinite(value)) {
            throw error_at(text_, position,
                           "'" + printable(word) + "' is outside the range of numbers",
                           "numbers reach from 1e-307 to 1e308");
        }
        offset_ += word.size();
        return {TokenKind::kNumber, word, value, position};
    }

    Token name(Position position) {
        std::size_t end = offset_;
        while (end < text_.size() && continues_name(text_[end]))
            ++end;
        const std::string_view word = text_.substr(offset_, end - offset_);
        if (word.size() > kMaximumNameLength) {
            throw error_at(text_, position,
                           "a name of " + std::to_string(word.size()) +
                               " characters is longer than " + std::to_string(kMaximumNameLength),
                           "shorten it");
        }
        offset_ = end;
        const bool is_word = word == "and" || word == "or" || word == "not";
        return {is_word ? TokenKind::kSign : TokenKind::kName, word, 0.0, position};
    }

    [[noreturn]] void fail_at_character(Position position) const {
        const std::string_view rest = text_.substr(offset_);
        const std::size_t length = utf8_length(rest);
        std::string advice = "write names with letters, digits and '_'";
        if (rest[0] == '&') advice = "write 'and' or '&&'";
        if (rest[0] == '|') advice = "write 'or' or '||'";
        if (rest[0] == '.') advice = "write numbers like 1, 0.5 or 1e-3";
        throw error_at(
            text_, position,
            "unexpected character '" + printable(rest.substr(0, length == 0 ? 1 : length)) + "'",
            std::move(advice));
    }

    std::string_view text_;
    std::size_t offset_ = 0;
    std::size_t line_ = 1;
    std::size_t line_begin_ = 0;
};

}  // namespace

std::vector<Token> tokenize(std::string_view text) {
    if (text.size() > kMaximumTextLength) {
        throw ModelError("equation",
                         "a text of " + std::to_string(text.size()) + " bytes is longer than " +
                             std::to_string(kMaximumTextLength),
                         "split it into several equations");
    }
    return Lexer(text).run();
}

}  // namespace saltus::expr
