#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include <saltus/common/log.hpp>

#include "codegen/neuron_source.hpp"
#include "jit/kernel_cache.hpp"
#include "jit/kernels_of.hpp"
#include "jit/neuron_functions.hpp"
#include "jit/system_compiler.hpp"
#include "support/temporary_folder.hpp"

namespace saltus::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr KernelSources kCompiled{false, true};

/// Collects the library's warnings while it exists.
class Warnings {
  public:
    Warnings() {
        set_log_handler([this](LogLevel level, const std::string& message) {
            if (level == LogLevel::kWarning) texts.push_back(message);
        });
    }
    Warnings(const Warnings&) = delete;
    Warnings& operator=(const Warnings&) = delete;
    ~Warnings() { set_log_handler({}); }
    std::vector<std::string> texts;
};

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        files.push_back(entry.path());
    return files;
}

class KernelCache : public testing::Test {
  protected:
    void SetUp() override {
        if (!find_system_compiler()) GTEST_SKIP() << "there is no compiler";
    }

    TemporaryFolder folder_;
    ScopedVariable variable_{"SALTUS_CACHE_DIR", (folder_.path() / "kernels").string()};
    fs::path cache_ = folder_.path() / "kernels";
    Warnings warnings_;
};

TEST_F(KernelCache, FindsWhatWasCompiled) {
    const NeuronKernel kernel = hidden_kernel();
    EXPECT_EQ(find_neuron_functions(kernel, kCompiled).origin, "compiled");
    // Nothing but the library stays behind, for its owner's eyes only.
    const std::vector<fs::path> files = files_in(cache_);
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].extension(), ".so");
    EXPECT_EQ(fs::status(cache_).permissions(), fs::perms::owner_all);
    const NeuronFunctions found = find_neuron_functions(kernel, kCompiled);
    EXPECT_EQ(found.origin, "cache");
    EXPECT_NE(found.advance, nullptr);
    EXPECT_NE(found.retreat, nullptr);
    EXPECT_EQ(find_neuron_functions(hidden_kernel(PlanMode::kInference), kCompiled).origin,
              "compiled");
    EXPECT_EQ(files_in(cache_).size(), 2U);
    EXPECT_THAT(warnings_.texts, IsEmpty());
}

TEST_F(KernelCache, RebuildsABrokenEntryOnce) {
    const NeuronKernel kernel = hidden_kernel();
    find_neuron_functions(kernel, kCompiled);
    const fs::path entry = files_in(cache_).at(0);
    for (const std::uintmax_t size : {std::uintmax_t{0}, std::uintmax_t{100}}) {
        // A loaded library must not be cut under its user, so a cut copy takes its place.
        const fs::path copy = entry.string() + ".copy";
        fs::copy_file(entry, copy);
        fs::resize_file(copy, size);
        fs::rename(copy, entry);
        warnings_.texts.clear();
        EXPECT_EQ(find_neuron_functions(kernel, kCompiled).origin, "compiled") << size;
        EXPECT_THAT(warnings_.texts, ElementsAre(HasSubstr("is broken; it is rebuilt"))) << size;
        EXPECT_EQ(find_neuron_functions(kernel, kCompiled).origin, "cache") << size;
    }
}

TEST_F(KernelCache, RebuildsAnEntryOfAnotherKernel) {
    find_neuron_functions(hidden_kernel(PlanMode::kInference), kCompiled);
    const fs::path other = files_in(cache_).at(0);
    const fs::path kept = folder_.path() / "other.so";
    fs::rename(other, kept);
    find_neuron_functions(hidden_kernel(), kCompiled);
    const fs::path entry = files_in(cache_).at(0);
    fs::remove(entry);
    fs::rename(kept, entry);
    EXPECT_EQ(find_neuron_functions(hidden_kernel(), kCompiled).origin, "compiled");
}

