#include "data/byte_source.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <zlib.h>

#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

RuntimeFault fault(const std::string& file, std::string problem, std::string advice) {
    return RuntimeFault(file, std::move(problem), std::move(advice)).with("file", file);
}

void require_file(const std::filesystem::path& path) {
    std::error_code failure;
    const auto status = std::filesystem::status(path, failure);
    if (status.type() == std::filesystem::file_type::not_found) {
        throw fault(path.string(), "does not exist", "check the path");
    }
    if (status.type() == std::filesystem::file_type::directory) {
        throw fault(path.string(), "is a directory", "give the path of a file in it");
    }
    if (failure) {
        throw fault(path.string(), "cannot be opened: " + failure.message(),
                    "check the path and its permissions");
    }
}

}  // namespace

std::size_t MemorySource::read(std::span<std::uint8_t> into) {
    const std::size_t count = std::min(into.size(), left_.size());
    std::copy_n(left_.begin(), count, into.begin());
    left_ = left_.subspan(count);
    return count;
}

void FileSource::Close::operator()(gzFile_s* file) const {
    gzclose(file);
}

FileSource::FileSource(const std::filesystem::path& path) : ByteSource(path.string()) {
    require_file(path);
    errno = 0;
    file_.reset(gzopen(path.c_str(), "rb"));
    if (file_ == nullptr) {
        throw fault(name(), "cannot be opened: " + std::generic_category().message(errno),
                    "check its permissions");
    }
    constexpr unsigned kBufferBytes = 1U << 18;
    gzbuffer(file_.get(), kBufferBytes);
}

std::size_t FileSource::read(std::span<std::uint8_t> into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
        constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;
        const std::size_t wanted = std::min(into.size() - filled, kMostAtOnce);
        const int count = gzread(file_.get(), into.data() + filled, static_cast<unsigned>(wanted));
        if (count > 0) filled += static_cast<std::size_t>(count);
        if (count < 0 || static_cast<std::size_t>(count) < wanted) {
            require_no_fault();
            break;
        }
    }
    return filled;
}

void FileSource::require_no_fault() const {
    const int system_error = errno;
    int code = Z_OK;
    std::string_view text = gzerror(file_.get(), &code);
    if (code == Z_OK || code == Z_STREAM_END) return;
    if (code == Z_ERRNO) {
        throw fault(name(), "cannot be read: " + std::generic_category().message(system_error),
                    "check the disk or network it lies on");
    }
    // zlib puts the path, which the error names already, in front.
    const std::string prefix = name() + ": ";
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    throw fault(name(), fmt::format("is a broken gzip file: {}", text),
                "copy or download it again");
}

}  // namespace saltus
