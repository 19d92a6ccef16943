#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace saltus {

/// Tests with a folder of their own, which is gone afterwards.
class TemporaryFolderTest : public testing::Test {
  protected:
    TemporaryFolderTest() {
        std::string name = testing::TempDir() + "saltus-test-XXXXXX";
        folder_ = ::mkdtemp(name.data()) ? name : std::string();
    }
    ~TemporaryFolderTest() override {
        std::error_code ignored;
        if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
    }

    const std::filesystem::path& folder() const { return folder_; }
    std::filesystem::path path(const std::string& name) const { return folder_ / name; }

    void write(const std::string& name, const std::string& contents) const {
        std::ofstream(path(name), std::ios::binary) << contents;
    }

    std::string contents(const std::string& name) const {
        std::ifstream stream(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    /// How many files the folder has.
    std::size_t count_files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_),
                                                      std::filesystem::directory_iterator()));
    }

  private:
    std::filesystem::path folder_;
};

}  // namespace saltus
