#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/hdf5_bytes.hpp"
#include "data/hdf5_objects.hpp"

namespace saltus {

/// Type of the elements of a data set.
struct Hdf5Type {
    enum class Kind { kInteger, kFloat, kText, kOther };
    Kind kind = Kind::kOther;
    std::size_t size = 0;  ///< bytes
    bool is_big_endian = false;
    bool is_signed = false;
    /// Whether an element is a list of such numbers, or a text, of variable length.
    bool is_list = false;

    bool is_number() const { return kind == Kind::kInteger || kind == Kind::kFloat; }
};

/// A data set of one axis, read whole.
class Hdf5Dataset {
  public:
    /// @param address of its header.
    /// @param path what it is called in errors.
    /// @throws ModelError (field "file") when it is damaged, has not one axis, or is written in
    /// ways that are not read.
    Hdf5Dataset(const Hdf5Bytes& file, std::uint64_t address, std::string path);

    std::size_t size() const { return size_; }
    const Hdf5Type& type() const { return type_; }
    const std::string& path() const { return path_; }
    const Hdf5Bytes& file() const { return file_; }
    /// Bytes of one element; of a list the place where it lies.
    std::span<const std::uint8_t> element(std::size_t index) const;

  private:
    void read_type(const Hdf5Message& message);
    void read_extent(const Hdf5Message& message);
    void read_contents(const std::vector<Hdf5Message>& messages);
    std::size_t stored_size() const { return type_.is_list ? 16 : type_.size; }

    const Hdf5Bytes& file_;
    std::string path_;
    Hdf5Type type_;
    std::size_t size_ = 0;
    std::vector<std::uint8_t> contents_;
};

/// The number of that type in these bytes.
double hdf5_number(const Hdf5Type& type, std::span<const std::uint8_t> bytes);

/// Lists of variable length of a data set, which lie in heaps somewhere in the file.
class Hdf5Lists {
  public:
    explicit Hdf5Lists(const Hdf5Dataset& dataset) : dataset_(dataset) {}

    /// The bytes of one list, type().size for each number.
    /// @throws ModelError when it is not there, or lists together claim more than the file has.
    std::span<const std::uint8_t> list(std::size_t index);

  private:
    struct Object {
        std::uint64_t index;
        std::span<const std::uint8_t> data;
    };

    void open_heap(std::uint64_t address);

    const Hdf5Dataset& dataset_;
    /// The heap that was read last: lists that follow each other mostly share it.
    std::uint64_t heap_ = Hdf5Bytes::kUndefined;
    std::vector<Object> objects_;
    std::uint64_t claimed_ = 0;
};

}  // namespace saltus
