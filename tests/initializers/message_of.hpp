#pragma once

#include <string>

#include <saltus/common/errors.hpp>

namespace saltus::test {

/// What the error says that `run` throws, or an empty string when it throws none.
template <class Run>
std::string message_of(const Run& run) {
    try {
        run();
    } catch (const ModelError& error) {
        return error.what();
    }
    return {};
}

}  // namespace saltus::test
