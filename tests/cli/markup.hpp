#pragma once

#include <string>

namespace saltus {

/// What is wrong with the tags of an HTML page whose elements are all closed: a tag that is not
/// closed in order, an attribute without quotes, a bare '&' or '>'. Empty when nothing is.
std::string markup_fault(const std::string& page);

/// How often `text` stands in `page`.
std::size_t occurrences(const std::string& page, const std::string& text);

}  // namespace saltus
