// Files that are no HDF5, or were HDF5 once.
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/io/model_file.hpp>

#include "data/errors_of.hpp"
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
        EXPECT_THAT(load_fault(whole.substr(0, size)), HasSubstr("'/' cannot be read: ")) << size;
    }
    EXPECT_THAT(load_fault(whole.substr(0, whole.size() - 1)),
                HasSubstr("the file is damaged; give another copy"));
}

TEST_F(DamagedModelFile, ChangedBytesEndInAnErrorOrAModel) {
    const std::string whole = example_contents();
    std::mt19937 random(1);
    int errors = 0;
    for (int trial = 0; trial < 500; ++trial) {
        std::string changed = whole;
        changed[8 + random() % (changed.size() - 8)] = static_cast<char>(random());
        write("m.h5", changed);
        try {
            (void)load_model(path("m.h5"));
        } catch (const Error&) {
            ++errors;
        }
    }
    EXPECT_GT(errors, 0);
}

}  // namespace
}  // namespace saltus
