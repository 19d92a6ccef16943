#include "data/hdf5_dataset.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "data/hdf5_chunks.hpp"

namespace saltus {
namespace {

/// Bit 1 of a message's flags: what it says stands elsewhere.
constexpr std::uint64_t kShared = 0x02;
constexpr std::uint64_t kListType = 9;

/// The type that a message or a part of it declares.
Hdf5Type parse_type(std::span<const std::uint8_t> bytes) {
    Hdf5Type type;
    type.size = little_endian(bytes, 4, 4);
    type.is_big_endian = (bytes[1] & 0x01) != 0;
    const bool has_number = type.size == 1 || type.size == 2 || type.size == 4 || type.size == 8;
    switch (bytes[0] & 0x0F) {
        case 0:
            if (!has_number) break;
            type.kind = Hdf5Type::Kind::kInteger;
            type.is_signed = (bytes[1] & 0x08) != 0;
            break;
        case 1: {
            // Sizes of exponent and mantissa: those of the IEEE's formats alone.
            if (!has_number || bytes.size() < 20 || (bytes[1] & 0x40) != 0) break;
            const unsigned exponent = bytes[13];
            const unsigned mantissa = bytes[15];
            if ((type.size == 2 && exponent == 5 && mantissa == 10) ||
                (type.size == 4 && exponent == 8 && mantissa == 23) ||
                (type.size == 8 && exponent == 11 && mantissa == 52))
                type.kind = Hdf5Type::Kind::kFloat;
            break;
        }
        case 3:
            type.kind = Hdf5Type::Kind::kText;
            break;
        default:
            break;
    }
    return type;
}

double half_to_double(std::uint64_t bits) {
    const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
    const int exponent = static_cast<int>(bits >> 10 & 0x1F);
    const double fraction = static_cast<double>(bits & 0x3FF) / 1024.0;
    if (exponent == 0) return sign * std::ldexp(fraction, -14);
    if (exponent == 0x1F)
        return fraction == 0.0 ? sign * std::numeric_limits<double>::infinity()
                               : std::numeric_limits<double>::quiet_NaN();
    return sign * std::ldexp(1.0 + fraction, exponent - 15);
}

}  // namespace

Hdf5Dataset::Hdf5Dataset(const Hdf5Bytes& file, std::uint64_t address, std::string path)
    : file_(file), path_(std::move(path)) {
    const std::vector<Hdf5Message> messages = hdf5_messages(file, address);
    const auto require = [&](std::uint64_t type) -> const Hdf5Message& {
        const Hdf5Message* message = find_message(messages, type);
        if (!message) file_.fail(fmt::format("has a '{}' that is not a data set", path_));
        if ((message->flags & kShared) != 0)
            file_.fail_unsupported(fmt::format("describes '{}' elsewhere", path_));
        return *message;
    };
    if (find_message(messages, kHdf5ExternalFiles))
        file_.fail_unsupported(fmt::format("takes '{}' from other files", path_));
    read_type(require(kHdf5Datatype));
    read_extent(require(kHdf5Dataspace));
    (void)require(kHdf5Layout);
    read_contents(messages);
}

void Hdf5Dataset::read_type(const Hdf5Message& message) {
    const auto data = message.data;
    if (data.size() < 8) file_.fail(fmt::format("has a type of '{}' that is cut off", path_));
    if ((data[0] & 0x0F) != kListType) {
        type_ = parse_type(data);
    } else if ((data[1] & 0x0F) == 1) {
        type_.kind = Hdf5Type::Kind::kText;
        type_.size = 1;
        type_.is_list = true;
    } else {
        if (data.size() < 16) file_.fail(fmt::format("has a type of '{}' that is cut off", path_));
        type_ = parse_type(data.subspan(8));
        type_.is_list = true;
        if (!type_.is_number()) type_.kind = Hdf5Type::Kind::kOther;
    }
    if (type_.kind == Hdf5Type::Kind::kOther || type_.size == 0) {
        file_.fail_unsupported(fmt::format(
            "has a '{}' that holds neither numbers nor texts nor lists of them", path_));
    }
}

void Hdf5Dataset::read_extent(const Hdf5Message& message) {
    const auto data = message.data;
    const std::size_t first = !data.empty() && data[0] == 1 ? 8 : 4;
    if (data.size() < 4 || data[1] != 1 || data.size() < first + 8)
        file_.fail(fmt::format("has a '{}' that has not one axis", path_));
    const std::uint64_t size = little_endian(data, first, 8);
    // More than any file holds would be refused later; here it keeps products small.
    if (size > std::uint64_t{1} << 40)
        file_.fail(fmt::format("says that '{}' has {} elements", path_, size));
    size_ = size;
}

void Hdf5Dataset::read_contents(const std::vector<Hdf5Message>& messages) {
    const auto layout = find_message(messages, kHdf5Layout)->data;
    const auto need = [&](std::size_t bytes) {
        if (layout.size() < bytes)
            file_.fail(fmt::format("says where '{}' lies in a message that is cut off", path_));
    };
    need(2);
    const unsigned version = layout[0];
    const unsigned kind = layout[1];
    if (version < 3 || version > 4 || kind > 2 || (kind == 2 && version == 4))
        file_.fail_unsupported(fmt::format("lays out '{}' in a way that is not read", path_));
    std::span<const std::uint8_t> bytes;
    if (kind == 0) {
        need(4);
        const std::size_t length = little_endian(layout, 2, 2);
        need(4 + length);
        bytes = layout.subspan(4, length);
    } else if (kind == 1) {
        need(18);
        const std::uint64_t address = little_endian(layout, 2, 8);
        if (size_ > 0) bytes = file_.at(address, little_endian(layout, 10, 8), "data");
    } else {
        need(19);
        if (layout[2] != 2 || little_endian(layout, 15, 4) != stored_size())
            file_.fail(fmt::format("has chunks of '{}' that do not fit its elements", path_));
        Hdf5Chunks chunks{
            little_endian(layout, 3, 8), little_endian(layout, 11, 4), stored_size(), {}};
        if (const Hdf5Message* filters = find_message(messages, kHdf5Filters))
            chunks.filters = read_filters(file_, filters->data, path_);
        contents_ = read_chunks(file_, chunks, size_, path_);
        return;
    }
    if (bytes.size() / stored_size() < size_)
        file_.fail(fmt::format("says that '{}' has {} elements of {} bytes, but has {} bytes of it",
                               path_, size_, stored_size(), bytes.size()));
    contents_.assign(bytes.begin(), bytes.end());
}

std::span<const std::uint8_t> Hdf5Dataset::element(std::size_t index) const {
    return std::span(contents_).subspan(index * stored_size(), stored_size());
}

double hdf5_number(const Hdf5Type& type, std::span<const std::uint8_t> bytes) {
    std::uint64_t bits = 0;
    for (std::size_t byte = 0; byte < type.size; ++byte)
        bits = bits << 8 | bytes[type.is_big_endian ? byte : type.size - 1 - byte];
    if (type.kind == Hdf5Type::Kind::kFloat) {
        if (type.size == 2) return half_to_double(bits);
        if (type.size == 4)
            return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
        return std::bit_cast<double>(bits);
    }
    if (!type.is_signed) return static_cast<double>(bits);
    const auto unused = static_cast<int>(64 - 8 * type.size);
    return static_cast<double>(static_cast<std::int64_t>(bits << unused) >> unused);
}

std::span<const std::uint8_t> Hdf5Lists::list(std::size_t index) {
    const Hdf5Bytes& file = dataset_.file();
    const auto place = dataset_.element(index);
    const std::uint64_t length = little_endian(place, 0, 4);
    if (length == 0) return {};
    const std::uint64_t address = little_endian(place, 4, 8);
    if (address != heap_) open_heap(address);
    const std::uint64_t wanted = little_endian(place, 12, 4);
    const auto found = std::ranges::find(objects_, wanted, &Object::index);
    const std::uint64_t size = length * dataset_.type().size;
    if (found == objects_.end() || found->data.size() < size) {
        file.fail(fmt::format("says that list {} of '{}' has {} elements, which are not there",
                              index, dataset_.path(), length));
    }
    // Each list has its own bytes in a file that is sound.
    claimed_ += size;
    if (claimed_ > file.size()) {
        file.fail(fmt::format("says that the lists of '{}' take more than its {} bytes",
                              dataset_.path(), file.size()));
    }
    return found->data.first(size);
}

void Hdf5Lists::open_heap(std::uint64_t address) {
    const Hdf5Bytes& file = dataset_.file();
    file.require_signature(address, "GCOL", "heap of lists");
    const auto heap =
        file.at(address, file.number(address + 8, 8, "heap of lists"), "heap of lists");
    objects_.clear();
    constexpr std::size_t kPrefix = 16;
    for (std::size_t at = kPrefix; heap.size() >= kPrefix && heap.size() - at >= kPrefix;) {
        const std::uint64_t index = little_endian(heap, at, 2);
        const std::uint64_t size = little_endian(heap, at + 8, 8);
        if (index == 0) break;  // the free space at the end
        at += kPrefix;
        if (size > heap.size() - at) file.fail("has a list that is larger than its heap");
        objects_.push_back({index, heap.subspan(at, size)});
        // Objects begin at multiples of eight bytes.
        at += std::min<std::uint64_t>((size + 7) / 8 * 8, heap.size() - at);
    }
    heap_ = address;
}

}  // namespace saltus
