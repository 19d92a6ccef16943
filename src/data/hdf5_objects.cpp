// Superblocks, object headers and groups, after the HDF5 File Format Specification, version 3.0.
#include "data/hdf5_objects.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace saltus {
namespace {

constexpr std::string_view kSignature("\x89HDF\r\n\x1a\n", 8);
// Real headers have some dozens of messages; a chain of continuations may be a circle.
constexpr std::size_t kMostMessages = 4096;
constexpr std::size_t kMostBlocks = 256;

/// A part of a header, and what kind of header it is of.
struct Block {
    std::uint64_t begin;
    std::uint64_t size;
};

/// Collects the messages of a header of either version, block after block.
class HeaderReader {
  public:
    HeaderReader(const Hdf5Bytes& file, std::uint64_t address) : file_(file) {
        const auto start = file_.at(address, 4, "object header");
        is_old_ = start[0] == 1;
        if (is_old_)
            blocks_.push_back(first_old_block(address));
        else
            blocks_.push_back(first_new_block(address));
    }

    std::vector<Hdf5Message> read() {
        for (std::size_t number = 0; number < blocks_.size(); ++number)
            read_block(blocks_[number]);
        return std::move(messages_);
    }

  private:
    Block first_old_block(std::uint64_t address) const {
        constexpr std::uint64_t kPrefix = 16;
        return {address + kPrefix, file_.number(address + 8, 4, "object header")};
    }

    Block first_new_block(std::uint64_t address) {
        file_.require_signature(address, "OHDR", "object header");
        if (file_.number(address + 4, 1, "object header") != 2)
            file_.fail_unsupported("has an object header of an unknown version");
        const std::uint64_t flags = file_.number(address + 5, 1, "object header");
        has_order_ = (flags & 0x04) != 0;
        std::uint64_t begin = address + 6;
        if ((flags & 0x20) != 0) begin += 16;  // times
        if ((flags & 0x10) != 0) begin += 4;   // when attributes move elsewhere
        const std::size_t size_bytes = std::size_t{1} << (flags & 0x03);
        return {begin + size_bytes, file_.number(begin, size_bytes, "object header")};
    }

    void read_block(const Block& block) {
        const auto bytes = file_.at(block.begin, block.size, "object header");
        const std::size_t prefix = is_old_ ? 8 : has_order_ ? 6 : 4;
        // What is left at the end is a gap that is too small for a message.
        for (std::size_t at = 0; bytes.size() - at >= prefix;) {
            const std::uint64_t type = little_endian(bytes, at, is_old_ ? 2 : 1);
            const std::size_t size = little_endian(bytes, at + (is_old_ ? 2 : 1), 2);
            const std::uint64_t flags = bytes[at + (is_old_ ? 4 : 3)];
            at += prefix;
            if (size > bytes.size() - at) file_.fail("has a message that is larger than its block");
            take({type, flags, bytes.subspan(at, size)});
            at += size;
        }
    }

    void take(const Hdf5Message& message) {
        if (messages_.size() >= kMostMessages)
            file_.fail(fmt::format("has an object of more than {} messages", kMostMessages));
        messages_.push_back(message);
        if (message.type != kHdf5Continuation) return;
        if (message.data.size() < 16 || blocks_.size() >= kMostBlocks)
            file_.fail("has an object header that goes on and on");
        Block next{little_endian(message.data, 0, 8), little_endian(message.data, 8, 8)};
        if (!is_old_) {
            file_.require_signature(next.begin, "OCHK", "continuation of an object header");
            // Between the signature and a checksum.
            if (next.size < 8) file_.fail("has an object header whose continuation is too short");
            next = {next.begin + 4, next.size - 8};
        }
        blocks_.push_back(next);
    }

    const Hdf5Bytes& file_;
    bool is_old_ = false;
    bool has_order_ = false;
    std::vector<Block> blocks_;
    std::vector<Hdf5Message> messages_;
};

/// Looks for a name in a group whose members stand in a symbol table.
class SymbolTable {
  public:
    SymbolTable(const Hdf5Bytes& file, const Hdf5Message& message) : file_(file) {
        if (message.data.size() < 16) file_.fail("has a symbol table that is cut off");
        tree_ = little_endian(message.data, 0, 8);
        const std::uint64_t heap = little_endian(message.data, 8, 8);
        file_.require_signature(heap, "HEAP", "heap of names");
        const std::uint64_t size = file_.number(heap + 8, 8, "heap of names");
        names_ = file_.at(file_.number(heap + 24, 8, "heap of names"), size, "heap of names");
    }

    std::optional<std::uint64_t> find(const std::string& name) {
        return in_tree(tree_, name, std::nullopt);
    }

  private:
    std::optional<std::uint64_t> in_tree(std::uint64_t address, const std::string& name,
                                         std::optional<std::uint64_t> above) {
        // Trees may share nodes in a damaged file: no node is worth a second visit.
        if (++visits_ > file_.size() / 24 + 1) file_.fail("has a group without end");
        file_.require_signature(address, "TREE", "node of a group");
        const std::uint64_t level = file_.number(address + 5, 1, "node of a group");
        if (file_.number(address + 4, 1, "node of a group") != 0 || (above && level >= *above))
            file_.fail("has a group whose tree is none");
        const std::uint64_t count = file_.number(address + 6, 2, "node of a group");
        for (std::uint64_t entry = 0; entry < count; ++entry) {
            const std::uint64_t child =
                file_.number(address + 32 + 16 * entry, 8, "node of a group");
            const auto found = level == 0 ? in_leaf(child, name) : in_tree(child, name, level);
            if (found) return found;
        }
        return {};
    }

