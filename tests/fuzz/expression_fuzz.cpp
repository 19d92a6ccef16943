// Any bytes either end in a ModelError or in an expression that every stage can work on.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <saltus/common/errors.hpp>
#include <saltus/expr/equation.hpp>

namespace {

using namespace saltus::expr;

// Not assert, which release builds leave out.
void require(bool holds) {
    if (!holds) std::abort();
}

// What a ModelError refuses is no finding; anything else thrown is.
template <typename Call>
auto attempt(Call call) -> std::optional<decltype(call())> {
    try {
        return call();
    } catch (const saltus::ModelError&) {
        return std::nullopt;
    }
}

void require_reads_back(const Expression& expression) {
    const std::string text = to_string(expression);
    const bool fits = text.size() <= kMaximumTextLength &&
                      expression.node_count() <= kMaximumParsedNodes &&
                      expression.depth() <= kMaximumParsedDepth;
    if (fits) require(parse(text) == expression);
}

void work_on(const Expression& expression, std::string_view text) {
    require_reads_back(expression);
    const auto names = symbols(expression);
    attempt([&] { return check(expression, {}, text); });
    const auto type = attempt([&] { return check(expression, names, text); });
    const Expression simple = simplify(expression);
    require(simplify(simple) == simple);
    require_reads_back(simple);
    require(simple.node_count() <= 2 * expression.node_count());
    if (type) require(check(simple, names) == *type);
    const auto lookup = [](const std::string&) { return 0.75; };
    evaluate(expression, lookup);
    evaluate(simple, lookup);
    attempt([&] { return crossing(expression); });
    for (std::size_t index = 0; index < names.size() && index < 2; ++index) {
        const auto slope = attempt([&] { return derivative(expression, names[index]); });
        if (!slope) continue;
        if (slope->node_count() < 20000) require_reads_back(*slope);
        if (type) require(check(*slope, names) == Type::kReal);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto expression = attempt([&] { return parse(text); })) work_on(*expression, text);
    if (const auto equation = attempt([&] { return parse_equation(text); })) {
        work_on(equation->right, text);
    }
    return 0;
}
