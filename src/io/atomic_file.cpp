#include <saltus/io/atomic_file.hpp>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "io/file_descriptor.hpp"

namespace saltus {
namespace {

namespace fs = std::filesystem;

constexpr int kMaximumAttempts = 100;

RuntimeFault fault(const fs::path& path, const std::string& problem, const std::string& advice) {
    return RuntimeFault(path.string(), problem, advice).with("file", path.string());
}

/// @param path as the user gave it, also where `step` concerns the temporary file.
RuntimeFault system_fault(const fs::path& path, const char* step, int reason) {
    const bool is_full = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
    return fault(path, fmt::format("cannot be written: {}: {}", step, std::strerror(reason)),
                 is_full
                     ? "make room, or choose another folder; an older file of this name was kept"
                     : "choose a folder that exists and can be written to; an older file of "
                       "this name was kept");
}

/// The file that a path leads to through symbolic links.
fs::path followed(const fs::path& path) {
    std::error_code error;
    if (!fs::is_symlink(path, error)) return path;
    const fs::path target = fs::weakly_canonical(path, error);
    return error ? path : target;
}

/// Replacing a folder fails, and replacing a device, such as /dev/null, must not succeed.
void require_replaceable(const fs::path& target, const fs::path& path) {
    std::error_code ignored;
    const fs::file_status status = fs::status(target, ignored);
    if (!fs::exists(status) || fs::is_regular_file(status)) return;
    throw fault(path,
                fs::is_directory(status) ? "cannot be written: it is a folder"
                                         : "cannot be written: it is not a regular file",
                "give the path of a file");
}

/// A file of a name of its own next to the target; removed unless it takes the target's name.
class TemporaryFile {
  public:
    TemporaryFile(const fs::path& target, const fs::path& path)
        : target_(target), path_(path), file_(create()) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        if (!name_.empty()) ::unlink(name_.c_str());
    }

    void write(std::span<const std::byte> contents) {
        while (!contents.empty()) {
            const ssize_t count = ::write(file_.get(), contents.data(), contents.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw system_fault(path_, "write", errno);
            contents = contents.subspan(static_cast<std::size_t>(count));
        }
    }

    void take_permissions() {
        struct stat status {};
        // Whether this succeeds decides nothing: the contents matter more.
        if (::stat(target_.c_str(), &status) == 0)
            (void)!::fchmod(file_.get(), status.st_mode & 0777);
    }

    void take_name() {
        if (::fsync(file_.get()) != 0) throw system_fault(path_, "fsync", errno);
        if (!file_.close()) throw system_fault(path_, "close", errno);
        if (::rename(name_.c_str(), target_.c_str()) != 0) {
            throw system_fault(path_, "rename", errno);
        }
        name_.clear();
    }

  private:
    static fs::path next_name(const fs::path& target) {
        static std::atomic<unsigned> counter{0};
        // Without the target's name, which may be as long as names can be.
        return target.parent_path() / fmt::format(".saltus-{}-{}.tmp", ::getpid(), ++counter);
    }

    int create() {
        for (int attempt = 0; attempt < kMaximumAttempts; ++attempt) {
            name_ = next_name(target_);
            const int descriptor =
                ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
            if (descriptor >= 0) return descriptor;
            // A process of this number may have died here.
            if (errno != EEXIST) break;
        }
        throw system_fault(path_, "create", errno);
    }

    const fs::path& target_;
    const fs::path& path_;
    fs::path name_;
    FileDescriptor file_;
};

/// So that the new name survives a power failure; not every file system can.
void synchronise_folder(const fs::path& target) {
    const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
    const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor.is_open()) (void)!::fsync(descriptor.get());
}

}  // namespace

void write_file_atomically(const fs::path& path, std::span<const std::byte> contents) {
    const fs::path target = followed(path);
    require_replaceable(target, path);
    TemporaryFile file(target, path);
    file.write(contents);
    file.take_permissions();
    file.take_name();
    synchronise_folder(target);
}

void write_file_atomically(const fs::path& path, std::string_view contents) {
    write_file_atomically(path, std::as_bytes(std::span(contents)));
}

}  // namespace saltus
