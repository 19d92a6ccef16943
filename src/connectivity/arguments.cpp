#include "connectivity/arguments.hpp"

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

// Beyond this a window is a mistake rather than a model, and sizes computed from it could overflow.
constexpr std::size_t kMaxSize = 1U << 20U;

void require_between(bool is_between, const std::string& value, const std::string& where,
                     const std::string& name) {
    if (is_between) return;
    throw ModelError(where, fmt::format("{} is {}", name, value),
                     "give a whole number between 1 and 1048576")
        .with("parameter", name);
}

bool is_size(std::size_t value) {
    return value >= 1 && value <= kMaxSize;
}

}  // namespace

std::size_t require_size(std::size_t value, const std::string& where, const std::string& name) {
    require_between(is_size(value), std::to_string(value), where, name);
    return value;
}

Param2D require_size(Param2D value, const std::string& where, const std::string& name) {
    require_between(is_size(value.rows) && is_size(value.columns),
                    fmt::format("({}, {})", value.rows, value.columns), where, name);
    return value;
}

void require_groups(std::size_t filters, std::size_t groups, const std::string& where) {
    require_size(groups, where, "groups");
    if (filters % groups == 0) return;
    throw ModelError(where, fmt::format("{} filters do not divide into {} groups", filters, groups),
                     "give a number of filters that is a multiple of the groups")
        .with("parameter", "groups");
}

}  // namespace saltus
