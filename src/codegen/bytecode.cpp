#include "codegen/bytecode.hpp"

#include <saltus/common/errors.hpp>

namespace saltus {

using expr::Operation;

int small_power(const expr::Expression& expression) {
    // Only of names: the products of nested powers would grow without bounds.
    if (expression.operation() != Operation::kPower || !expression.operands()[0].is_symbol()) {
        return 0;
    }
    const expr::Expression& exponent = expression.operands()[1];
    for (const int power : {1, 2, 3, 4}) {
        if (exponent.is_number(power)) return power;
    }
    return 0;
}

Bytecode::Bytecode(const expr::Expression& expression, const std::vector<std::string>& symbols) {
    const std::size_t depth = emit(expression, symbols);
    if (depth > kMaxDepth) {
        throw ModelError("equation",
                         "an expression needs " + std::to_string(depth) +
                             " intermediate values, more than " + std::to_string(kMaxDepth),
                         "nest it less deeply, for example with derived constants");
    }
}

// Returns how many values the stack holds at most while the expression is evaluated.
std::size_t Bytecode::emit(const expr::Expression& expression,
                           const std::vector<std::string>& symbols) {
    if (expression.is_number()) {
        instructions_.push_back({Operation::kNumber, 0, expression.value()});
        return 1;
    }
    if (expression.is_symbol()) {
        const auto found = std::find(symbols.begin(), symbols.end(), expression.name());
        if (found == symbols.end()) {
            throw InternalError("bytecode", "unknown symbol " + expression.name());
        }
        const auto slot = static_cast<std::uint32_t>(found - symbols.begin());
        instructions_.push_back({Operation::kSymbol, slot, 0.0});
        return 1;
    }
    const auto& operands = expression.operands();
    if (const int power = small_power(expression)) {
        // Products, as in generated code, so that both round alike.
        const std::size_t depth = emit(operands[0], symbols);
        for (int factor = 1; factor < power; ++factor) {
            emit(operands[0], symbols);
            instructions_.push_back({Operation::kMultiply, 2, 0.0});
        }
        return depth + 1;
    }
    std::size_t depth = 0;
    for (std::size_t index = 0; index < operands.size(); ++index) {
        depth = std::max(depth, index + emit(operands[index], symbols));
    }
    // For operations, `slot` holds the number of operands.
    instructions_.push_back(
        {expression.operation(), static_cast<std::uint32_t>(operands.size()), 0.0});
    return depth;
}

}  // namespace saltus
