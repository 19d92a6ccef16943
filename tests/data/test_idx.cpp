#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/data/idx.hpp>

#include "data/errors_of.hpp"
#include "data/idx_files.hpp"

namespace saltus {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string parse_error(const Bytes& bytes) {
    return model_error([&] { parse_idx(bytes, "digits"); });
}

TEST(Idx, ReadsWhatWasWrittenPlainAndCompressed) {
    const TemporaryFolder folder;
    // Larger than the pieces in which a file is read.
    for (const Shape& shape : {Shape{1}, Shape{3, 2}, Shape{70, 40, 50}, Shape{2, 3, 4, 5},
                               Shape{0}, Shape{0, 28, 28}}) {
        const Bytes contents = noise(shape.size());
        const Bytes file = idx_file(shape, contents);
        for (const IdxArray& array :
             {read_idx(folder.write("plain", file)), read_idx(folder.write_gzip("packed.gz", file)),
              parse_idx(file, "memory")}) {
            EXPECT_EQ(array.shape, shape);
            EXPECT_EQ(array.bytes, contents);
        }
    }
}

TEST(Idx, NamesAFileThatCannotBeOpened) {
    const TemporaryFolder folder;
    const std::string missing = (folder / "nothing").string();
    const auto not_there = error_of<RuntimeFault>([&] { read_idx(missing); });
    EXPECT_EQ(std::string(not_there.what()), "[" + missing + "] does not exist; check the path");
    EXPECT_EQ(not_there.field("file"), missing);

    const auto is_folder =
        error_of<RuntimeFault>([&] { read_idx(std::filesystem::temp_directory_path()); });
    EXPECT_THAT(is_folder.what(), HasSubstr("is a directory; give the path of a file in it"));

    const auto too_long =
        error_of<RuntimeFault>([&] { read_idx(folder / std::string(5000, 'x')); });
    EXPECT_THAT(too_long.what(), HasSubstr("cannot be opened: File name too long"));
}

TEST(Idx, NamesAFaultWhileReading) {
    if (!std::filesystem::exists("/proc/self/mem")) GTEST_SKIP() << "needs /proc/self/mem";
    // Address 0 of a process can be opened, but not read.
    const auto fault = error_of<RuntimeFault>([] { read_idx("/proc/self/mem"); });
    EXPECT_THAT(fault.what(), HasSubstr("cannot be read: Input/output error; check the disk"));
}

TEST(Idx, NamesWhatIsWrongWithTheHeader) {
    EXPECT_THAT(parse_error({}), HasSubstr("[digits] is empty; copy or download the file again"));
    EXPECT_THAT(parse_error({0x89, 'P', 'N', 'G', 1, 2}),
                AllOf(HasSubstr("is not an idx file: it begins with the bytes 89 50 4e 47;"),
                      HasSubstr("begins with 00 00 08")));
    EXPECT_THAT(parse_error({0, 0, 7, 1}), HasSubstr("begins with the bytes 00 00 07 01"));
    EXPECT_THAT(parse_error({'a'}), HasSubstr("begins with the bytes 61;"));
    EXPECT_THAT(parse_error({0, 0, 8}), HasSubstr("ends inside its header, after 3 bytes"));
    EXPECT_THAT(parse_error({0, 0, 0x0D, 1}),
                AllOf(HasSubstr("holds 32-bit floating point numbers"), HasSubstr("type 08")));
    EXPECT_THAT(parse_error({0, 0, 0x09, 1}), HasSubstr("holds signed bytes"));
    EXPECT_THAT(parse_error({0, 0, 0x0B, 1}), HasSubstr("holds 16-bit integers"));
    EXPECT_THAT(parse_error({0, 0, 0x0C, 1}), HasSubstr("holds 32-bit integers"));
    EXPECT_THAT(parse_error({0, 0, 0x0E, 1}), HasSubstr("holds 64-bit floating point numbers"));
    EXPECT_THAT(parse_error({0, 0, 8, 0}), HasSubstr("has no axes"));
    EXPECT_THAT(parse_error({0, 0, 8, 3, 0, 0, 0, 1, 0, 0}),
                HasSubstr("ends inside its header, after 6 of the 12 bytes of its 3 sizes"));
}

TEST(Idx, CountsMissingAndSurplusBytes) {
    Bytes file = idx_file({2, 3}, noise(6));
    file.pop_back();
    const auto cut = error_of<ModelError>([&] { parse_idx(file, "digits"); });
    EXPECT_THAT(cut.what(),
                HasSubstr("ends after 5 of the 6 bytes that its shape (2, 3) asks for"));
    EXPECT_EQ(cut.field("file"), "digits");
    EXPECT_EQ(cut.field("shape"), "(2, 3)");
    EXPECT_THAT(parse_error(idx_file({2, 3}, noise(7))),
                HasSubstr("goes on after the 6 bytes that its shape (2, 3) asks for"));
}

TEST(Idx, AHeaderAloneTakesNoMemory) {
    constexpr std::size_t kHuge = 0xFFFFFFFFU;
    EXPECT_THAT(parse_error(idx_file({kHuge, kHuge}, noise(3))),
                HasSubstr("ends after 3 of the 18446744065119617025 bytes"));
    EXPECT_THAT(parse_error(idx_file({kHuge, kHuge, kHuge}, {})),
                HasSubstr("the product of (4294967295, 4294967295, 4294967295) does not fit into "
                          "64 bits"));
}

TEST(Idx, NamesBrokenCompression) {
    const TemporaryFolder folder;
    const auto packed_path = folder.write_gzip("whole.gz", idx_file({30, 40, 50}, noise(60000)));
    std::ifstream stream(packed_path, std::ios::binary);
    const Bytes packed{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};

    const Bytes cut(packed.begin(), packed.begin() + 30000);
    const auto cut_error = error_of<RuntimeFault>([&] { read_idx(folder.write("cut.gz", cut)); });
    EXPECT_EQ(std::string(cut_error.what()),
              "[" + (folder / "cut.gz").string() +
                  "] is a broken gzip file: unexpected end of file; copy or download it again");

    Bytes bad_sum = packed;
    bad_sum[bad_sum.size() - 8] ^= 1;
    const auto sum_error =
        error_of<RuntimeFault>([&] { read_idx(folder.write("sum.gz", bad_sum)); });
    EXPECT_THAT(sum_error.what(), HasSubstr("is a broken gzip file: incorrect data check"));

    Bytes bad_method = packed;
    bad_method[2] = 99;
    const auto method_error =
        error_of<RuntimeFault>([&] { read_idx(folder.write("method.gz", bad_method)); });
    EXPECT_THAT(method_error.what(), HasSubstr("broken gzip file: unknown compression method"));
}

}  // namespace
}  // namespace saltus
