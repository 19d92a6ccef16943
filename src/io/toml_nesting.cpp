#include "io/toml_nesting.hpp"

#include <cstddef>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

// The parser limits brackets but not dots: a file of "[a.a.a" is a table a dot. Together these
// bound the depth to about 500 tables.
constexpr int kMaximumBrackets = 32;
constexpr int kMaximumDots = 16;

class NestingScan {
  public:
    NestingScan(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    void run() {
        while (position_ < text_.size())
            step();
    }

  private:
    void step() {
        const char character = text_[position_];
        switch (character) {
            case '#':
                skip_comment();
                return;
            case '"':
            case '\'':
                skip_string(character);
                return;
            case '[':
            case '{':
                dots_ = 0;
                if (++brackets_ > kMaximumBrackets) fail("brackets", kMaximumBrackets);
                break;
            case ']':
            case '}':
                dots_ = 0;
                if (brackets_ > 0) --brackets_;
                break;
            case '.':
                if (++dots_ > kMaximumDots) fail("dotted keys", kMaximumDots);
                break;
            case '\n':
                ++line_;
                [[fallthrough]];
            case '=':
            case ',':
                dots_ = 0;
                break;
            default:
                break;
        }
        ++position_;
    }

    void skip_comment() {
        while (position_ < text_.size() && text_[position_] != '\n')
            ++position_;
    }

    void skip_string(char quote) {
        const std::string triple(3, quote);
        if (text_.substr(position_).starts_with(triple)) {
            position_ += triple.size();
            skip_lines(quote, triple);
            return;
        }
        ++position_;
        while (position_ < text_.size() && text_[position_] != '\n') {
            const char character = text_[position_];
            position_ += character == '\\' && quote == '"' ? 2 : 1;
            if (character == quote) return;
        }
    }

    void skip_lines(char quote, const std::string& triple) {
        while (position_ < text_.size() && !text_.substr(position_).starts_with(triple)) {
            if (text_[position_] == '\\' && quote == '"') ++position_;
            if (position_ < text_.size() && text_[position_] == '\n') ++line_;
            ++position_;
        }
        position_ += triple.size();
        // The string itself may end with two quotes.
        for (int extra = 0; extra < 2 && position_ < text_.size(); ++extra) {
            if (text_[position_] == quote) ++position_;
        }
    }

    [[noreturn]] void fail(const char* what, int maximum) const {
        throw ModelError(
            fmt::format("{}:{}", file_, line_),
            fmt::format("{} are nested more than {} deep", what, maximum),
            "no part of a network file needs that; check the brackets, dots and quotes")
            .with("file", file_)
            .with("line", std::to_string(line_));
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t position_ = 0;
    int line_ = 1;
    int brackets_ = 0;
    int dots_ = 0;
};

}  // namespace

void check_toml_nesting(std::string_view text, const std::string& file) {
    NestingScan(text, file).run();
}

}  // namespace saltus
