#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace saltus::expr {

/// The longest text that `parse` reads, in bytes.
inline constexpr std::size_t kMaximumTextLength = std::size_t{64} * 1024;
/// The longest name of a symbol, in characters.
inline constexpr std::size_t kMaximumNameLength = 100;
/// The most operations, numbers and names that one parsed text may hold.
inline constexpr std::size_t kMaximumParsedNodes = 4096;
/// The deepest tree that `parse` returns; "a + b + c" is three deep.
inline constexpr std::size_t kMaximumParsedDepth = 200;
/// The size, counted as a tree, beyond which no expression is built, by derivatives for example.
inline constexpr std::size_t kMaximumNodes = 1'000'000;
/// The depth beyond which no expression is built.
inline constexpr std::size_t kMaximumDepth = 2000;

/// What an expression yields.
enum class Type { kReal, kBoolean };

/// What stands at the root of an expression.
enum class Operation {
    kNumber,
    kSymbol,
    kNegate,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kPower,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kAnd,
    kOr,
    kNot,
    /// where(condition, a, b): a where the condition holds, else b.
    kSelect,
    kExp,
    kExpm1,
    kLog,
    kLog1p,
    kSqrt,
    kAbs,
    kSin,
    kCos,
    kTanh,
    kMin,
    kMax,
};

/// A place in the text of an expression, counted from 1; 0 when the expression was not parsed.
struct Position {
    std::size_t line = 0;
    std::size_t column = 0;
};

/// A mathematical expression: immutable, shared, cheap to copy.
class Expression {
  public:
    /// The number 0.
    Expression();
    /// A number; ModelError when it is not finite.
    Expression(double value);
    // Copies only: a moved-from expression would have no value.
    Expression(const Expression&) = default;
    Expression& operator=(const Expression&) = default;
    ~Expression() = default;

    /// A number that stands in a text.
    static Expression number(double value, Position position);
    /// A name whose value is given later; ModelError when it is not a name or is a reserved word.
    static Expression symbol(std::string name, Position position = {});
    /// An operation on operands; ModelError when their number is wrong or the result is larger than
    /// `kMaximumNodes` or `kMaximumDepth`. The negation of a number is a number.
    static Expression make(Operation operation, std::vector<Expression> operands,
                           Position position = {});

    /// What stands at the root.
    Operation operation() const;
    /// The number, 0 for anything but a number.
    double value() const;
    /// The name of a symbol, empty for anything else.
    const std::string& name() const;
    /// What the operation at the root works on.
    const std::vector<Expression>& operands() const;
    /// Whether this is a number.
    bool is_number() const;
    /// Whether this is the number `v`.
    bool is_number(double v) const;
    /// Whether this is a symbol.
    bool is_symbol() const;
    /// Whether the root is a comparison, 'and', 'or' or 'not'.
    bool is_condition() const;

    /// Where the expression begins in the text that it was parsed from.
    Position position() const;
    /// The number of nodes, a shared one counted as often as it is used.
    std::size_t node_count() const;
    /// The number of nodes on the longest way from the root to a leaf.
    std::size_t depth() const;
    /// Equal for equal expressions.
    std::size_t hash() const;
    /// The same for copies of one expression, to recognise shared parts.
    const void* identity() const { return node_.get(); }

    /// Whether both have the same structure, numbers and names; positions do not count.
    bool operator==(const Expression& other) const;

  private:
    struct Node;
    Expression(double value, Position position);
    explicit Expression(std::shared_ptr<const Node> node);
    std::shared_ptr<const Node> node_;
};

/// Each builds the operation of its name, without simplifying it.
Expression operator-(const Expression& a);
Expression operator+(const Expression& a, const Expression& b);
Expression operator-(const Expression& a, const Expression& b);
Expression operator*(const Expression& a, const Expression& b);
Expression operator/(const Expression& a, const Expression& b);
Expression pow(const Expression& base, const Expression& exponent);
Expression less(const Expression& a, const Expression& b);
Expression less_equal(const Expression& a, const Expression& b);
Expression greater(const Expression& a, const Expression& b);
Expression greater_equal(const Expression& a, const Expression& b);
Expression logical_and(const Expression& a, const Expression& b);
Expression logical_or(const Expression& a, const Expression& b);
Expression logical_not(const Expression& a);
Expression where(const Expression& condition, const Expression& a, const Expression& b);
Expression exp(const Expression& a);
Expression expm1(const Expression& a);
Expression log(const Expression& a);
Expression log1p(const Expression& a);
Expression sqrt(const Expression& a);
Expression abs(const Expression& a);
Expression sin(const Expression& a);
Expression cos(const Expression& a);
Expression tanh(const Expression& a);
Expression min(const Expression& a, const Expression& b);
Expression max(const Expression& a, const Expression& b);

/// Reads an expression such as "(i - v) / tau_mem". From weak to strong: or (||), and (&&), not
/// (!), comparisons, + and -, * and /, the minus sign, ^ (** too, from the right). Functions: exp
/// expm1 log log1p sqrt abs sin cos tanh, min(a, b), max(a, b), where(condition, a, b).
/// ModelError with the fields "line" and "column" for anything else.
Expression parse(std::string_view text);

/// The type of an expression. ModelError for a name that is not among `known_symbols`, for a
/// condition where a number is needed and for a number where a condition is needed. Messages quote
/// `text_for_message`, the text that was parsed; without it, the expression printed.
Type check(const Expression& expression, const std::vector<std::string>& known_symbols,
           std::string_view text_for_message = {});

/// The partial derivative by a symbol, simplified. Conditions count as constant; at the kinks, min
/// and max take the slope of their first operand and abs the slope 1. ModelError for a condition.
Expression derivative(const Expression& expression, std::string_view symbol);

/// An equal expression, usually smaller. Its value is the same up to rounding wherever the
/// expression and all its parts are finite; a result that is not finite is never folded.
Expression simplify(const Expression& expression);

/// Replaces symbols by expressions, all at once.
Expression substitute(const Expression& expression,
                      const std::map<std::string, Expression>& replacements);

/// The names in an expression, sorted, each once.
std::vector<std::string> symbols(const Expression& expression);

/// Whether a name occurs in an expression.
bool depends_on(const Expression& expression, std::string_view symbol);

/// The expression as text, with as few parentheses as possible. Parses back to an equal expression
/// as long as it is within the limits of `parse`.
std::string to_string(const Expression& expression);

/// The value with the symbols that `lookup` gives; conditions yield 0 or 1. Only the branch that
/// `where` chooses is evaluated. min(a, b) is a unless b < a, max(a, b) is a unless a < b.
double evaluate(const Expression& expression,
                const std::function<double(const std::string&)>& lookup);

}  // namespace saltus::expr