// Whoever can write to the folder can run code as its user.
TEST_F(KernelCache, IsNotUsedWhenOthersCanReachIt) {
    fs::create_directory(cache_);
    for (const mode_t mode : {mode_t{0755}, mode_t{0770}, mode_t{0702}}) {
        ASSERT_EQ(chmod(cache_.c_str(), mode), 0);
        warnings_.texts.clear();
        EXPECT_EQ(kernel_cache_folder(), std::nullopt) << mode;
        EXPECT_EQ(find_neuron_functions(hidden_kernel(), kCompiled).origin, "interpreted") << mode;
        EXPECT_THAT(files_in(cache_), IsEmpty());
        ASSERT_FALSE(warnings_.texts.empty());
        EXPECT_THAT(warnings_.texts[0], HasSubstr("is not a folder that only its owner can use"));
    }
}

TEST_F(KernelCache, IsNotUsedWhenItBelongsToSomebodyElse) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
    fs::create_directory(cache_);
    ASSERT_EQ(chmod(cache_.c_str(), 0700), 0);
    ASSERT_EQ(chown(cache_.c_str(), 65534, 65534), 0);
    EXPECT_EQ(kernel_cache_folder(), std::nullopt);
}

TEST_F(KernelCache, IsNotUsedThroughALink) {
    const fs::path target = folder_.path() / "target";
    fs::create_directory(target);
    ASSERT_EQ(chmod(target.c_str(), 0700), 0);
    fs::create_directory_symlink(target, cache_);
    EXPECT_EQ(kernel_cache_folder(), std::nullopt);
    fs::remove(cache_);
    std::ofstream(cache_) << "a file";
    EXPECT_EQ(kernel_cache_folder(), std::nullopt);
}

TEST_F(KernelCache, StandsInTheUsersCacheByDefault) {
    const ScopedVariable none("SALTUS_CACHE_DIR", {});
    {
        const ScopedVariable xdg("XDG_CACHE_HOME", (folder_.path() / "xdg").string());
        EXPECT_EQ(kernel_cache_folder(), folder_.path() / "xdg/saltus/kernels");
    }
    const ScopedVariable no_xdg("XDG_CACHE_HOME", {});
    {
        const ScopedVariable home("HOME", (folder_.path() / "home").string());
        EXPECT_EQ(kernel_cache_folder(), folder_.path() / "home/.cache/saltus/kernels");
    }
    const ScopedVariable no_home("HOME", {});
    EXPECT_EQ(kernel_cache_folder(), std::nullopt);
}

// An empty variable counts as unset; it must never mean the current folder.
TEST_F(KernelCache, EmptyVariablesAreUnset) {
    const ScopedVariable empty("SALTUS_CACHE_DIR", "");
    const ScopedVariable empty_xdg("XDG_CACHE_HOME", "");
    const ScopedVariable home("HOME", (folder_.path() / "home").string());
    EXPECT_EQ(kernel_cache_folder(), folder_.path() / "home/.cache/saltus/kernels");
}

TEST_F(KernelCache, AFailingCompilerIsReportedAndReplaced) {
    const fs::path script = folder_.path() / "c++";
    std::ofstream(script) << "#!/bin/sh\necho no luck today\nexit 1\n";
    ASSERT_EQ(chmod(script.c_str(), 0700), 0);
    const ScopedVariable compiler("SALTUS_CXX", script.string());
    EXPECT_EQ(find_neuron_functions(hidden_kernel(), kCompiled).origin, "interpreted");
    EXPECT_THAT(warnings_.texts, ElementsAre(HasSubstr("no luck today")));
    EXPECT_THAT(files_in(cache_), IsEmpty());
}

TEST_F(KernelCache, SourcesCanBeDumped) {
    const ScopedVariable dump("SALTUS_DUMP", folder_.path().string());
    const NeuronKernel kernel = hidden_kernel();
    find_neuron_functions(kernel, {true, false});
    const fs::path file = folder_.path() / ("leaky_integrate_fire_" + kernel_hash(kernel) + ".cpp");
    ASSERT_TRUE(fs::exists(file));
    const auto failure =
        compile_shared_library(*find_system_compiler(),
                               {"-std=c++17", "-Wall", "-Wextra", "-Werror", "-Wno-psabi",
                                "-Wno-unused-function", "-shared", "-fPIC"},
                               file, folder_.path() / "dumped.so");
    EXPECT_FALSE(failure.has_value()) << *failure;
}

}  // namespace
}  // namespace saltus::test
