#include <saltus/io/npy_file.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/io/atomic_file.hpp>

#include "io/npy_header.hpp"
#include "io/read_file.hpp"

namespace saltus {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie");

/// The IEEE 754 number of 16 bits.
double half(std::uint16_t bits) {
    const int exponent = bits >> 10 & 31;
    const double fraction = bits & 1023;
    const double sign = bits >> 15 ? -1.0 : 1.0;
    if (exponent == 31) return fraction == 0.0 ? sign * HUGE_VAL : std::nan("");
    if (exponent == 0) return sign * std::ldexp(fraction, -24);
    return sign * std::ldexp(fraction + 1024.0, exponent - 25);
}

template <typename Number>
double number_of(const std::array<char, 8>& bytes) {
    Number number;
    std::memcpy(&number, bytes.data(), sizeof number);
    return static_cast<double>(number);
}

/// One number from its bytes, the lowest first.
double number_of(const NpyHeader& header, const std::array<char, 8>& bytes) {
    const char kind = header.kind;
    switch (header.item_bytes) {
        case 1:
            if (kind == 'i') return number_of<std::int8_t>(bytes);
            return kind == 'b' ? double(bytes[0] != 0) : number_of<std::uint8_t>(bytes);
        case 2:
            if (kind == 'f')
                return half(static_cast<std::uint16_t>(number_of<std::uint16_t>(bytes)));
            return kind == 'i' ? number_of<std::int16_t>(bytes) : number_of<std::uint16_t>(bytes);
        case 4:
            if (kind == 'f') return number_of<float>(bytes);
            return kind == 'i' ? number_of<std::int32_t>(bytes) : number_of<std::uint32_t>(bytes);
        default:
            if (kind == 'f') return number_of<double>(bytes);
            return kind == 'i' ? number_of<std::int64_t>(bytes) : number_of<std::uint64_t>(bytes);
    }
}

/// Whole numbers that float64 cannot tell from their neighbours are refused rather than changed.
void require_exact(const NpyHeader& header, double number, std::size_t k, const std::string& name) {
    if (header.kind == 'f' || std::abs(number) < 0x1p53) return;
    throw ModelError(
        name,
        fmt::format("number {} is about {:.0f}, which float64 does not hold exactly", k, number),
        "write it as floating point numbers, or smaller ones")
        .with("file", name);
}

bool is_float(double value) {
    if (!std::isfinite(value)) return true;
    return std::abs(value) <= std::numeric_limits<float>::max() &&
           static_cast<double>(static_cast<float>(value)) == value;
}

/// Where the elements of an array that lies columns first come rows first: counts through indices.
class RowsFirst {
  public:
    explicit RowsFirst(const Shape& shape)
        : shape_(shape), index_(shape.rank(), 0), stride_(shape.rank(), 1) {
        for (std::size_t axis = shape.rank(); axis-- > 1;)
            stride_[axis - 1] = stride_[axis] * shape[axis];
    }

    std::size_t place() const { return place_; }

    void next() {
        for (std::size_t axis = 0; axis < index_.size(); ++axis) {
            place_ += stride_[axis];
            if (++index_[axis] < shape_[axis]) return;
            place_ -= index_[axis] * stride_[axis];
            index_[axis] = 0;
        }
    }

  private:
    const Shape& shape_;
    std::vector<std::size_t> index_;
    std::vector<std::size_t> stride_;
    std::size_t place_ = 0;
};

}  // namespace

Array parse_npy(std::string_view contents, const std::string& name) {
    const NpyHeader header = parse_npy_header(contents, contents.size(), name);
    Array array(header.shape);
    const std::size_t bytes_each = header.item_bytes;
    RowsFirst rows(array.shape);
    for (std::size_t k = 0; k < array.size(); ++k) {
        std::array<char, 8> bytes{};
        std::memcpy(bytes.data(), contents.data() + header.data_begin + k * bytes_each, bytes_each);
        if (header.is_big_endian)
            std::reverse(bytes.begin(), bytes.begin() + std::ptrdiff_t(bytes_each));
        const double number = number_of(header, bytes);
        require_exact(header, number, k, name);
        array.values[header.columns_first ? rows.place() : k] = number;
        if (header.columns_first) rows.next();
    }
    return array;
}

Array read_npy(const std::filesystem::path& path) {
    const std::string name = path.string();
    // Before all of a large file is read that holds something else.
    const std::string beginning = read_file(path, kMostNpyHeader + 12);
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    parse_npy_header(beginning, error ? beginning.size() : std::size_t(size), name);
    return parse_npy(read_file(path), name);
}

void write_npy(const std::filesystem::path& path, const Array& array) {
    const bool is_single = std::all_of(array.values.begin(), array.values.end(), is_float);
    const std::size_t item_bytes = is_single ? sizeof(float) : sizeof(double);
    std::string contents = npy_header_text(array.shape, is_single ? "<f4" : "<f8");
    const std::size_t begin = contents.size();
    contents.resize(begin + array.size() * item_bytes);
    char* place = contents.data() + begin;
    for (const double value : array.values) {
        if (is_single) {
            const auto single = static_cast<float>(value);
            std::memcpy(place, &single, item_bytes);
        } else {
            std::memcpy(place, &value, item_bytes);
        }
        place += item_bytes;
    }
    write_file_atomically(path, contents);
}

void write_npy(const std::filesystem::path& path, std::span<const std::uint32_t> numbers) {
    std::string contents = npy_header_text(Shape{numbers.size()}, "<u4");
    contents.append(reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes());
    write_file_atomically(path, contents);
}

}  // namespace saltus
