#pragma once

#include <string>
#include <string_view>

#include <saltus/common/errors.hpp>
#include <saltus/expr/expression.hpp>

namespace saltus::expr {

/// A text as it may stand in a message: whole UTF-8 characters stay, all else that is not printable
/// is written \xNN, and what is longer than `limit` bytes ends in "...".
std::string printable(std::string_view text, std::size_t limit = 60);

/// The length in bytes of the UTF-8 character that a text begins with, 0 when it is not one.
std::size_t utf8_length(std::string_view text);

/// An error at a place in a text: `line 1, column 9: problem in "the text around it"`.
ModelError error_at(std::string_view text, Position position, const std::string& problem,
                    std::string advice);

/// An error in an expression that was not parsed.
ModelError error_in(const Expression& expression, const std::string& problem, std::string advice);

}  // namespace saltus::expr
