#pragma once

#include <string>
#include <string_view>

namespace saltus {

/// Refuses TOML whose tables or arrays are nested so deeply that reading or freeing them would
/// exhaust the stack. What is not TOML is none of its business: the parser stops where it errs.
/// @throws ModelError with the fields "file" and "line".
void check_toml_nesting(std::string_view text, const std::string& file);

}  // namespace saltus
