#include "io/read_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "io/file_descriptor.hpp"

namespace saltus {
namespace {

constexpr std::size_t kBlock = 1 << 16;

RuntimeFault fault(const std::filesystem::path& path, const std::string& problem,
                   const std::string& advice) {
    return RuntimeFault(path.string(), problem, advice).with("file", path.string());
}

FileDescriptor open_file(const std::filesystem::path& path) {
    FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        throw fault(path, fmt::format("cannot be opened: {}", std::strerror(errno)),
                    "check the path and the permissions");
    }
    struct stat status {};
    if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
        throw fault(path, "is a folder, not a file", "give the path of a file");
    }
    return file;
}

}  // namespace

std::string read_file(const std::filesystem::path& path, std::size_t maximum) {
    const FileDescriptor file = open_file(path);
    std::string contents;
    try {
        while (contents.size() < maximum) {
            // Grows with what is there, so that a file that claims to be large costs nothing.
            const std::size_t used = contents.size();
            contents.resize(used + std::min(maximum - used, std::max(kBlock, used)));
            const ssize_t count =
                ::read(file.get(), contents.data() + used, contents.size() - used);
            const int reason = errno;
            contents.resize(used + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
            if (count == 0) break;
            if (count < 0 && reason != EINTR) {
                throw fault(path, fmt::format("cannot be read: {}", std::strerror(reason)),
                            "check the disk");
            }
        }
    } catch (const std::bad_alloc&) {
        throw fault(path,
                    fmt::format("does not fit into memory ({} bytes were read)", contents.size()),
                    "give a smaller file");
    }
    return contents;
}

}  // namespace saltus
