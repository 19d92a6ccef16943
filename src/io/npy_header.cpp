#include "io/npy_header.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "io/toml_table.hpp"

namespace saltus {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kMostAxes = 64;

/// Reads the header's text, a dictionary as Python writes it:
/// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class HeaderText {
  public:
    HeaderText(std::string_view text, const std::string& name) : text_(text), name_(name) {}

    void read(NpyHeader& header) {
        require('{');
        while (!take('}')) {
            const std::string_view key = quoted();
            require(':');
            if (key == "descr" && !descr_) {
                descr_ = quoted();
            } else if (key == "fortran_order" && !columns_first_) {
                columns_first_ = boolean();
            } else if (key == "shape" && !shape_) {
                shape_ = shape();
            } else {
                fail(fmt::format("its header has '{}'", printable(key)));
            }
            if (!take(',')) {
                require('}');
                break;
            }
        }
        skip_blanks();
        if (!text_.empty()) fail("its header goes on after its end");
        if (!descr_ || !columns_first_ || !shape_) fail("its header is not complete");
        read_type(header);
        header.columns_first = *columns_first_;
        header.shape = *shape_;
    }

    [[noreturn]] void fail(const std::string& problem) const {
        throw ModelError(name_, problem, "give an array of numbers that numpy.save() wrote")
            .with("file", name_);
    }

  private:
    void skip_blanks() {
        text_.remove_prefix(std::min(text_.find_first_not_of(" \n\t"), text_.size()));
    }

    bool take(char character) {
        skip_blanks();
        if (!text_.starts_with(character)) return false;
        text_.remove_prefix(1);
        return true;
    }

    void require(char character) {
        if (!take(character)) fail(fmt::format("its header has no '{}' in its place", character));
    }

    std::string_view quoted() {
        skip_blanks();
        const char quote = text_.empty() ? '\0' : text_.front();
        if (quote != '\'' && quote != '"') fail("it holds other things than numbers");
        const std::size_t end = text_.find(quote, 1);
        if (end == std::string_view::npos) fail("its header is cut off");
        const std::string_view inside = text_.substr(1, end - 1);
        text_.remove_prefix(end + 1);
        return inside;
    }

    bool boolean() {
        skip_blanks();
        for (const bool value : {true, false}) {
            const std::string_view word = value ? "True" : "False";
            if (!text_.starts_with(word)) continue;
            text_.remove_prefix(word.size());
            return value;
        }
        fail("its header does not say whether columns come first");
    }

    Shape shape() {
        std::vector<std::size_t> extents;
        require('(');
        while (!take(')')) {
            skip_blanks();
            std::size_t extent = 0;
            const auto [end, error] =
                std::from_chars(text_.data(), text_.data() + text_.size(), extent);
            if (error != std::errc() || extents.size() == kMostAxes) {
                fail("the shape in its header is none");
            }
            text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
            extents.push_back(extent);
            if (!take(',')) {
                require(')');
                break;
            }
        }
        return Shape(std::move(extents));
    }

    void read_type(NpyHeader& header) const {
        const std::string_view descr = *descr_;
        const bool has_order =
            !descr.empty() && std::string_view("<>|=").find(descr[0]) != std::string_view::npos;
        const std::string_view type = descr.substr(has_order ? 1 : 0);
        if (type.starts_with('O')) fail("it holds Python objects, which are never loaded");
        constexpr std::string_view kTypes[] = {"b1", "i1", "i2", "i4", "i8", "u1",
                                               "u2", "u4", "u8", "f2", "f4", "f8"};
        if (std::find(std::begin(kTypes), std::end(kTypes), type) == std::end(kTypes)) {
            fail(fmt::format("it holds '{}', not numbers", printable(descr)));
        }
        header.kind = type[0];
        header.item_bytes = static_cast<std::size_t>(type[1] - '0');
        header.is_big_endian = descr[0] == '>';
    }

    std::string_view text_;
    const std::string& name_;
    std::optional<std::string_view> descr_;
    std::optional<bool> columns_first_;
    std::optional<Shape> shape_;
};

/// Whole number of some bytes, the lowest first.
std::size_t little_endian(std::string_view bytes) {
    std::size_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

/// Number of elements, unless there are more than the bytes could be.
std::optional<std::size_t> bounded_size(const Shape& shape, std::size_t most) {
    std::size_t size = 1;
    const auto& extents = shape.extents();
    if (std::find(extents.begin(), extents.end(), 0U) != extents.end()) return 0;
    for (const std::size_t extent : extents) {
        if (extent > most / size) return std::nullopt;
        size *= extent;
    }
    return size;
}

}  // namespace

NpyHeader parse_npy_header(std::string_view contents, std::size_t file_size,
                           const std::string& name) {
    HeaderText no_text({}, name);
    if (contents.empty()) no_text.fail("is empty");
    if (!contents.starts_with(kMagic) || contents.size() < kMagic.size() + 2) {
        no_text.fail("is not a NumPy file");
    }
    const int version = static_cast<unsigned char>(contents[kMagic.size()]);
    if (version < 1 || version > 3) {
        no_text.fail(fmt::format("its format has version {}, not 1 to 3", version));
    }
    const std::size_t length_begin = kMagic.size() + 2;
    const std::size_t length_bytes = version == 1 ? 2 : 4;
    if (contents.size() < length_begin + length_bytes) no_text.fail("is cut off");
    const std::size_t length = little_endian(contents.substr(length_begin, length_bytes));
    NpyHeader header;
    header.data_begin = length_begin + length_bytes + length;
    if (length > kMostNpyHeader) {
        no_text.fail(fmt::format("says that its header has {} bytes", length));
    }
    if (contents.size() < header.data_begin) no_text.fail("is cut off");
    HeaderText(contents.substr(length_begin + length_bytes, length), name).read(header);
    if (file_size < header.data_begin) no_text.fail("is cut off");
    const std::size_t bytes = file_size - header.data_begin;
    const auto size = bounded_size(header.shape, bytes / header.item_bytes + 1);
    if (!size || *size * header.item_bytes != bytes) {
        no_text.fail(
            fmt::format("has {} bytes of numbers, but its header says shape {} of {} "
                        "bytes each",
                        bytes, to_string(header.shape), header.item_bytes));
    }
    return header;
}

std::string npy_header_text(const Shape& shape, const std::string& type) {
    std::string extents;
    for (const std::size_t extent : shape.extents())
        extents += fmt::format("{}{}", extents.empty() ? "" : ", ", extent);
    if (shape.rank() == 1) extents += ",";
    std::string text =
        fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, extents);
    const std::size_t before = kMagic.size() + 4;
    const std::size_t whole = (before + text.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
    text.resize(whole - before - 1, ' ');
    text += '\n';
    std::string header(kMagic);
    header += {'\x01', '\x00', static_cast<char>(text.size() & 0xFF),
               static_cast<char>(text.size() >> 8)};
    return header + text;
}

}  // namespace saltus
