#pragma once

#include <optional>
#include <string>

#include <saltus/network/init_value.hpp>

namespace saltus {

/// @throws ModelError when the argument was given and is not finite.
void check_finite(const std::optional<InitValue>& argument, const std::string& model,
                  const std::string& name);

/// @throws ModelError when the argument was given and is not positive and finite.
void check_positive(const std::optional<InitValue>& argument, const std::string& model,
                    const std::string& name);

}  // namespace saltus
