#include "data/hdf5_chunks.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <zlib.h>

namespace saltus {
namespace {

constexpr std::uint64_t kDeflate = 1;
constexpr std::uint64_t kShuffle = 2;
// deflate makes at most about a thousand bytes of one.
constexpr std::uint64_t kMostInflation = 1100;

/// Reads the chunks that a tree lists and puts them into one array.
class ChunkReader {
  public:
    ChunkReader(const Hdf5Bytes& file, const Hdf5Chunks& chunks, std::uint64_t count,
                const std::string& path)
        : file_(file), chunks_(chunks), count_(count), path_(path) {
        const std::uint64_t most = file_.size() * (chunks_.filters.empty() ? 1 : kMostInflation);
        // Not as a product, which may be too large.
        if (count_ == 0) return;
        if (count_ > most / chunks_.element_bytes || chunks_.elements == 0 ||
            chunks_.elements > most / chunks_.element_bytes) {
            file_.fail(
                fmt::format("says that '{}' has {} elements in chunks of {}, which its {} "
                            "bytes cannot hold",
                            path_, count_, chunks_.elements, file_.size()));
        }
        contents_.resize(count_ * chunks_.element_bytes);
    }

    std::vector<std::uint8_t> read() {
        if (count_ == 0) return {};
        read_node(chunks_.tree, std::nullopt);
        if (elements_read_ < count_)
            file_.fail(fmt::format("has only {} of the {} elements of '{}'", elements_read_, count_,
                                   path_));
        return std::move(contents_);
    }

  private:
    /// Keys of a chunk: its bytes in the file, filters that were left out, and its first element
    /// along each axis; the last axis is that of the bytes of an element.
    static constexpr std::uint64_t kKeyBytes = 4 + 4 + 2 * 8;

    void read_node(std::uint64_t address, std::optional<std::uint64_t> above) {
        if (++visits_ > file_.size() / 24 + 1) fail_tree();
        file_.require_signature(address, "TREE", "tree of chunks");
        const std::uint64_t level = file_.number(address + 5, 1, "tree of chunks");
        if (file_.number(address + 4, 1, "tree of chunks") != 1 || (above && level >= *above))
            fail_tree();
        const std::uint64_t entries = file_.number(address + 6, 2, "tree of chunks");
        for (std::uint64_t entry = 0; entry < entries; ++entry) {
            const auto key =
                file_.at(address + 24 + entry * (kKeyBytes + 8), kKeyBytes + 8, "tree of chunks");
            const std::uint64_t child = little_endian(key, kKeyBytes, 8);
            if (level > 0)
                read_node(child, level);
            else
                read_chunk(little_endian(key, 0, 4), little_endian(key, 4, 4),
                           little_endian(key, 8, 8), child);
        }
    }

    void read_chunk(std::uint64_t bytes, std::uint64_t left_out, std::uint64_t first,
                    std::uint64_t address) {
        // Chunks come in the order of their elements, so that one that comes twice is no chunk.
        if (first != elements_read_) fail_tree();
        const std::uint64_t size = chunks_.elements * chunks_.element_bytes;
        const auto stored = file_.at(address, bytes, "chunk");
        const std::vector<std::uint8_t> made = unfiltered(stored, left_out, size);
        const std::uint64_t wanted = std::min(chunks_.elements, count_ - first);
        std::copy_n(made.begin(), wanted * chunks_.element_bytes,
                    contents_.begin() + static_cast<std::ptrdiff_t>(first * chunks_.element_bytes));
        elements_read_ += wanted;
    }

    std::vector<std::uint8_t> unfiltered(std::span<const std::uint8_t> stored,
                                         std::uint64_t left_out, std::uint64_t size) const {
        std::vector<std::uint8_t> bytes(stored.begin(), stored.end());
        for (std::size_t number = chunks_.filters.size(); number-- > 0;) {
            if (number < 32 && (left_out >> number & 1) != 0) continue;
            const Hdf5Filter& filter = chunks_.filters[number];
            bytes = filter.id == kDeflate ? inflated(bytes, size) : unshuffled(bytes, filter);
        }
        if (bytes.size() < size) fail_chunk();
        return bytes;
    }

    std::vector<std::uint8_t> inflated(const std::vector<std::uint8_t>& packed,
                                       std::uint64_t size) const {
        if (size > packed.size() * kMostInflation) fail_chunk();
        std::vector<std::uint8_t> bytes(size);
        uLongf length = size;
        if (uncompress(bytes.data(), &length, packed.data(), packed.size()) != Z_OK ||
            length != size)
            fail_chunk();
        return bytes;
    }

    /// Shuffling puts the first bytes of all elements first, then the second ones, and so on.
    std::vector<std::uint8_t> unshuffled(const std::vector<std::uint8_t>& shuffled,
                                         const Hdf5Filter& filter) const {
        const std::size_t width = filter.parameter;
        if (width != chunks_.element_bytes) fail_chunk();
        std::vector<std::uint8_t> bytes(shuffled);
        const std::size_t elements = bytes.size() / width;
        for (std::size_t place = 0; place < width; ++place) {
            for (std::size_t element = 0; element < elements; ++element)
                bytes[element * width + place] = shuffled[place * elements + element];
        }
        return bytes;
    }

    [[noreturn]] void fail_tree() const {
        file_.fail(fmt::format("lists the chunks of '{}' in a tree that is none", path_));
    }
    [[noreturn]] void fail_chunk() const {
        file_.fail(fmt::format("has a chunk of '{}' that is not what it should be", path_));
    }

    const Hdf5Bytes& file_;
    const Hdf5Chunks& chunks_;
    std::uint64_t count_;
    const std::string& path_;
    std::vector<std::uint8_t> contents_;
    std::uint64_t elements_read_ = 0;
    std::size_t visits_ = 0;
};

}  // namespace

std::vector<Hdf5Filter> read_filters(const Hdf5Bytes& file, std::span<const std::uint8_t> message,
                                     const std::string& path) {
    const auto need = [&](std::size_t at, std::size_t bytes) {
        if (at > message.size() || message.size() - at < bytes)
            file.fail(
                fmt::format("says how '{}' is compressed in a message that is cut off", path));
    };
    need(0, 2);
    const bool is_old = message[0] == 1;
    std::vector<Hdf5Filter> filters;
    std::size_t at = is_old ? 8 : 2;
    for (std::uint64_t left = message[1]; left > 0; --left) {
        need(at, 8);
        const std::uint64_t id = little_endian(message, at, 2);
        if (id != kDeflate && id != kShuffle)
            file.fail_unsupported(fmt::format("compresses '{}' by the filter number {}", path, id));
        // Names are there for filters of others, and in the old version.
        const std::size_t name = is_old ? little_endian(message, at + 2, 2) : 0;
        at += is_old ? 4 : 2;
        const std::size_t parameters = little_endian(message, at + 2, 2);
        at += 4 + name;
        need(at, 4 * parameters);
        filters.push_back({id, parameters > 0 ? little_endian(message, at, 4) : 0});
        at += 4 * (parameters + (is_old ? parameters % 2 : 0));
    }
    return filters;
}

std::vector<std::uint8_t> read_chunks(const Hdf5Bytes& file, const Hdf5Chunks& chunks,
                                      std::uint64_t count, const std::string& path) {
    return ChunkReader(file, chunks, count, path).read();
}

}  // namespace saltus
