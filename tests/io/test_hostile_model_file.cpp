// Model files that are valid HDF5 but not what save_model writes.
#include <functional>

#include <hdf5.h>

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

class HostileModelFile : public TemporaryFolderTest {
  protected:
    /// Closing the changed file has cut off the old one.
    void renew_checksum() const { write("m.h5", with_checksum(contents("m.h5"))); }

    /// What load_model says to the example after `change` was made to it.
    std::string error_after(const std::function<void(hid_t)>& change) const {
        save_model(path("m.h5"), example_model());
        const hid_t file = H5Fopen(path("m.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
        change(file);
        H5Fclose(file);
        renew_checksum();
        const auto error = error_of<ModelError>([&] { load_model(path("m.h5")); });
        EXPECT_EQ(error.where(), path("m.h5"));
        EXPECT_EQ(error.field("file"), path("m.h5"));
        EXPECT_EQ(error.advice(), "give a model that `saltus train` has saved");
        return error.problem();
    }
};

void remove(hid_t file, const char* name) {
    H5Ldelete(file, name, H5P_DEFAULT);
}

void replace(hid_t file, const char* name, hid_t type, std::vector<hsize_t> extents,
             const void* data, hid_t creation = H5P_DEFAULT) {
    if (H5Lexists(file, name, H5P_DEFAULT) > 0) remove(file, name);
    const hid_t space = H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
    const hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (data) H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
    H5Dclose(set);
    H5Sclose(space);
}

void replace_attribute(hid_t file, const char* name, hid_t type, const void* data) {
    H5Adelete(file, name);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, data);
    H5Aclose(attribute);
    H5Sclose(space);
}

hid_t text_of_length(std::size_t length) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, length);
    return type;
}

constexpr const char* kWeights = "weights/input->hidden";
const double kNumbers[6] = {1, 2, 3, 4, 5, 6};

TEST_F(HostileModelFile, MissingPartsAreTold) {
    for (const char* name : {"network_name", "network_text", "weights", "metrics"}) {
        EXPECT_EQ(error_after([&](hid_t file) { remove(file, name); }),
                  "there is no '" + std::string(name) + "' in it");
    }
    for (const char* name : {"format", "format_version"}) {
        EXPECT_EQ(error_after([&](hid_t file) { H5Adelete(file, name); }),
                  "there is no attribute '" + std::string(name) + "' in it");
    }
}

TEST_F(HostileModelFile, OtherFormatsAreTold) {
    EXPECT_EQ(error_after([](hid_t file) {
                  replace_attribute(file, "format", text_of_length(9), "other one");
              }),
              "its format is 'other one', not 'saltus model'");
    const int one = 1;
    EXPECT_EQ(
        error_after([&](hid_t file) { replace_attribute(file, "format", H5T_NATIVE_INT, &one); }),
        "'format' is not a text of fixed length");
    const double real = 1.0;
    EXPECT_EQ(error_after([&](hid_t file) {
                  replace_attribute(file, "format_version", H5T_NATIVE_DOUBLE, &real);
              }),
              "'format_version' is not a whole number");
}

