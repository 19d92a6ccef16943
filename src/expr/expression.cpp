#include <saltus/expr/expression.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include "expr/diagnostics.hpp"
#include "expr/operations.hpp"

namespace saltus::expr {

struct Expression::Node {
    Operation operation = Operation::kNumber;
    double value = 0.0;
    std::string name;
    std::vector<Expression> operands;
    Position position;
    std::size_t node_count = 1;
    std::size_t depth = 1;
    std::size_t hash = 0;
};

namespace {

std::size_t mix(std::size_t seed, std::size_t value) {
    return (seed ^ value) * 0x9E3779B97F4A7C15U + (seed >> 29U);
}

void require_name(const std::string& name) {
    if (name.size() > kMaximumNameLength) {
        throw ModelError("equation",
                         "a name of " + std::to_string(name.size()) +
                             " characters is longer than " + std::to_string(kMaximumNameLength),
                         "shorten it");
    }
    const bool is_name = !name.empty() && begins_name(name.front()) &&
                         std::all_of(name.begin(), name.end(), continues_name);
    if (!is_name) {
        throw ModelError("equation", "'" + printable(name) + "' is not a name",
                         "use letters, digits and '_', and begin with a letter or '_'");
    }
    if (is_reserved(name)) {
        throw ModelError("equation", "'" + name + "' is reserved and cannot name a variable",
                         "choose another name");
    }
}

void require_operand_count(Operation operation, std::size_t count) {
    const OperationTraits& expected = traits(operation);
    if (expected.operand_count == 0) {
        throw ModelError("equation", "numbers and names are not made from operands",
                         "use Expression(value) or Expression::symbol(name)");
    }
    if (expected.operand_count == count) return;
    throw ModelError("equation",
                     "'" + std::string(expected.text) + "' takes " +
                         std::to_string(expected.operand_count) +
                         (expected.operand_count == 1 ? " operand" : " operands") + ", got " +
                         std::to_string(count),
                     "give as many as it takes");
}

}  // namespace

Expression::Expression(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

Expression::Expression() : Expression(0.0) {}

Expression::Expression(double value) : Expression(value, Position{}) {}

Expression::Expression(double value, Position position) {
    if (!std::isfinite(value)) {
        throw ModelError("equation", "a constant is " + std::to_string(value),
                         "use finite numbers only");
    }
    auto node = std::make_shared<Node>();
    node->value = value;
    node->hash = mix(1, std::hash<double>()(value));
    node->position = position;
    node_ = std::move(node);
}

Expression Expression::number(double value, Position position) {
    return {value, position};
}

Expression Expression::symbol(std::string name, Position position) {
    require_name(name);
    auto node = std::make_shared<Node>();
    node->operation = Operation::kSymbol;
    node->hash = mix(2, std::hash<std::string>()(name));
    node->name = std::move(name);
    node->position = position;
    return Expression(std::move(node));
}

Expression Expression::make(Operation operation, std::vector<Expression> operands,
                            Position position) {
    require_operand_count(operation, operands.size());
    // A text has no negative numbers, only the sign before a positive one.
    if (operation == Operation::kNegate && operands[0].is_number()) {
        return {-operands[0].value(), position};
    }
    auto node = std::make_shared<Node>();
    node->operation = operation;
    node->hash = mix(3, static_cast<std::size_t>(operation));
    for (const Expression& operand : operands) {
        node->node_count += operand.node_count();
        node->depth = std::max(node->depth, operand.depth() + 1);
        node->hash = mix(node->hash, operand.hash());
    }
    if (node->node_count > kMaximumNodes || node->depth > kMaximumDepth) {
        throw ModelError("equation",
                         "an expression grows past " + std::to_string(kMaximumNodes) +
                             " operations or " + std::to_string(kMaximumDepth) + " levels",
                         "split it into several variables");
    }
    node->operands = std::move(operands);
    node->position = position;
    return Expression(std::move(node));
}

Operation Expression::operation() const {
    return node_->operation;
}
double Expression::value() const {
    return node_->value;
}
const std::string& Expression::name() const {
    return node_->name;
}
const std::vector<Expression>& Expression::operands() const {
    return node_->operands;
}
bool Expression::is_number() const {
    return node_->operation == Operation::kNumber;
}
bool Expression::is_number(double v) const {
    return is_number() && node_->value == v;
}
bool Expression::is_symbol() const {
    return node_->operation == Operation::kSymbol;
}
bool Expression::is_condition() const {
    return traits(node_->operation).result == Type::kBoolean;
}
Position Expression::position() const {
    return node_->position;
}
std::size_t Expression::node_count() const {
    return node_->node_count;
}
std::size_t Expression::depth() const {
    return node_->depth;
}
std::size_t Expression::hash() const {
    return node_->hash;
}

bool Expression::operator==(const Expression& other) const {
    if (node_ == other.node_) return true;
    const Node& a = *node_;
    const Node& b = *other.node_;
    return a.hash == b.hash && a.operation == b.operation && a.node_count == b.node_count &&
           a.value == b.value && a.name == b.name && a.operands == b.operands;
}

Expression operator-(const Expression& a) {
    return Expression::make(Operation::kNegate, {a});
}

Expression operator+(const Expression& a, const Expression& b) {
    return Expression::make(Operation::kAdd, {a, b});
}

Expression operator-(const Expression& a, const Expression& b) {
    return Expression::make(Operation::kSubtract, {a, b});
}

Expression operator*(const Expression& a, const Expression& b) {
    return Expression::make(Operation::kMultiply, {a, b});
}

Expression operator/(const Expression& a, const Expression& b) {
    return Expression::make(Operation::kDivide, {a, b});
}

Expression pow(const Expression& base, const Expression& exponent) {
    return Expression::make(Operation::kPower, {base, exponent});
}

Expression less(const Expression& a, const Expression& b) {
    return Expression::make(Operation::kLess, {a, b});
}

Expression less_equal(const Expression& a, const Expression& b) {
    return Expression::make(Operation::kLessEqual, {a, b});
}

Expression greater(const Expression& a, const Expression& b) {
    return Expression::make(Operation::kGreater, {a, b});
}

Expression greater_equal(const Expression& a, const Expression& b) {
    return Expression::make(Operation::kGreaterEqual, {a, b});
}

Expression logical_and(const Expression& a, const Expression& b) {
    return Expression::make(Operation::kAnd, {a, b});
}

Expression logical_or(const Expression& a, const Expression& b) {
    return Expression::make(Operation::kOr, {a, b});
}

Expression logical_not(const Expression& a) {
    return Expression::make(Operation::kNot, {a});
}

Expression where(const Expression& condition, const Expression& a, const Expression& b) {
    return Expression::make(Operation::kSelect, {condition, a, b});
}

Expression exp(const Expression& a) {
    return Expression::make(Operation::kExp, {a});
}
Expression expm1(const Expression& a) {
    return Expression::make(Operation::kExpm1, {a});
}
Expression log(const Expression& a) {
    return Expression::make(Operation::kLog, {a});
}
Expression log1p(const Expression& a) {
    return Expression::make(Operation::kLog1p, {a});
}
Expression sqrt(const Expression& a) {
    return Expression::make(Operation::kSqrt, {a});
}
Expression abs(const Expression& a) {
    return Expression::make(Operation::kAbs, {a});
}
Expression sin(const Expression& a) {
    return Expression::make(Operation::kSin, {a});
}
Expression cos(const Expression& a) {
    return Expression::make(Operation::kCos, {a});
}
Expression tanh(const Expression& a) {
    return Expression::make(Operation::kTanh, {a});
}

Expression min(const Expression& a, const Expression& b) {
    return Expression::make(Operation::kMin, {a, b});
}

Expression max(const Expression& a, const Expression& b) {
    return Expression::make(Operation::kMax, {a, b});
}

}  // namespace saltus::expr
