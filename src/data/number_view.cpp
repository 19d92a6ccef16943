#include <saltus/data/number_view.hpp>

#include <algorithm>
#include <cmath>
#include <type_traits>

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
                std::find_if(values, end, [](Number value) { return !std::isfinite(value); });
            if (found == end) return;
            const std::string element = std::to_string(found - values);
            throw ModelError(where,
                             what + " holds " + std::to_string(*found) + " at element " + element,
                             "give finite numbers only")
                .with("element", element);
        }
    };
    std::visit(check, numbers_);
}

}  // namespace saltus
