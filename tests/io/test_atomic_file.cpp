#include <csignal>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/io/atomic_file.hpp>

#include "data/errors_of.hpp"
#include "io/temporary_folder.hpp"

namespace saltus {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Files can grow to so many bytes only, as on a disk that is full.
class SmallDisk {
  public:
    explicit SmallDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit small = before_;
        small.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    void (*handler_)(int);
    rlimit before_{};
};

class AtomicFile : public TemporaryFolderTest {
  protected:
    RuntimeFault fault_of(const fs::path& file, const std::string& contents) const {
        return error_of<RuntimeFault>([&] { write_file_atomically(file, contents); });
    }
};

TEST_F(AtomicFile, IsWritten) {
    write_file_atomically(path("a"), "contents");
    EXPECT_EQ(contents("a"), "contents");
    EXPECT_EQ(count_files(), 1U);
}

TEST_F(AtomicFile, TakesAnyBytesAndNone) {
    const std::string bytes("\0\xff\n\0", 4);
    write_file_atomically(path("a"), bytes);
    EXPECT_EQ(contents("a"), bytes);
    write_file_atomically(path("a"), std::span<const std::byte>());
    EXPECT_EQ(contents("a"), "");
}

TEST_F(AtomicFile, ReplacesAnOlderOneAndKeepsItsPermissions) {
    write("a", "old");
    ::chmod(path("a").c_str(), 0640);
    write_file_atomically(path("a"), "new");
    EXPECT_EQ(contents("a"), "new");
    struct stat status {};
    ASSERT_EQ(::stat(path("a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0640U);
    EXPECT_EQ(count_files(), 1U);
}

TEST_F(AtomicFile, MayHaveTheLongestName) {
    const std::string name(255, 'n');
    write_file_atomically(path(name), "contents");
    EXPECT_EQ(contents(name), "contents");
}

TEST_F(AtomicFile, FollowsSymbolicLinks) {
    write("a", "old");
    fs::create_symlink("a", path("link"));
    write_file_atomically(path("link"), "new");
    EXPECT_EQ(contents("a"), "new");
    EXPECT_TRUE(fs::is_symlink(path("link")));
}

TEST_F(AtomicFile, LeavesTheTemporaryFileOfACrashedProcessAlone) {
    for (int number = 1; number < 50; ++number) {
        write(".saltus-" + std::to_string(::getpid()) + "-" + std::to_string(number) + ".tmp",
              "stale");
    }
    write_file_atomically(path("a"), "contents");
    EXPECT_EQ(contents("a"), "contents");
    EXPECT_EQ(count_files(), 50U);
}

TEST_F(AtomicFile, MissingFolderIsTold) {
    const auto fault = fault_of(path("none/a"), "new");
    EXPECT_EQ(fault.what(),
              "[" + path("none/a").string() +
                  "] cannot be written: create: No such file or directory; choose a "
                  "folder that exists and can be written to; an older file of this name "
                  "was kept");
    EXPECT_EQ(fault.field("file"), path("none/a"));
}

TEST_F(AtomicFile, PathBelowAFileIsTold) {
    write("file", "");
    EXPECT_THAT(fault_of(path("file/a"), "new").what(),
                HasSubstr("cannot be written: create: Not a directory"));
}

TEST_F(AtomicFile, FolderWithoutPermissionIsTold) {
    // Root may write everywhere but into /proc.
    if (::geteuid() == 0) {
        EXPECT_THAT(fault_of("/proc/a", "new").what(), HasSubstr("cannot be written: create: "));
        return;
    }
    fs::permissions(folder(), fs::perms::owner_read | fs::perms::owner_exec);
    EXPECT_THAT(fault_of(path("a"), "new").what(),
                HasSubstr("cannot be written: create: Permission denied"));
    fs::permissions(folder(), fs::perms::owner_all);
}

TEST_F(AtomicFile, FullDiskKeepsTheOldFileAndLeavesNothing) {
    write("a", "old");
    const SmallDisk disk(100);
    const auto fault = fault_of(path("a"), std::string(1000, 'x'));
    EXPECT_EQ(fault.what(), "[" + path("a").string() +
                                "] cannot be written: write: File too large; make room, or choose "
                                "another folder; an older file of this name was kept");
    EXPECT_EQ(contents("a"), "old");
    EXPECT_EQ(count_files(), 1U);
}

TEST_F(AtomicFile, DeviceThatIsFullIsNotReplaced) {
    EXPECT_EQ(
        fault_of("/dev/full", "new").what(),
        std::string("[/dev/full] cannot be written: it is not a regular file; give the path of "
                    "a file"));
    EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(AtomicFile, FolderIsNotReplaced) {
    fs::create_directory(path("a"));
    EXPECT_THAT(fault_of(path("a"), "new").what(), HasSubstr("cannot be written: it is a folder"));
    EXPECT_EQ(count_files(), 1U);
}

}  // namespace
}  // namespace saltus
