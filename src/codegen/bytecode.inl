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
    T kept[kMaxKept];
    T* top = stack;
    for (const Instruction& instruction : instructions_) {
        switch (instruction.kind) {
            case Kind::kNumber:
                *top++ = Arithmetic::template number<T>(instruction.number);
                break;
            case Kind::kSlot: *top++ = slots[instruction.index]; break;
            case Kind::kKeep: kept[instruction.index] = top[-1]; break;
            case Kind::kKept: *top++ = kept[instruction.index]; break;
            case Kind::kOperate:
                if (instruction.index == 1) {
                    top[-1] = Arithmetic::apply1(instruction.operation, top[-1]);
                } else if (instruction.index == 2) {
                    --top;
                    top[-1] = Arithmetic::apply2(instruction.operation, top[-1], top[0]);
                } else {
                    top -= 2;
                    top[-1] = Arithmetic::select(top[-1], top[0], top[1]);
                }
        }
    }
    return stack[0];
}

}  // namespace saltus
