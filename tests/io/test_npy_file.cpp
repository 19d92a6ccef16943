// Arrays in NumPy's format.
#include <cmath>
#include <cstring>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/io/npy_file.hpp>

#include "data/errors_of.hpp"
#include "io/npy_header.hpp"
#include "io/temporary_folder.hpp"

namespace saltus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A file of version 1 with that text as its header.
std::string file_of(const std::string& header, const std::string& numbers) {
    std::string file("\x93NUMPY\x01\x00", 8);
    file += static_cast<char>(header.size() & 0xFF);
    file += static_cast<char>(header.size() >> 8);
    return file + header + numbers;
}

template <typename Number>
std::string bytes_of(std::initializer_list<Number> numbers) {
    std::string bytes;
    for (const Number number : numbers) {
        char place[sizeof number];
        std::memcpy(place, &number, sizeof number);
        bytes.append(place, sizeof number);
    }
    return bytes;
}

std::string header_of(const std::string& type, const std::string& shape, bool columns = false) {
    return "{'descr': '" + type + "', 'fortran_order': " + (columns ? "True" : "False") +
           ", 'shape': (" + shape + "), }";
}

std::vector<double> values_of(const std::string& type, const std::string& numbers,
                              const std::string& shape = "2,") {
    return parse_npy(file_of(header_of(type, shape), numbers), "x.npy").values;
}

std::string problem_of(const std::string& file) {
    const auto error = error_of<ModelError>([&] { parse_npy(file, "x.npy"); });
    EXPECT_EQ(error.field("file"), "x.npy");
    return error.problem();
}

class NpyFile : public TemporaryFolderTest {};

TEST_F(NpyFile, ComesBackAsItWas) {
    std::mt19937 random(3);
    for (const bool single : {true, false}) {
        for (const Shape& shape :
             {Shape{}, Shape{7}, Shape{2, 3}, Shape{0, 4}, Shape{2, 1, 3, 2}}) {
            Array array(shape);
            for (double& value : array.values) {
                value = std::normal_distribution<double>()(random);
                if (single) value = static_cast<float>(value);
            }
            write_npy(path("x.npy"), array);
            const Array read = read_npy(path("x.npy"));
            EXPECT_EQ(read.shape, shape);
            EXPECT_EQ(read.values, array.values);
            const std::string file = contents("x.npy");
            const NpyHeader header = parse_npy_header(file, file.size(), "x.npy");
            EXPECT_EQ(header.item_bytes, single || array.size() == 0 ? 4U : 8U);
            EXPECT_EQ(header.data_begin % 64, 0U);
        }
    }
    write_npy(path("x.npy"), Array::vector({1e300, std::nan(""), -INFINITY}));
    const Array read = read_npy(path("x.npy"));
    EXPECT_EQ(read.values[0], 1e300);
    EXPECT_TRUE(std::isnan(read.values[1]));
    EXPECT_EQ(read.values[2], -INFINITY);
}

TEST(Npy, TypesOfNumbers) {
    EXPECT_THAT(values_of("|b1", std::string("\x01\x00", 2)), ElementsAre(1.0, 0.0));
    EXPECT_THAT(values_of("|i1", "\xFF\x02"), ElementsAre(-1.0, 2.0));
    EXPECT_THAT(values_of("|u1", "\xFF\x02"), ElementsAre(255.0, 2.0));
    EXPECT_THAT(values_of("<i2", bytes_of<std::int16_t>({-2, 300})), ElementsAre(-2.0, 300.0));
    EXPECT_THAT(values_of(">i2", std::string("\xFF\xFE\x01\x2C", 4)), ElementsAre(-2.0, 300.0));
    EXPECT_THAT(values_of("<u2", bytes_of<std::uint16_t>({65535, 1})), ElementsAre(65535.0, 1.0));
    EXPECT_THAT(values_of("<i4", bytes_of<std::int32_t>({-7, 1})), ElementsAre(-7.0, 1.0));
    EXPECT_THAT(values_of("<u4", bytes_of<std::uint32_t>({4000000000U, 1})), ElementsAre(4e9, 1.0));
    EXPECT_THAT(values_of("<i8", bytes_of<std::int64_t>({-7, 1})), ElementsAre(-7.0, 1.0));
    EXPECT_THAT(values_of("<u8", bytes_of<std::uint64_t>({7, 1})), ElementsAre(7.0, 1.0));
    EXPECT_THAT(values_of("<f4", bytes_of<float>({0.5F, -1.5F})), ElementsAre(0.5, -1.5));
    EXPECT_THAT(values_of("<f8", bytes_of<double>({0.1, -1.5})), ElementsAre(0.1, -1.5));
    EXPECT_THAT(values_of(">f4", std::string("\x3F\0\0\0\xBF\xC0\0\0", 8)), ElementsAre(0.5, -1.5));
}

TEST(Npy, NumbersOfHalfPrecision) {
    // 1, the least subnormal, the greatest, minus infinity, not a number.
    const auto values =
        values_of("<f2", bytes_of<std::uint16_t>({0x3C00, 0x0001, 0x7BFF, 0xFC00, 0x7E00}), "5,");
    EXPECT_EQ(values[0], 1.0);
    EXPECT_EQ(values[1], std::ldexp(1.0, -24));
    EXPECT_EQ(values[2], 65504.0);
    EXPECT_EQ(values[3], -INFINITY);
    EXPECT_TRUE(std::isnan(values[4]));
}

