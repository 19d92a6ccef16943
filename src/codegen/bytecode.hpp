#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <saltus/expr/expression.hpp>

namespace saltus {

/// The exponent of a power of a name that is evaluated as a product (1 to 4); 0 for anything else.
int small_power(const expr::Expression& expression);

/// An expression as a list of instructions for a stack machine over numbers of any kind: float,
/// double, or a vector of floats. Conditions are the numbers 0 and 1.
class Bytecode {
  public:
    Bytecode() = default;
    /// @param symbols the names in the expression; `slots[k]` holds the value of symbols[k].
    Bytecode(const expr::Expression& expression, const std::vector<std::string>& symbols);

    /// @param Arithmetic the operations on T by name (see ScalarArithmetic).
    template <class Arithmetic, class T>
    T evaluate(const T* slots) const;

  private:
    static constexpr std::size_t kMaxDepth = 64;
    static constexpr std::size_t kMaxKept = 64;

    enum class Kind {
        kNumber,
        kSlot,     ///< pushes the value of a symbol
        kKeep,     ///< copies the topmost value, which is needed again
        kKept,     ///< pushes it
        kOperate,  ///< replaces so many values by the result of an operation
    };

    struct Instruction {
        Kind kind;
        expr::Operation operation;
        std::uint32_t index;  ///< of the slot or kept value; number of operands
        double number;
    };

    class Writer;

    std::vector<Instruction> instructions_;
};

/// Arithmetic of float and double.
struct ScalarArithmetic {
    template <class T>
    static T apply1(expr::Operation operation, T a);
    template <class T>
    static T apply2(expr::Operation operation, T a, T b);
    template <class T>
    static T select(T condition, T a, T b) {
        return condition != T(0) ? a : b;
    }
    template <class T>
    static T number(double value) {
        return static_cast<T>(value);
    }
};

}  // namespace saltus

#include "codegen/bytecode.inl"
