// Any bytes either are an idx file, read alike from memory and from a file, or end in an error of
// the library that names the file.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include <saltus/common/errors.hpp>
#include <saltus/data/idx.hpp>

namespace {

using saltus::IdxArray;

// Not assert, which release builds leave out.
void require(bool holds) {
    if (!holds) std::abort();
}

/// What the call reads; nothing when it refuses the file with an error that names it.
template <typename Call>
std::optional<IdxArray> attempt(Call call) {
    try {
        return call();
    } catch (const saltus::Error& error) {
        require(!error.field("file").empty());
        require(error.problem().size() < 100000);
        return std::nullopt;
    }
}

void require_consistent(const IdxArray& array) {
    require(array.shape.rank() > 0);
    require(array.shape.size() == array.bytes.size());
}

/// A file in memory: the way through zlib, without a disk.
class MemoryFile {
  public:
    MemoryFile(const std::uint8_t* data, std::size_t size) : file_(memfd_create("idx", 0)) {
        require(file_ >= 0);
        require(write(file_, data, size) == static_cast<ssize_t>(size));
    }
    ~MemoryFile() { close(file_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

  private:
    int file_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parsed = attempt([&] { return saltus::parse_idx({data, size}, "input"); });
    if (parsed) require_consistent(*parsed);

    const MemoryFile file(data, size);
    const auto read = attempt([&] { return saltus::read_idx(file.path()); });
    if (read) require_consistent(*read);
    const bool is_packed = size >= 2 && data[0] == 0x1F && data[1] == 0x8B;
    if (is_packed) return 0;
    require(parsed.has_value() == read.has_value());
    if (parsed) require(parsed->shape == read->shape && parsed->bytes == read->bytes);
    return 0;
}
