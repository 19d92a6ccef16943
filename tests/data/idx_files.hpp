#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <zlib.h>

#include <saltus/common/shape.hpp>

namespace saltus {

using Bytes = std::vector<std::uint8_t>;

/// A new folder that vanishes with the object.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::random_device device;
        path_ = std::filesystem::temp_directory_path() /
                ("saltus-data-" + std::to_string(device()) + std::to_string(device()));
        std::filesystem::create_directory(path_);
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

    /// Writes the bytes as they are and returns the path.
    std::filesystem::path write(const std::string& name, const Bytes& bytes) const {
        std::ofstream(path_ / name, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
        return path_ / name;
    }
    /// Writes the bytes compressed with gzip and returns the path.
    std::filesystem::path write_gzip(const std::string& name, const Bytes& bytes) const {
        gzFile file = gzopen((path_ / name).c_str(), "wb");
        gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
        gzclose(file);
        return path_ / name;
    }

  private:
    std::filesystem::path path_;
};

inline void put_size(Bytes& bytes, std::size_t size) {
    for (const int shift : {24, 16, 8, 0}) {
        bytes.push_back(static_cast<std::uint8_t>(size >> shift));
    }
}

/// An idx file of unsigned bytes.
inline Bytes idx_file(const Shape& shape, const Bytes& contents) {
    Bytes bytes = {0, 0, 8, static_cast<std::uint8_t>(shape.rank())};
    for (const std::size_t extent : shape.extents())
        put_size(bytes, extent);
    bytes.insert(bytes.end(), contents.begin(), contents.end());
    return bytes;
}

/// Bytes that look random and are the same every time.
inline Bytes noise(std::size_t count) {
    std::mt19937 generator(7);
    Bytes bytes(count);
    for (std::uint8_t& byte : bytes)
        byte = static_cast<std::uint8_t>(generator());
    return bytes;
}

}  // namespace saltus
