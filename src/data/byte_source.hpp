#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct gzFile_s;

namespace saltus {

/// Bytes that are read once, front to back.
class ByteSource {
  public:
    explicit ByteSource(std::string name) : name_(std::move(name)) {}
    virtual ~ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;

    /// Fills `into` and returns how much of it was filled: less than all only at the end.
    virtual std::size_t read(std::span<std::uint8_t> into) = 0;
    /// What the bytes are called in errors.
    const std::string& name() const { return name_; }

  private:
    std::string name_;
};

/// Bytes that lie in memory; they must outlive the source.
class MemorySource : public ByteSource {
  public:
    MemorySource(std::span<const std::uint8_t> contents, std::string name)
        : ByteSource(std::move(name)), left_(contents) {}
    std::size_t read(std::span<std::uint8_t> into) override;

  private:
    std::span<const std::uint8_t> left_;
};

/// A file, decompressed on the way when it is a gzip file.
class FileSource : public ByteSource {
  public:
    /// @throws RuntimeFault when the file cannot be opened.
    explicit FileSource(const std::filesystem::path& path);
    /// @throws RuntimeFault when reading or decompressing fails.
    std::size_t read(std::span<std::uint8_t> into) override;

  private:
    struct Close {
        void operator()(gzFile_s* file) const;
    };

    void require_no_fault() const;

    std::unique_ptr<gzFile_s, Close> file_;
};

}  // namespace saltus
