#include "jit/system_compiler.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

extern char** environ;

namespace saltus {
namespace {

std::optional<std::filesystem::path> find_on_path(const std::string& program) {
    if (program.find('/') != std::string::npos) {
        if (access(program.c_str(), X_OK) == 0) return program;
        return {};
    }
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (folder.empty()) continue;
        const std::filesystem::path candidate = std::filesystem::path(folder) / program;
        if (access(candidate.c_str(), X_OK) == 0) return candidate;
    }
    return {};
}

std::string read_text(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

}  // namespace

std::optional<std::filesystem::path> find_system_compiler() {
    if (const char* chosen = std::getenv("SALTUS_CXX")) return find_on_path(chosen);
    for (const char* name : {"c++", "g++", "clang++"}) {
        if (auto found = find_on_path(name)) return found;
    }
    return {};
}

std::string compiler_identity(const std::filesystem::path& compiler) {
    std::error_code error;
    const std::filesystem::path real = std::filesystem::canonical(compiler, error);
    if (error) return compiler.string();
    const auto time = std::filesystem::last_write_time(real, error).time_since_epoch().count();
    const auto size = std::filesystem::file_size(real, error);
    return fmt::format("{} {} {}", real.string(), static_cast<long long>(time), size);
}

std::optional<std::string> compile_shared_library(const std::filesystem::path& compiler,
                                                  const std::vector<std::string>& flags,
                                                  const std::filesystem::path& source,
                                                  const std::filesystem::path& library) {
    std::vector<std::string> arguments{compiler.string()};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    arguments.insert(arguments.end(), {"-o", library.string(), source.string()});
    std::vector<char*> argv;
    for (std::string& argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(nullptr);

    const std::filesystem::path messages = library.string() + ".log";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t child = 0;
    const int failure =
        posix_spawn(&child, compiler.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        return fmt::format("cannot start {}: {}", compiler.string(), strerror(failure));
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    const std::string text = read_text(messages);
    std::error_code ignored;
    std::filesystem::remove(messages, ignored);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return text.empty() ? fmt::format("{} ended with status {}", compiler.string(), status) : text;
}

}  // namespace saltus
