#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <saltus/expr/expression.hpp>

namespace saltus::expr {

/// How strongly an operation holds its operands together in a text, from weak to strong.
enum class Precedence { kOr, kAnd, kNot, kComparison, kSum, kProduct, kSign, kPower, kPrimary };

/// What the stages need to know about an operation.
struct OperationTraits {
    Operation operation;
    /// The sign or the name of the function in a text.
    std::string_view text;
    std::size_t operand_count;
    Precedence precedence;
    /// Whether it is written as text(operands).
    bool is_function;
    /// Whether the operands are conditions; of kSelect, only the first is.
    bool takes_conditions;
    Type result;
};

/// The traits of one operation.
const OperationTraits& traits(Operation operation);

/// The function of a name, for example kExp for "exp".
std::optional<Operation> find_function(std::string_view name);

/// The names of all functions.
std::vector<std::string> function_names();

/// Whether a name is a function or one of the words "and", "or" and "not".
bool is_reserved(std::string_view name);

/// Whether a character can begin a name.
bool begins_name(char character);

/// Whether a character can stand inside a name.
bool continues_name(char character);

/// The plain function of one real behind an operation such as kExp or kNegate.
double apply(Operation operation, double a);

/// The plain function of two reals behind an operation such as kAdd, kMin or kLess (0 or 1).
double apply(Operation operation, double a, double b);

}  // namespace saltus::expr
