#include "codegen/expression_text.hpp"

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "codegen/bytecode.hpp"
#include "codegen/shared_parts.hpp"

namespace saltus {
namespace {

using expr::Expression;
using expr::Operation;

/// What a call or an infix operator is called in the kernels' vector dialect.
const char* infix_of(Operation operation) {
    switch (operation) {
        case Operation::kAdd:
            return " + ";
        case Operation::kSubtract:
            return " - ";
        case Operation::kMultiply:
            return " * ";
        case Operation::kDivide:
            return " / ";
        case Operation::kLess:
            return " < ";
        case Operation::kLessEqual:
            return " <= ";
        case Operation::kGreater:
            return " > ";
        case Operation::kGreaterEqual:
            return " >= ";
        default:
            return nullptr;
    }
}

const char* call_of(Operation operation) {
    switch (operation) {
        case Operation::kAnd:
            return "both";
        case Operation::kOr:
            return "either";
        case Operation::kNot:
            return "negated";
        case Operation::kSelect:
            return "select";
        case Operation::kExp:
            return "vexp";
        case Operation::kExpm1:
            return "vexpm1";
        case Operation::kLog:
            return "vlog";
        case Operation::kLog1p:
            return "vlog1p";
        case Operation::kSqrt:
            return "vsqrt";
        case Operation::kAbs:
            return "vabs";
        case Operation::kSin:
            return "vsin";
        case Operation::kCos:
            return "vcos";
        case Operation::kTanh:
            return "vtanh";
        case Operation::kMin:
            return "vmin";
        case Operation::kMax:
            return "vmax";
        case Operation::kPower:
            return "vpow";
        default:
            return nullptr;
    }
}

class TextWriter {
  public:
    TextWriter(const std::map<std::string, std::string>& names, std::string prefix)
        : names_(names), prefix_(std::move(prefix)) {}

    void count(const Expression& e) { parts_.count(e); }

    std::string write(const Expression& e) {
        if (e.is_number()) return fmt::format("splat({:.9e}f)", e.value());
        if (e.is_symbol()) return name_of(e);
        const auto defined = defined_.find(e);
        if (defined != defined_.end()) return defined->second;
        std::string text = operation_text(e);
        if (!parts_.is_shared(e)) return text;
        const std::string name = fmt::format("{}{}", prefix_, defined_.size());
        lines_.push_back(
            fmt::format("const {} {} = {};", e.is_condition() ? "M" : "V", name, text));
        defined_.emplace(e, name);
        return name;
    }

    std::vector<std::string> take_lines() { return std::move(lines_); }

  private:
    std::string operation_text(const Expression& e) {
        if (e.operation() == Operation::kNegate)
            return fmt::format("(-{})", write(e.operands()[0]));
        if (small_power(e) > 0) return repeated_product(e);
        if (const char* infix = infix_of(e.operation())) {
            return "(" + write(e.operands()[0]) + infix + write(e.operands()[1]) + ")";
        }
        const char* call = call_of(e.operation());
        if (call == nullptr) throw InternalError("codegen", "operation without text");
        std::string text = std::string(call) + "(";
        for (std::size_t index = 0; index < e.operands().size(); ++index) {
            text += (index == 0 ? "" : ", ") + write(e.operands()[index]);
        }
        return text + ")";
    }

    std::string name_of(const Expression& e) const {
        const auto found = names_.find(e.name());
        if (found == names_.end()) throw InternalError("codegen", "unknown symbol " + e.name());
        return found->second;
    }

    std::string repeated_product(const Expression& e) {
        const std::string base = write(e.operands()[0]);
        std::string text = "(" + base;
        for (int factor = 1; factor < small_power(e); ++factor) {
            text += " * " + base;
        }
        return text + ")";
    }

    const std::map<std::string, std::string>& names_;
    std::string prefix_;
    SharedParts parts_;
    ExpressionMap<std::string> defined_;
    std::vector<std::string> lines_;
};

}  // namespace

ExpressionTexts expression_texts(const std::vector<Expression>& expressions,
                                 const std::map<std::string, std::string>& names,
                                 const std::string& prefix) {
    TextWriter writer(names, prefix);
    for (const Expression& e : expressions)
        writer.count(e);
    ExpressionTexts result;
    for (const Expression& e : expressions)
        result.texts.push_back(writer.write(e));
    result.lines = writer.take_lines();
    return result;
}

std::string expression_text(const Expression& expression,
                            const std::map<std::string, std::string>& names) {
    // Without parts of their own: an expression alone stands in one line.
    return TextWriter(names, "").write(expression);
}

}  // namespace saltus