    std::optional<std::uint64_t> in_leaf(std::uint64_t address, const std::string& name) {
        if (++visits_ > file_.size() / 24 + 1) file_.fail("has a group without end");
        file_.require_signature(address, "SNOD", "node of a group");
        const std::uint64_t count = file_.number(address + 6, 2, "node of a group");
        for (std::uint64_t entry = 0; entry < count; ++entry) {
            const auto symbol = file_.at(address + 8 + 40 * entry, 40, "member of a group");
            const std::uint64_t begin = little_endian(symbol, 0, 8);
            // A soft link has no header of its own.
            if (little_endian(symbol, 16, 4) == 2 || begin >= names_.size()) continue;
            const auto text = names_.subspan(begin);
            const bool is_it =
                text.size() > name.size() && text[name.size()] == 0 &&
                std::equal(name.begin(), name.end(), text.begin(), [](char a, std::uint8_t b) {
                    return static_cast<std::uint8_t>(a) == b;
                });
            if (is_it) return little_endian(symbol, 8, 8);
        }
        return {};
    }

    const Hdf5Bytes& file_;
    std::uint64_t tree_;
    std::span<const std::uint8_t> names_;
    std::size_t visits_ = 0;
};

/// The address in a link message when it is a hard link of that name.
std::optional<std::uint64_t> linked(const Hdf5Bytes& file, const Hdf5Message& message,
                                    const std::string& name) {
    const auto data = message.data;
    std::size_t at = 2;
    const auto need = [&](std::size_t bytes) {
        if (data.size() - at < bytes) file.fail("has a link that is cut off");
    };
    if (data.size() < 3) file.fail("has a link that is cut off");
    const std::uint8_t flags = data[1];
    if ((flags & 0x08) != 0) {
        need(1);
        if (data[at++] != 0) return {};  // no hard link
    }
    if ((flags & 0x04) != 0) {
        need(8);
        at += 8;  // order of creation
    }
    if ((flags & 0x10) != 0) {
        need(1);
        at += 1;  // character set
    }
    const std::size_t length_bytes = std::size_t{1} << (flags & 0x03);
    need(length_bytes);
    const std::uint64_t length = little_endian(data, at, length_bytes);
    at += length_bytes;
    if (length > data.size() - at) file.fail("has a link that is cut off");
    const std::string found(data.begin() + static_cast<std::ptrdiff_t>(at),
                            data.begin() + static_cast<std::ptrdiff_t>(at + length));
    at += length;
    if (found != name) return {};
    need(8);
    return little_endian(data, at, 8);
}

std::optional<std::uint64_t> find_member(const Hdf5Bytes& file, std::uint64_t group,
                                         const std::string& name) {
    const std::vector<Hdf5Message> messages = hdf5_messages(file, group);
    if (const Hdf5Message* table = find_message(messages, kHdf5SymbolTable))
        return SymbolTable(file, *table).find(name);
    for (const Hdf5Message& message : messages) {
        if (message.type != kHdf5Link) continue;
        if (const auto found = linked(file, message, name)) return found;
    }
    return {};
}

}  // namespace

std::uint64_t hdf5_root(const Hdf5Bytes& file) {
    if (file.size() == 0) file.fail("is empty");
    if (file.size() < kSignature.size()) file.fail("is not an HDF5 file");
    const auto start = file.at(0, kSignature.size(), "signature");
    if (!std::equal(start.begin(), start.end(), kSignature.begin(),
                    [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }))
        file.fail("is not an HDF5 file");
    const std::uint64_t version = file.number(8, 1, "superblock");
    const bool is_old = version <= 1;
    if (version > 3) file.fail_unsupported(fmt::format("has a superblock of version {}", version));
    const std::uint64_t offset_bytes = file.number(is_old ? 13 : 9, 1, "superblock");
    const std::uint64_t length_bytes = file.number(is_old ? 14 : 10, 1, "superblock");
    if (offset_bytes != 8 || length_bytes != 8)
        file.fail_unsupported(
            fmt::format("has addresses of {} bytes and lengths of {}", offset_bytes, length_bytes));
    const std::uint64_t base = file.number(version == 0   ? 24
                                           : version == 1 ? 28
                                                          : 12,
                                           8, "superblock");
    if (base != 0) file.fail_unsupported("begins with a block of a user's own");
    return file.number(version == 0 ? 64 : version == 1 ? 68 : 36, 8, "superblock");
}

std::vector<Hdf5Message> hdf5_messages(const Hdf5Bytes& file, std::uint64_t address) {
    return HeaderReader(file, address).read();
}

const Hdf5Message* find_message(const std::vector<Hdf5Message>& messages, std::uint64_t type) {
    const auto found = std::ranges::find(messages, type, &Hdf5Message::type);
    return found == messages.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> find_hdf5_object(const Hdf5Bytes& file, const std::string& path) {
    std::uint64_t address = hdf5_root(file);
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const auto member = find_member(file, address, path.substr(begin, end - begin));
        if (!member) return {};
        address = *member;
        begin = end + 1;
    }
    return address;
}

}  // namespace saltus
