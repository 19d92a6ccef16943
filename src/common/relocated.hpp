#pragma once

#include <string>
#include <utility>

#include <saltus/common/errors.hpp>

namespace saltus {

/// The same error told from another place, by a caller that knows better where it is.
inline ModelError relocated(const ModelError& error, std::string where) {
    ModelError moved(std::move(where), error.problem(), error.advice());
    for (const auto& [name, value] : error.fields())
        moved.with(name, value);
    return moved;
}

}  // namespace saltus
