#include "codegen/bytecode.hpp"

#include <algorithm>

#include <saltus/common/errors.hpp>

#include "codegen/shared_parts.hpp"

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

/// Writes the instructions of one expression. What occurs in it several times is computed once.
class Bytecode::Writer {
  public:
    Writer(const std::vector<std::string>& symbols, std::vector<Instruction>& instructions)
        : symbols_(symbols), instructions_(instructions) {}

    /// @return how many values the stack holds at most while the expression is evaluated.
    std::size_t write(const expr::Expression& expression) {
        uses_.count(expression);
        return emit(expression);
    }

  private:
    std::size_t emit(const expr::Expression& expression) {
        if (expression.is_number()) {
            instructions_.push_back({Kind::kNumber, Operation::kNumber, 0, expression.value()});
            return 1;
        }
        if (expression.is_symbol()) return emit_symbol(expression);
        const auto kept = kept_.find(expression);
        if (kept != kept_.end()) {
            instructions_.push_back({Kind::kKept, Operation::kNumber, kept->second, 0.0});
            return 1;
        }
        const std::size_t depth = emit_operation(expression);
        if (uses_.is_shared(expression) && kept_.size() < kMaxKept) {
            const auto index = static_cast<std::uint32_t>(kept_.size());
            kept_.emplace(expression, index);
            instructions_.push_back({Kind::kKeep, Operation::kNumber, index, 0.0});
        }
        return depth;
    }

    std::size_t emit_symbol(const expr::Expression& expression) {
        const auto found = std::find(symbols_.begin(), symbols_.end(), expression.name());
        if (found == symbols_.end()) {
            throw InternalError("bytecode", "unknown symbol " + expression.name());
        }
        const auto slot = static_cast<std::uint32_t>(found - symbols_.begin());
        instructions_.push_back({Kind::kSlot, Operation::kSymbol, slot, 0.0});
        return 1;
    }

    std::size_t emit_operation(const expr::Expression& expression) {
        const auto& operands = expression.operands();
        if (const int power = small_power(expression)) {
            // Products, as in generated code, so that both round alike.
            emit(operands[0]);
            for (int factor = 1; factor < power; ++factor) {
                emit(operands[0]);
                instructions_.push_back({Kind::kOperate, Operation::kMultiply, 2, 0.0});
            }
            return 2;
        }
        std::size_t depth = 0;
        for (std::size_t index = 0; index < operands.size(); ++index)
            depth = std::max(depth, index + emit(operands[index]));
        instructions_.push_back({Kind::kOperate, expression.operation(),
                                 static_cast<std::uint32_t>(operands.size()), 0.0});
        return depth;
    }

    const std::vector<std::string>& symbols_;
    std::vector<Instruction>& instructions_;
    SharedParts uses_;
    ExpressionMap<std::uint32_t> kept_;
};

Bytecode::Bytecode(const expr::Expression& expression, const std::vector<std::string>& symbols) {
    const std::size_t depth = Writer(symbols, instructions_).write(expression);
    if (depth > kMaxDepth) {
        throw ModelError("equation",
                         "an expression needs " + std::to_string(depth) +
                             " intermediate values, more than " + std::to_string(kMaxDepth),
                         "nest it less deeply, for example with derived constants");
    }
}

}  // namespace saltus
