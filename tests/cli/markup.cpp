#include "cli/markup.hpp"

#include <algorithm>
#include <regex>
#include <vector>

namespace saltus {
namespace {

bool is_void(const std::string& name) {
    return name == "meta" || name == "!DOCTYPE" || name == "br" || name == "link";
}

/// The text between tags: entities only where '&' stands.
bool is_plain(const std::string& text) {
    static const std::regex kEntity("&(amp|lt|gt|quot|#39);");
    const std::string rest = std::regex_replace(text, kEntity, "");
    return rest.find_first_of("&>") == std::string::npos;
}

}  // namespace

std::string markup_fault(const std::string& page) {
    static const std::regex kTag(
        R"re(^(/?)([!A-Za-z][A-Za-z0-9]*)((?:\s+[A-Za-z-]+(?:="[^"<]*")?)*)\s*(/?)$)re");
    std::vector<std::string> open;
    std::size_t position = 0;
    while (position < page.size()) {
        const std::size_t begin = std::min(page.find('<', position), page.size());
        const std::string text = page.substr(position, begin - position);
        // Style sheets are text of their own.
        const bool style = !open.empty() && open.back() == "style";
        if (!style && !is_plain(text)) return "unescaped text: " + text.substr(0, 80);
        if (begin == page.size()) break;
        const std::size_t end = page.find('>', begin);
        if (end == std::string::npos) return "a tag without an end";
        const std::string tag = page.substr(begin + 1, end - begin - 1);
        std::smatch parts;
        if (!std::regex_match(tag, parts, kTag)) return "no tag: " + tag.substr(0, 80);
        if (parts[1].length() > 0) {
            if (open.empty() || open.back() != parts[2]) return "closed too early: " + tag;
            open.pop_back();
        } else if (parts[4].length() == 0 && !is_void(parts[2])) {
            open.push_back(parts[2]);
        }
        position = end + 1;
    }
    return open.empty() ? std::string() : "not closed: " + open.back();
}

std::size_t occurrences(const std::string& page, const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = page.find(text); at != std::string::npos; at = page.find(text, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace saltus
