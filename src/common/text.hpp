#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saltus {

/// The candidate with the smallest edit distance to `name`, or an empty string when none is close
/// enough to be a likely typing error.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

/// "a, b and c"
std::string enumerate(const std::vector<std::string>& names);

/// Advice for an unknown name: "did you mean 'x'? Known are a, b and c".
std::string suggest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace saltus