TEST(Npy, WholeNumbersAreExactOrRefused) {
    const std::int64_t most = (std::int64_t{1} << 53) - 1;
    EXPECT_THAT(values_of("<i8", bytes_of<std::int64_t>({most, -most})),
                ElementsAre(static_cast<double>(most), static_cast<double>(-most)));
    const auto problem = [](const char* type, std::int64_t number) {
        return problem_of(file_of(header_of(type, "2,"), bytes_of<std::int64_t>({1, number})));
    };
    EXPECT_EQ(problem("<i8", most + 2),
              "number 1 is about 9007199254740992, which float64 does not hold exactly");
    EXPECT_THAT(problem("<i8", -most - 2), HasSubstr("number 1 is about -9007199254740992"));
    EXPECT_THAT(problem("<u8", -1), HasSubstr("number 1 is about 18446744073709551616"));
}

TEST_F(NpyFile, NumbersOfNeuronsAreWhole) {
    const std::vector<std::uint32_t> neurons = {0, 7, 4294967295U};
    write_npy(path("x.npy"), neurons);
    EXPECT_THAT(read_npy(path("x.npy")).values, ElementsAre(0.0, 7.0, 4294967295.0));
    EXPECT_THAT(contents("x.npy"), HasSubstr("'descr': '<u4'"));
    EXPECT_THAT(contents("x.npy"), HasSubstr("'shape': (3,)"));
}

TEST(Npy, ColumnsFirst) {
    const std::string numbers = bytes_of<float>({1, 4, 2, 5, 3, 6});
    const Array array = parse_npy(file_of(header_of("<f4", "2, 3", true), numbers), "x.npy");
    EXPECT_THAT(array.values, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Npy, OtherVersions) {
    const std::string header = header_of("<f4", "1,");
    std::string file("\x93NUMPY\x02\x00", 8);
    file += static_cast<char>(header.size());
    file += std::string(3, '\0') + header + bytes_of<float>({2.5F});
    EXPECT_THAT(parse_npy(file, "x.npy").values, ElementsAre(2.5));
    file[6] = 3;
    EXPECT_THAT(parse_npy(file, "x.npy").values, ElementsAre(2.5));
    file[6] = 4;
    EXPECT_EQ(problem_of(file), "its format has version 4, not 1 to 3");
}

TEST(Npy, OtherFilesAreRefused) {
    EXPECT_EQ(problem_of(""), "is empty");
    EXPECT_EQ(problem_of("PK\x03\x04 and more than that"), "is not a NumPy file");
    EXPECT_EQ(problem_of(file_of(header_of("|O", "1,"), "x")),
              "it holds Python objects, which are never loaded");
    EXPECT_EQ(problem_of(file_of(header_of("<U3", "1,"), "x")), "it holds '<U3', not numbers");
    EXPECT_EQ(problem_of(file_of(header_of("<c8", "1,"), "x")), "it holds '<c8', not numbers");
    EXPECT_EQ(problem_of(file_of("{'descr': [('a', '<f4')], }", "x")),
              "it holds other things than numbers");
    const std::string numbers = bytes_of<float>({1, 2});
    EXPECT_EQ(problem_of(file_of(header_of("<f4", "3,"), numbers)),
              "has 8 bytes of numbers, but its header says shape (3,) of 4 bytes each");
    for (const char* shape : {"9223372036854775807, 9223372036854775807", "4294967296, 4294967296",
                              "18446744073709551615,", "1,", "2, 2"}) {
        EXPECT_THAT(problem_of(file_of(header_of("<f4", shape), numbers)),
                    HasSubstr("has 8 bytes of numbers"));
    }
    for (const char* shape : {"99999999999999999999,", "-2,", "x", "2,,"}) {
        EXPECT_EQ(problem_of(file_of(header_of("<f4", shape), numbers)),
                  "the shape in its header is none");
    }
    EXPECT_EQ(problem_of(file_of(header_of("<f4", "2.0,"), numbers)),
              "its header has no ')' in its place");
    EXPECT_EQ(problem_of(file_of("{'shape': (2,), }", numbers)), "its header is not complete");
    EXPECT_EQ(problem_of(file_of("{'colour': 'red', }", numbers)), "its header has 'colour'");
    EXPECT_EQ(problem_of(file_of("{'shape': (2,), 'shape': (2,), }", numbers)),
              "its header has 'shape'");
    EXPECT_EQ(problem_of(std::string("\x93NUMPY\x02\x00\xFF\xFF\xFF\x7F", 12) + numbers),
              "says that its header has 2147483647 bytes");
    EXPECT_EQ(problem_of(file_of(header_of("<f4", "2,") + "x", numbers)),
              "its header goes on after its end");
}

TEST_F(NpyFile, OfLargeFilesOnlyTheBeginningIsReadWhenTheyHoldSomethingElse) {
    // A file with a hole of more bytes than any memory has.
    write("x.npy", file_of(header_of("<f4", "3,"), ""));
    std::filesystem::resize_file(path("x.npy"), std::uintmax_t{1} << 42);
    const auto error = error_of<ModelError>([&] { read_npy(path("x.npy")); });
    EXPECT_THAT(error.problem(), HasSubstr("bytes of numbers, but its header says shape"));
}

TEST_F(NpyFile, DamageIsFound) {
    write_npy(path("x.npy"), Array(Shape{3, 2}));
    const std::string whole = contents("x.npy");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        write("x.npy", whole.substr(0, length));
        EXPECT_THROW(read_npy(path("x.npy")), ModelError) << length;
    }
    const auto error = error_of<RuntimeFault>([&] { read_npy(path("y.npy")); });
    EXPECT_THAT(error.problem(), HasSubstr("No such file"));
}

}  // namespace
}  // namespace saltus
