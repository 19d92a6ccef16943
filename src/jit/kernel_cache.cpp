#include "jit/kernel_cache.hpp"

#include <cstdlib>
#include <fstream>
#include <system_error>

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <saltus/common/log.hpp>

#include "codegen/neuron_source.hpp"
#include "jit/instruction_set.hpp"
#include "jit/system_compiler.hpp"

namespace saltus {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> compiler_flags() {
    std::vector<std::string> flags{"-std=c++17", "-O3", "-shared", "-fPIC", "-w", "-x", "c++",
                                   // The same rounding as the built-in kernels and the interpreter.
                                   "-ffp-contract=off"};
    const auto& more = native_instruction_set().compiler_flags;
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
}

std::string cache_key(const std::string& source, const fs::path& compiler) {
    std::string key =
        source + compiler_identity(compiler) + fmt::format("abi {}", SALTUS_NEURON_ABI_VERSION);
    for (const std::string& flag : compiler_flags())
        key += flag;
    return text_hash(key);
}

std::optional<fs::path> chosen_folder() {
    // An empty variable counts as unset: it must never stand for the current folder.
    const auto variable = [](const char* name) -> std::optional<fs::path> {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') return {};
        return value;
    };
    if (const auto folder = variable("SALTUS_CACHE_DIR")) return folder;
    if (const auto folder = variable("XDG_CACHE_HOME")) return *folder / "saltus/kernels";
    if (const auto home = variable("HOME")) return *home / ".cache/saltus/kernels";
    return {};
}

/// Code is loaded from the folder, so nobody else may be able to put any there.
bool belongs_to_user_alone(const fs::path& folder) {
    struct stat status {};
    if (lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return false;
    return status.st_uid == geteuid() && (status.st_mode & 077) == 0;
}

bool load(const fs::path& library, const std::string& hash, bool adjoint,
          NeuronFunctions& functions) {
    void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return false;
    const std::shared_ptr<const void> owner(handle,
                                            [](const void* h) { dlclose(const_cast<void*>(h)); });
    functions.advance =
        reinterpret_cast<SaltusAdvanceFunction>(dlsym(handle, ("saltus_advance_" + hash).c_str()));
    functions.retreat =
        reinterpret_cast<SaltusRetreatFunction>(dlsym(handle, ("saltus_retreat_" + hash).c_str()));
    if (functions.advance == nullptr || (adjoint && functions.retreat == nullptr)) return false;
    functions.owner = owner;
    return true;
}

/// Removes a file when it goes out of scope.
class TemporaryFile {
  public:
    explicit TemporaryFile(fs::path path) : path_(std::move(path)) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

bool compile_into(const fs::path& entry, const fs::path& compiler, const std::string& source,
                  const std::string& hash, bool adjoint, NeuronFunctions& functions) {
    // Written beside the entry, loaded, then renamed: a half-written entry is never seen.
    const std::string unique = fmt::format("{}.{}", entry.string(), getpid());
    const TemporaryFile source_file(unique + ".cpp");
    const TemporaryFile library_file(unique + ".so");
    {
        std::ofstream stream(source_file.path());
        stream << source;
        if (!stream.flush()) return false;
    }
    if (const auto failure = compile_shared_library(compiler, compiler_flags(), source_file.path(),
                                                    library_file.path())) {
        log(LogLevel::kWarning, "compiling a neuron kernel failed: " + *failure);
        return false;
    }
    if (!load(library_file.path(), hash, adjoint, functions)) return false;
    std::error_code error;
    fs::rename(library_file.path(), entry, error);
    functions.origin = "compiled";
    return true;
}

}  // namespace

std::optional<fs::path> kernel_cache_folder() {
    const std::optional<fs::path> folder = chosen_folder();
    if (!folder) return {};
    std::error_code error;
    fs::create_directories(folder->parent_path(), error);
    // Created with the right permissions at once; an existing folder is only checked.
    mkdir(folder->c_str(), 0700);
    if (belongs_to_user_alone(*folder)) return folder;
    log(LogLevel::kWarning, "the kernel cache " + folder->string() +
                                " is not a folder that only its owner can use; it is not used");
    return {};
}

bool load_or_compile(const NeuronKernel& kernel, const std::string& hash,
                     NeuronFunctions& functions) {
    const std::optional<fs::path> compiler = find_system_compiler();
    if (!compiler) return false;
    const std::optional<fs::path> folder = kernel_cache_folder();
    if (!folder) return false;
    const std::string source = kernel_source(kernel);
    const fs::path entry = *folder / (cache_key(source, *compiler) + ".so");
    std::error_code error;
    if (fs::exists(entry, error)) {
        if (load(entry, hash, kernel.adjoint, functions)) {
            functions.origin = "cache";
            return true;
        }
        log(LogLevel::kWarning,
            "the cached kernel " + entry.string() + " is broken; it is rebuilt");
        fs::remove(entry, error);
    }
    return compile_into(entry, *compiler, source, hash, kernel.adjoint, functions);
}

void dump_source(const NeuronKernel& kernel, const std::string& hash) {
    const char* folder = std::getenv("SALTUS_DUMP");
    if (folder == nullptr) return;
    std::ofstream stream(fs::path(folder) / (model_name(kernel) + "_" + hash + ".cpp"));
    stream << kernel_source(kernel);
}

}  // namespace saltus
