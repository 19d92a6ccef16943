#include "io/model_names.hpp"

#include <cctype>
#include <cstddef>

#include <fmt/format.h>

namespace saltus {
namespace {

bool is_escape(const std::string& name, std::size_t index) {
    return name[index] == '%' && index + 2 < name.size() &&
           std::isxdigit(static_cast<unsigned char>(name[index + 1])) != 0 &&
           std::isxdigit(static_cast<unsigned char>(name[index + 2])) != 0;
}

}  // namespace

std::string escaped_name(const std::string& name) {
    std::string escaped;
    for (const char character : name) {
        const auto byte = static_cast<unsigned char>(character);
        const bool is_special = character == '/' || character == '%' || byte < 0x20 ||
                                byte == 0x7F || (character == '.' && escaped.empty());
        if (is_special) {
            escaped += fmt::format("%{:02X}", byte);
        } else {
            escaped += character;
        }
    }
    return escaped;
}

std::string unescaped_name(const std::string& name) {
    std::string plain;
    for (std::size_t index = 0; index < name.size(); ++index) {
        if (!is_escape(name, index)) {
            plain += name[index];
            continue;
        }
        plain += static_cast<char>(std::stoi(name.substr(index + 1, 2), nullptr, 16));
        index += 2;
    }
    return plain;
}

}  // namespace saltus