TEST_F(HostileModelFile, NewerVersionIsTold) {
    save_model(path("m.h5"), example_model());
    const hid_t file = H5Fopen(path("m.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    const int version = 3;
    replace_attribute(file, "format_version", H5T_NATIVE_INT, &version);
    replace_attribute(file, "library_version", text_of_length(5), "9.8.7");
    H5Fclose(file);
    renew_checksum();
    EXPECT_EQ(model_error([&] { load_model(path("m.h5")); }),
              "[" + path("m.h5").string() +
                  "] its format version is 3, this library reads versions 1 to 2; use the Saltus "
                  "that has "
                  "saved it (9.8.7)");
}

TEST_F(HostileModelFile, PartsOfAnotherKindAreTold) {
    EXPECT_EQ(
        error_after([](hid_t file) { replace(file, "weights", H5T_NATIVE_DOUBLE, {6}, kNumbers); }),
        "'weights' is not a group");
    EXPECT_EQ(error_after([](hid_t file) {
                  remove(file, kWeights);
                  H5Gclose(H5Gcreate2(file, kWeights, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
              }),
              "'weights/input->hidden' is not a dataset");
    EXPECT_EQ(error_after([](hid_t file) {
                  replace(file, "network_text", H5T_NATIVE_DOUBLE, {1}, kNumbers);
              }),
              "'network_text' is not a text of fixed length");
    EXPECT_EQ(error_after([](hid_t file) {
                  replace(file, "network_text", text_of_length(2), {3}, "aabbcc");
              }),
              "'network_text' is not a text of fixed length");
    EXPECT_EQ(error_after([](hid_t file) {
                  const char* text = "text";
                  replace(file, "network_text", text_of_length(H5T_VARIABLE), {1}, &text);
              }),
              "'network_text' is not a text of fixed length");
}

TEST_F(HostileModelFile, WrongTypesOfWeightsAreTold) {
    for (const hid_t type : {H5T_NATIVE_INT64, H5T_NATIVE_FLOAT}) {
        EXPECT_EQ(error_after([&](hid_t file) {
                      replace(file, kWeights, type, {2, 3}, kNumbers);
                  }),
                  "'weights/input->hidden' does not hold numbers of type float64");
    }
}

TEST_F(HostileModelFile, WrongRanksAreTold) {
    EXPECT_EQ(
        error_after([](hid_t file) { replace(file, kWeights, H5T_NATIVE_DOUBLE, {}, kNumbers); }),
        "'weights/input->hidden' is one number, no array");
    EXPECT_EQ(error_after([](hid_t file) {
                  replace(file, "metrics/loss", H5T_NATIVE_DOUBLE, {2}, kNumbers);
              }),
              "'metrics/loss' has shape (2,), not one number");
    EXPECT_EQ(error_after([](hid_t file) {
                  remove(file, kWeights);
                  const hid_t space = H5Screate(H5S_NULL);
                  H5Dclose(H5Dcreate2(file, kWeights, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT,
                                      H5P_DEFAULT, H5P_DEFAULT));
                  H5Sclose(space);
              }),
              "'weights/input->hidden' has no shape");
}

TEST_F(HostileModelFile, AbsurdSizesAreRefusedBeforeMemoryIsTaken) {
    const hsize_t huge = hsize_t{1} << 40;
    EXPECT_THAT(error_after([&](hid_t file) {
                    replace(file, kWeights, H5T_NATIVE_DOUBLE, {huge, 2}, nullptr);
                }),
                HasSubstr("claims to have shape (1099511627776, 2), but the file of "));
    EXPECT_THAT(error_after([&](hid_t file) {
                    replace(file, kWeights, H5T_NATIVE_DOUBLE, {huge, huge >> 20}, nullptr);
                }),
                HasSubstr("claims to have shape (1099511627776, 1048576), but the file of "));
    EXPECT_THAT(error_after([](hid_t file) {
                    replace(file, kWeights, H5T_NATIVE_DOUBLE, {0, 3}, nullptr);
                }),
                HasSubstr("claims to have shape (0, 3), but the file of "));
    EXPECT_THAT(error_after([](hid_t file) {
                    replace(file, kWeights, H5T_NATIVE_DOUBLE, {2, 3}, nullptr);
                }),
                HasSubstr("claims to have shape (2, 3), but the file of "));
    EXPECT_THAT(
        error_after([](hid_t file) {
            replace(file, "network_text", text_of_length(std::size_t{1} << 30), {1}, nullptr);
        }),
        HasSubstr("'network_text' claims to have 1073741824 bytes, but the file has only "));
}

TEST_F(HostileModelFile, WeightsThatAreNotFiniteAreTold) {
    const double numbers[6] = {1, 2, 3, std::numeric_limits<double>::quiet_NaN(), 5, 6};
    EXPECT_THAT(error_after([&](hid_t file) {
                    replace(file, kWeights, H5T_NATIVE_DOUBLE, {2, 3}, numbers);
                }),
                HasSubstr("weights/input->hidden: weights"));
}

TEST_F(HostileModelFile, CompressedWeightsAreTold) {
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[2] = {1, 3};
    H5Pset_chunk(creation, 2, chunk);
    H5Pset_deflate(creation, 9);
    EXPECT_EQ(error_after([&](hid_t file) {
                  replace(file, kWeights, H5T_NATIVE_DOUBLE, {2, 3}, kNumbers, creation);
              }),
              "'weights/input->hidden' is compressed or in pieces");
    H5Pclose(creation);
}

TEST_F(HostileModelFile, OtherFilesAreNotOpened) {
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(creation, "/etc/passwd", 0, 48);
    EXPECT_EQ(error_after([&](hid_t file) {
                  replace(file, kWeights, H5T_NATIVE_DOUBLE, {2, 3}, nullptr, creation);
              }),
              "'weights/input->hidden' takes its data from other files");
    H5Pclose(creation);
    EXPECT_EQ(error_after([](hid_t file) {
                  H5Lcreate_external("/etc/other.h5", "/", file, "weights/x", H5P_DEFAULT,
                                     H5P_DEFAULT);
              }),
              "'weights/x' is a link to elsewhere");
    EXPECT_EQ(error_after([](hid_t file) {
                  H5Lcreate_soft("/network_text", file, "metrics/x", H5P_DEFAULT, H5P_DEFAULT);
              }),
              "'metrics/x' is a link to elsewhere");
}

}  // namespace
}  // namespace saltus
