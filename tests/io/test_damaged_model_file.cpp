// Files that are no HDF5, or were HDF5 once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/io/model_file.hpp>

#include "data/errors_of.hpp"
#include "io/checksum.hpp"
#include "io/model_example.hpp"
#include "io/temporary_folder.hpp"

namespace saltus {
namespace {

using testing::HasSubstr;

class DamagedModelFile : public TemporaryFolderTest {
  protected:
    std::string load_fault(const std::string& contents) const {
        write("m.h5", contents);
        return error_of<RuntimeFault>([&] { load_model(path("m.h5")); }).what();
    }

    std::string example_contents() const {
        save_model(path("m.h5"), example_model());
        return contents("m.h5");
    }

    std::string prefix() const { return "[" + path("m.h5").string() + "] "; }
};

TEST_F(DamagedModelFile, MissingFileIsTold) {
    EXPECT_EQ(error_of<RuntimeFault>([&] { load_model(path("m.h5")); }).what(),
              prefix() +
                  "cannot be opened: No such file or directory; check the path and the "
                  "permissions");
}

TEST_F(DamagedModelFile, FolderIsTold) {
    EXPECT_THAT(error_of<RuntimeFault>([&] { load_model(folder()); }).what(),
                HasSubstr("is a folder, not a file"));
}

TEST_F(DamagedModelFile, OtherFilesAreTold) {
    EXPECT_EQ(load_fault(""), prefix() + "is empty; give a model that `saltus train` has saved");
    EXPECT_EQ(load_fault("[data]\n"),
              prefix() + "is not an HDF5 file; give a model that `saltus train` has saved");
    EXPECT_THAT(error_of<RuntimeFault>([] { load_model("/dev/zero"); }).what(),
                HasSubstr("[/dev/zero] is not an HDF5 file"));
}

TEST_F(DamagedModelFile, TruncatedFilesAreTold) {
    const std::string whole = example_contents();
    for (std::size_t size = 8; size < whole.size(); size += 97) {
        EXPECT_EQ(load_fault(whole.substr(0, size)),
                  prefix() +
                      "is damaged, or was changed after it was saved: its checksum is missing; "
                      "give another copy");
    }
    EXPECT_THAT(load_fault(whole.substr(0, whole.size() - 1)),
                HasSubstr("its checksum is missing"));
    EXPECT_THAT(load_fault(whole + "\n"), HasSubstr("its checksum is missing"));
}

TEST_F(DamagedModelFile, ChangedBytesAreTold) {
    const std::string whole = example_contents();
    for (std::size_t position = 8; position < whole.size(); position += 5) {
        std::string changed = whole;
        changed[position] = static_cast<char>(changed[position] ^ 1);
        EXPECT_THAT(load_fault(changed),
                    HasSubstr("is damaged, or was changed after it was saved: "))
            << position;
    }
}

TEST_F(DamagedModelFile, WhatHdf5RefusesIsTold) {
    const std::string file = example_contents();
    const std::string whole(without_checksum(file));
    EXPECT_THAT(load_fault(with_checksum(whole.substr(0, whole.size() / 2))),
                HasSubstr("'/' cannot be read: "));
}

TEST(Checksum, ComesOffAgain) {
    const std::string file = with_checksum("123456789");
    EXPECT_EQ(file, "123456789\nsaltus-crc32 cbf43926\n");
    EXPECT_EQ(checksum_problem(file), "");
    EXPECT_EQ(without_checksum(file), "123456789");
    EXPECT_EQ(checksum_problem(""), "its checksum is missing");
    EXPECT_EQ(checksum_problem("223456789\nsaltus-crc32 cbf43926\n"), "its checksum does not fit");
    EXPECT_EQ(checksum_problem(with_checksum("")), "");
}

}  // namespace
}  // namespace saltus
