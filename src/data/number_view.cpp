#include <saltus/data/number_view.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

template <class Number>
void copy(const NumberView::Pointer& numbers, std::size_t first, std::span<Number> out) {
    std::visit(
        [&](const auto* values) {
            std::transform(values + first, values + first + out.size(), out.begin(),
                           [](auto value) { return static_cast<Number>(value); });
        },
        numbers);
}

}  // namespace

NumberView::NumberView(const std::shared_ptr<const Array>& array)
    : numbers_(array->values.data()), shape_(array->shape), owner_(array) {}

void NumberView::read(std::size_t first, std::span<double> out) const {
    copy(numbers_, first, out);
}

void NumberView::read(std::size_t first, std::span<float> out) const {
    copy(numbers_, first, out);
}

void NumberView::require_finite(const std::string& where, const std::string& what) const {
    const auto check = [&](const auto* values) {
        using Number = std::remove_cvref_t<decltype(*values)>;
        if constexpr (std::is_floating_point_v<Number>) {
            const auto* const end = values + size();
            const auto* const found =
                std::find_if(values, end, [](Number value) {
                    // Not of a NaN either.
                    return !(std::abs(value) <= std::numeric_limits<float>::max());
                });
            if (found == end) return;
            const std::string element = std::to_string(found - values);
            const bool is_large = std::isfinite(*found);
            throw ModelError(where,
                             fmt::format("{} holds {:g} at element {}{}", what, *found, element,
                                         is_large ? ", too large for float32" : ""),
                             is_large ? "give smaller numbers" : "give finite numbers only")
                .with("element", element);
        }
    };
    std::visit(check, numbers_);
}

}  // namespace saltus
