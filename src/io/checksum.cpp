#include "io/checksum.hpp"

#include <fmt/format.h>
#include <zlib.h>

namespace saltus {
namespace {

constexpr std::string_view kBegin = "\nsaltus-crc32 ";
constexpr std::size_t kLineSize = kBegin.size() + 8 + 1;

std::string checksum_line(std::string_view contents) {
    const auto* bytes = reinterpret_cast<const Bytef*>(contents.data());
    return fmt::format("{}{:08x}\n", kBegin, crc32_z(0, bytes, contents.size()));
}

}  // namespace

std::string with_checksum(std::string contents) {
    contents += checksum_line(contents);
    return contents;
}

std::string checksum_problem(std::string_view file) {
    if (file.size() < kLineSize || !file.substr(file.size() - kLineSize).starts_with(kBegin)) {
        return "its checksum is missing";
    }
    const std::string_view contents = without_checksum(file);
    const bool fits = file.substr(contents.size()) == checksum_line(contents);
    return fits ? "" : "its checksum does not fit";
}

std::string_view without_checksum(std::string_view file) {
    return file.substr(0, file.size() - kLineSize);
}

}  // namespace saltus
