// Files that no one writes by mistake: what must not exhaust the stack, the memory or the patience.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/io/network_file.hpp>

#include "data/errors_of.hpp"
#include "io/network_text.hpp"
#include "io/temporary_folder.hpp"

namespace saltus {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string parse_error(const std::string& text) {
    return model_error([&] { parse_network_file(text, "x.toml"); });
}

std::string repeated(const std::string& text, int count) {
    std::string result;
    for (int index = 0; index < count; ++index)
        result += text;
    return result;
}

constexpr const char* kNestedBrackets =
    "brackets are nested more than 32 deep; no part of a network file needs that; check the "
    "brackets, "
    "dots and quotes";

TEST(HostileNetworkFile, NestedListsAreRefused) {
    EXPECT_EQ(parse_error("\na = " + repeated("[", 400000)),
              std::string("[x.toml:2] ") + kNestedBrackets);
}

TEST(HostileNetworkFile, NestedTablesAreRefused) {
    EXPECT_EQ(parse_error("a = " + repeated("{a=", 300000)),
              std::string("[x.toml:1] ") + kNestedBrackets);
}

TEST(HostileNetworkFile, LongDottedKeysAreRefused) {
    EXPECT_THAT(parse_error("[" + repeated("a.", 500000) + "a]"),
                StartsWith("[x.toml:1] dotted keys are nested more than 16 deep"));
    EXPECT_THAT(parse_error("\n\n" + repeated("\"=\" . ", 100000) + "a = 1"),
                StartsWith("[x.toml:3] dotted keys are nested more than 16 deep"));
}

TEST(HostileNetworkFile, QuotesAndCommentsHideBracketsAndDots) {
    const std::string many = repeated("[.{", 100);
    const std::vector<std::string> harmless = {
        "# " + many + "\ndescription = \"\"",
        "description = \"\\\"" + many + "\"",
        "description = '\\" + many + "'",
        "description = \"\"\"\n\\\"\"\"" + many + "\"\"\"\"\"",
        "description = '''\n''" + many + "'''''",
    };
    for (const std::string& line : harmless) {
        EXPECT_NO_THROW(parse_network_file(with_line(1, line), "x.toml")) << line;
    }
}

TEST(HostileNetworkFile, LongListsOfNumbersAreNoNesting) {
    const std::string numbers = repeated("1.5, ", 100000);
    EXPECT_NO_THROW(parse_network_file(with_line(20, "v_thresh = [" + numbers + "]"), "x.toml"));
}

TEST(HostileNetworkFile, HugePopulationsCostNothing) {
    std::string text = with_line(15, "shape = [2147483647]");
    text.replace(text.find("shape = [3]"), 11, "shape = [2147483647]");
    EXPECT_EQ(parse_network_file(text, "x.toml").network.populations()[1]->size(), 2147483647U);
}

TEST(HostileNetworkFile, LongAndOddNamesAreShortened) {
    const std::string key(100000, 'k');
    EXPECT_THAT(
        parse_error(key + " = 1"),
        StartsWith("[x.toml:1] unknown key '" + std::string(60, 'k') + "...' of the network file"));
    EXPECT_THAT(parse_error("\"a\\u001B[2J\" = 1"),
                StartsWith("[x.toml:1] unknown key 'a?[2J' of"));
    EXPECT_THAT(parse_error(with_line(13, "name = \"" + std::string(201, 'n') + "\"")),
                HasSubstr("has 201 characters; give a name of 1 to 200 characters"));
}

TEST(HostileNetworkFile, MessagesStayOnOneLine) {
    EXPECT_THAT(parse_error(with_line(25, "readout = \"a\\nb\"")),
                StartsWith("[x.toml:25] Readout: there is no readout 'a?b'; known are"));
    EXPECT_THAT(parse_error("\"a\\nb\" = 1\n\"a\\nb\" = 1"), Not(HasSubstr("\n")));
}

TEST(HostileNetworkFile, EmptyFileIsTold) {
    EXPECT_EQ(parse_error(""),
              "[x.toml:1] the network file has no [data]; add that section; "
              "examples/fashion_mnist.toml shows all of them");
}

TEST(HostileNetworkFile, BytesThatAreNoTextAreTold) {
    EXPECT_THAT(parse_error(std::string("\x89HDF\r\n\x1a\n", 8)), HasSubstr("this is not TOML: "));
    EXPECT_THAT(parse_error(std::string("a = 1\0", 6)), StartsWith("[x.toml:1:"));
}

TEST(HostileNetworkFile, WrongKindOfSectionIsTold) {
    EXPECT_EQ(
        parse_error("data = 3"),
        "[x.toml:1] data of the network file must be a table, not 3 (a number); start it with a "
        "line [data], or write data = { ... }");
    std::string text = kNetworkText.substr(0, kNetworkText.find("[[population]]"));
    text += "[compiler]\ntype = \"inference\"\ntimesteps = 1\n";
    EXPECT_EQ(parse_error(text + "[population]\n"),
              "[x.toml:15] population of the network file must be an array of tables, not a table; "
              "start each with a line [[population]], in double brackets");
    EXPECT_EQ(parse_error("population = [1]\n" + text),
              "[x.toml:1] population of the network file must be an array of tables, not 1 (a "
              "number); start each with a line [[population]], in double brackets");
    EXPECT_EQ(parse_error(text),
              "[x.toml:1] Network: it has no population; add populations and connect them");
}

TEST(HostileNetworkFile, TooLargeTextIsRefused) {
    const std::string text = kNetworkText + "#" + std::string(kMaximumNetworkFileSize, '.');
    EXPECT_EQ(parse_error(text),
              "[x.toml] the file has more than 1048576 bytes, the most for a network file; give a "
              "network file in TOML; weights belong into a model file");
}

class NetworkFileOnDisk : public TemporaryFolderTest {};

TEST_F(NetworkFileOnDisk, IsRead) {
    write("x.toml", kNetworkText);
    const NetworkFile file = read_network_file(path("x.toml"));
    EXPECT_EQ(file.name, path("x.toml").string());
    EXPECT_EQ(file.data.folder, path("data"));
}

TEST_F(NetworkFileOnDisk, MissingFileIsTold) {
    const auto error = error_of<RuntimeFault>([&] { read_network_file(path("none.toml")); });
    EXPECT_EQ(error.what(),
              "[" + path("none.toml").string() +
                  "] cannot be opened: No such file or directory; check the path and the "
                  "permissions");
    EXPECT_EQ(error.field("file"), path("none.toml"));
}

TEST_F(NetworkFileOnDisk, FolderIsTold) {
    const auto error = error_of<RuntimeFault>([&] { read_network_file(folder()); });
    EXPECT_EQ(error.what(),
              "[" + folder().string() + "] is a folder, not a file; give the path of a file");
}

TEST_F(NetworkFileOnDisk, EndlessFileIsRefused) {
    EXPECT_THAT(model_error([] { read_network_file("/dev/zero"); }),
                HasSubstr("the file has more than 1048576 bytes"));
}

TEST(Examples, AreRead) {
    const std::filesystem::path folder = std::filesystem::path(SALTUS_SOURCE_DIR) / "examples";
    for (const char* name : {"fashion_mnist.toml", "fashion_mnist_12ms.toml"}) {
        const NetworkFile file = read_network_file(folder / name);
        EXPECT_EQ(file.compiler, "event_prop");
        EXPECT_EQ(file.input_name(), "input");
        EXPECT_EQ(file.output_name(), "output");
        EXPECT_EQ(file.network.find_population("hidden").size(), 128U);
        EXPECT_EQ(file.event_prop.example_timesteps, 20U);
    }
}

}  // namespace
}  // namespace saltus
