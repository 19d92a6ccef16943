#pragma once

#include <string>

#include <saltus/common/errors.hpp>

namespace saltus {

/// What the call throws, which must be of the kind `Kind`: its text and its fields.
template <typename Kind, typename Call>
Kind error_of(const Call& call) {
    try {
        call();
    } catch (const Kind& error) {
        return error;
    } catch (const std::exception& error) {
        return Kind("test", std::string("another kind of error: ") + error.what(), "");
    }
    return Kind("test", "nothing was thrown", "");
}

/// The text of the ModelError that the call throws.
template <typename Call>
std::string model_error(const Call& call) {
    return error_of<ModelError>(call).what();
}

}  // namespace saltus
