#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace saltus::test {

/// A folder that only its owner can use and that disappears with this object.
class TemporaryFolder {
  public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// Sets an environment variable, or removes it, until this object goes.
class ScopedVariable {
  public:
    ScopedVariable(std::string name, std::optional<std::string> value);
    ScopedVariable(const ScopedVariable&) = delete;
    ScopedVariable& operator=(const ScopedVariable&) = delete;
    ~ScopedVariable();

  private:
    static void set(const std::string& name, const std::optional<std::string>& value);

    std::string name_;
    std::optional<std::string> before_;
};

}  // namespace saltus::test
