#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "data/idx_files.hpp"

namespace saltus {

/// A folder with 200 images of 8 x 8 pixels in 3 classes that are easy to tell apart, 60 of them to
/// test on, and a network file for them.
class TinyProject {
  public:
    TinyProject();

    std::filesystem::path path(const std::string& name) const { return folder_ / name; }
    /// The network file.
    std::string network() const { return path("tiny.toml").string(); }
    /// A copy of the network file in which the first `what` is replaced. @return its path.
    std::string changed(const std::string& what, const std::string& replacement) const;

    /// Replaces the first `what` of the text that changed() starts from.
    void change(const std::string& what, const std::string& replacement);

  private:
    void write_images(const std::string& prefix, std::size_t first, std::size_t count);

    TemporaryFolder folder_;
    std::string text_;
};

}  // namespace saltus
