#include <saltus/data/idx.hpp>

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <saltus/common/errors.hpp>

#include "data/byte_source.hpp"

namespace saltus {
namespace {

constexpr std::uint8_t kUnsignedByte = 0x08;
constexpr const char* kReload = "copy or download the file again";

ModelError bad_file(const ByteSource& source, std::string problem, std::string advice) {
    return ModelError(source.name(), std::move(problem), std::move(advice))
        .with("file", source.name());
}

/// Name of an element type that the format knows; nullptr for any other code.
const char* type_name(std::uint8_t code) {
    switch (code) {
        case kUnsignedByte:
            return "unsigned bytes";
        case 0x09:
            return "signed bytes";
        case 0x0B:
            return "16-bit integers";
        case 0x0C:
            return "32-bit integers";
        case 0x0D:
            return "32-bit floating point numbers";
        case 0x0E:
            return "64-bit floating point numbers";
        default:
            return nullptr;
    }
}

/// Reads the four bytes every idx file starts with and returns the number of axes.
std::size_t read_magic(ByteSource& source) {
    std::array<std::uint8_t, 4> magic{};
    const std::size_t count = source.read(magic);
    if (count == 0) throw bad_file(source, "is empty", kReload);
    const auto first_bytes = std::span(magic).first(count);
    const bool is_idx = magic[0] == 0 && magic[1] == 0 && (count < 3 || type_name(magic[2]));
    if (!is_idx) {
        throw bad_file(source,
                       fmt::format("is not an idx file: it begins with the bytes {:02x}",
                                   fmt::join(first_bytes, " ")),
                       "an idx file of unsigned bytes begins with 00 00 08; check that images and "
                       "labels are the files you mean");
    }
    if (count < magic.size()) {
        throw bad_file(source, fmt::format("ends inside its header, after {} bytes", count),
                       kReload);
    }
    if (magic[2] != kUnsignedByte) {
        throw bad_file(source, fmt::format("holds {}", type_name(magic[2])),
                       "only idx files of unsigned bytes (type 08) can be read; convert it");
    }
    if (magic[3] == 0) {
        throw bad_file(source, "has no axes", "an idx file of images has 3 or 4 axes, of labels 1");
    }
    return magic[3];
}

Shape read_shape(ByteSource& source, std::size_t rank) {
    std::vector<std::uint8_t> header(4 * rank);
    const std::size_t count = source.read(header);
    if (count < header.size()) {
        throw bad_file(source,
                       fmt::format("ends inside its header, after {} of the {} bytes of its {} "
                                   "sizes",
                                   count, header.size(), rank),
                       kReload);
    }
    std::vector<std::size_t> extents;
    for (std::size_t at = 0; at < header.size(); at += 4) {
        extents.push_back((std::size_t{header[at]} << 24) | (std::size_t{header[at + 1]} << 16) |
                          (std::size_t{header[at + 2]} << 8) | std::size_t{header[at + 3]});
    }
    return Shape(std::move(extents));
}

std::size_t size_of(const ByteSource& source, const Shape& shape) {
    std::size_t product = 1;
    for (const std::size_t extent : shape.extents()) {
        if (extent != 0 && product > std::numeric_limits<std::size_t>::max() / extent) {
            throw bad_file(source,
                           fmt::format("has sizes that cannot be: the product of {} does not fit "
                                       "into 64 bits",
                                       to_string(shape)),
                           kReload)
                .with("shape", to_string(shape));
        }
        product *= extent;
    }
    return product;
}

std::vector<std::uint8_t> read_bytes(ByteSource& source, const Shape& shape) {
    const std::size_t expected = size_of(source, shape);
    std::vector<std::uint8_t> bytes;
    // In pieces that grow with what was there, so that a header alone never takes memory.
    std::size_t piece = std::size_t{1} << 16;
    while (bytes.size() < expected) {
        const std::size_t begin = bytes.size();
        const std::size_t end = begin + std::min(piece, expected - begin);
        bytes.reserve(end);
        bytes.resize(end);
        const std::size_t count = source.read(std::span(bytes).subspan(begin));
        if (begin + count < end) {
            throw bad_file(source,
                           fmt::format("ends after {} of the {} bytes that its shape {} asks for",
                                       begin + count, expected, to_string(shape)),
                           kReload)
                .with("shape", to_string(shape));
        }
        piece = end;
    }
    return bytes;
}

void require_end(ByteSource& source, const IdxArray& array) {
    std::uint8_t next = 0;
    if (source.read(std::span(&next, 1)) == 0) return;
    throw bad_file(source,
                   fmt::format("goes on after the {} bytes that its shape {} asks for",
                               array.bytes.size(), to_string(array.shape)),
                   "its header does not belong to its data; " + std::string(kReload))
        .with("shape", to_string(array.shape));
}

IdxArray read_array(ByteSource& source) {
    IdxArray array;
    array.shape = read_shape(source, read_magic(source));
    array.bytes = read_bytes(source, array.shape);
    require_end(source, array);
    return array;
}

}  // namespace

IdxArray read_idx(const std::filesystem::path& path) {
    FileSource source(path);
    return read_array(source);
}

IdxArray parse_idx(std::span<const std::uint8_t> contents, const std::string& name) {
    MemorySource source(contents, name);
    return read_array(source);
}

}  // namespace saltus
