#include <algorithm>
#include <cmath>

namespace saltus {

template <class T>
T ScalarArithmetic::apply1(expr::Operation operation, T a) {
    switch (operation) {
        case expr::Operation::kNegate: return -a;
        case expr::Operation::kNot: return a != T(0) ? T(0) : T(1);
        case expr::Operation::kExp: return std::exp(a);
        case expr::Operation::kExpm1: return std::expm1(a);
        case expr::Operation::kLog: return std::log(a);
        case expr::Operation::kLog1p: return std::log1p(a);
        case expr::Operation::kSqrt: return std::sqrt(a);
        case expr::Operation::kAbs: return std::abs(a);
        case expr::Operation::kSin: return std::sin(a);
        case expr::Operation::kCos: return std::cos(a);
        default: return std::tanh(a);
    }
}

template <class T>
T ScalarArithmetic::apply2(expr::Operation operation, T a, T b) {
    switch (operation) {
        case expr::Operation::kAdd: return a + b;
        case expr::Operation::kSubtract: return a - b;
        case expr::Operation::kMultiply: return a * b;
        case expr::Operation::kDivide: return a / b;
        case expr::Operation::kPower: return std::pow(a, b);
        case expr::Operation::kLess: return T(a < b);
        case expr::Operation::kLessEqual: return T(a <= b);
        case expr::Operation::kGreater: return T(a > b);
        case expr::Operation::kGreaterEqual: return T(a >= b);
        case expr::Operation::kAnd: return T(a != T(0) && b != T(0));
        case expr::Operation::kOr: return T(a != T(0) || b != T(0));
        case expr::Operation::kMin: return b < a ? b : a;
        default: return a < b ? b : a;
    }
}

template <class Arithmetic, class T>
T Bytecode::evaluate(const T* slots) const {
    T stack[kMaxDepth];
    T* top = stack;
    for (const Instruction& instruction : instructions_) {
        switch (instruction.operation) {
            case expr::Operation::kNumber:
                *top++ = Arithmetic::template number<T>(instruction.number);
                break;
            case expr::Operation::kSymbol: *top++ = slots[instruction.slot]; break;
            case expr::Operation::kSelect:
                top -= 2;
                top[-1] = Arithmetic::select(top[-1], top[0], top[1]);
                break;
            default:
                if (instruction.slot == 1) {
                    top[-1] = Arithmetic::apply1(instruction.operation, top[-1]);
                } else {
                    --top;
                    top[-1] = Arithmetic::apply2(instruction.operation, top[-1], top[0]);
                }
        }
    }
    return stack[0];
}

}  // namespace saltus
