#pragma once

#include <string_view>
#include <vector>

#include <saltus/expr/expression.hpp>

namespace saltus::expr {

/// What a token is, apart from its text.
enum class TokenKind { kNumber, kName, kSign, kEnd };

/// A word of an expression.
struct Token {
    TokenKind kind = TokenKind::kEnd;
    /// The text of a name or a sign; "and", "or", "not" and "^" stand for their other spellings.
    std::string_view text;
    double value = 0.0;
    Position position;
};

/// The tokens of a text, the last of them kEnd. They point into the text. ModelError for what
/// belongs to no expression.
std::vector<Token> tokenize(std::string_view text);

}  // namespace saltus::expr
