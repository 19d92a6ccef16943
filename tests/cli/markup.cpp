#include "cli/markup.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

namespace saltus {
namespace {

bool is_void(std::string_view name) {
    return name == "meta" || name == "!DOCTYPE";
}

/// Whether every '&' of a text begins an entity, and no '>' or '<' stands in it.
bool is_plain(std::string_view text) {
    if (text.find_first_of("<>") != std::string_view::npos) return false;
    for (std::size_t at = text.find('&'); at != std::string_view::npos;
         at = text.find('&', at + 1)) {
        const std::string_view rest = text.substr(at);
        const bool known = rest.starts_with("&amp;") || rest.starts_with("&lt;") ||
                           rest.starts_with("&gt;") || rest.starts_with("&quot;") ||
                           rest.starts_with("&#39;");
        if (!known) return false;
    }
    return true;
}

bool is_name_character(char character) {
    return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '-' ||
           character == '!';
}

/// Takes letters, digits and hyphens off the front.
std::string take_name(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_name_character);
    const std::string name(text.begin(), end);
    text.remove_prefix(name.size());
    return name;
}

bool take(std::string_view& text, std::string_view expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

/// What stands between '<' and '>'.
struct Tag {
    std::string name;
    bool closing = false;
    bool empty = false;
};

/// @return false when it is no tag with quoted attributes.
bool read_tag(std::string_view text, Tag& tag) {
    tag.closing = take(text, "/");
    tag.name = take_name(text);
    while (!tag.name.empty() && take(text, " ")) {
        if (take_name(text).empty()) return false;
        if (!take(text, "=")) continue;
        if (!take(text, "\"")) return false;
        const std::size_t end = text.find('"');
        if (end == std::string_view::npos || !is_plain(text.substr(0, end))) return false;
        text.remove_prefix(end + 1);
    }
    tag.empty = take(text, "/") || is_void(tag.name);
    return !tag.name.empty() && text.empty();
}

}  // namespace

std::string markup_fault(const std::string& page) {
    std::vector<std::string> open;
    std::size_t position = 0;
    while (true) {
        const std::size_t begin = std::min(page.find('<', position), page.size());
        const std::string text = page.substr(position, begin - position);
        // Style sheets are text of their own.
        const bool style = !open.empty() && open.back() == "style";
        if (!style && !is_plain(text)) return "unescaped text: " + text.substr(0, 80);
        if (begin == page.size()) break;
        const std::size_t end = page.find('>', begin);
        if (end == std::string::npos) return "a tag without an end";
        const std::string between = page.substr(begin + 1, end - begin - 1);
        Tag tag;
        if (!read_tag(between, tag)) return "no tag: " + between.substr(0, 80);
        if (tag.closing) {
            if (open.empty() || open.back() != tag.name) return "closed too early: " + tag.name;
            open.pop_back();
        } else if (!tag.empty) {
            open.push_back(tag.name);
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
