#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/data/heidelberg.hpp>

#include "data/errors_of.hpp"
#include "data/heidelberg_file.hpp"
#include "data/idx_files.hpp"

namespace saltus {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string parse_error(const Bytes& bytes, const RecordingOptions& options = {}) {
    return model_error([&] { parse_heidelberg(bytes, "shd.h5", options); });
}

std::string error_of_contents(const HeidelbergContents& contents) {
    HeidelbergFormat format;
    format.time_type = H5T_IEEE_F64LE;
    return parse_error(heidelberg_file(format, contents));
}

void expect_contents(const SpikeDataset& dataset) {
    EXPECT_EQ(dataset.shape, (Shape{700}));
    EXPECT_THAT(dataset.labels, ElementsAre(4, 0, 19, 4));
    EXPECT_THAT(dataset.spikes.times(0), ElementsAre(250.0, 500.0));
    EXPECT_THAT(dataset.spikes.neurons(0), ElementsAre(699, 3));
    EXPECT_EQ(dataset.spikes.num_spikes(1), 0U);
    EXPECT_THAT(dataset.spikes.times(2), ElementsAre(125.0, 750.0, 1000.0));
    EXPECT_THAT(dataset.spikes.neurons(2), ElementsAre(0, 1, 2));
    EXPECT_THAT(dataset.spikes.neurons(3), ElementsAre(350));
}

TEST(Heidelberg, ReadsWhatHdf5Writes) {
    for (const hid_t type :
         {hid_t{H5I_INVALID_HID}, H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_IEEE_F32BE, H5T_IEEE_F64BE}) {
        for (const bool is_old : {true, false}) {
            HeidelbergFormat format;
            format.time_type = type;
            format.is_old = is_old;
            SCOPED_TRACE(is_old ? "old format" : "new format");
            const SpikeDataset dataset = parse_heidelberg(heidelberg_file(format), "shd");
            expect_contents(dataset);
            EXPECT_THAT(dataset.class_names, ElementsAre("zero", "eleven"));
        }
    }
}

TEST(Heidelberg, ReadsChunksAndCompressedOnes) {
    HeidelbergFormat format;
    format.has_chunks = true;
    format.has_keys = false;
    const SpikeDataset dataset = parse_heidelberg(heidelberg_file(format), "shd");
    expect_contents(dataset);
    EXPECT_TRUE(dataset.class_names.empty());
    format.is_compressed = true;
    expect_contents(parse_heidelberg(heidelberg_file(format), "shd"));
}

TEST(Heidelberg, ReadsManyRecordings) {
    // Several heaps, several nodes of the tree of chunks.
    HeidelbergContents contents{{}, {}, {}};
    for (std::size_t example = 0; example < 1000; ++example) {
        contents.times.emplace_back();
        contents.units.emplace_back();
        for (std::size_t spike = 0; spike < example * 7 % 100; ++spike) {
            contents.times.back().push_back(static_cast<double>(spike) / 1024.0);
            contents.units.back().push_back(static_cast<std::uint16_t>((spike + example) % 700));
        }
        contents.labels.push_back(static_cast<std::uint16_t>(example % 20));
    }
    HeidelbergFormat format;
    format.has_chunks = true;
    for (const bool is_compressed : {false, true}) {
        format.is_compressed = is_compressed;
        const SpikeDataset dataset = parse_heidelberg(heidelberg_file(format, contents), "shd");
        ASSERT_EQ(dataset.num_examples(), 1000U);
        for (std::size_t example = 0; example < 1000; ++example) {
            ASSERT_EQ(dataset.labels[example], static_cast<std::int32_t>(example % 20));
            const auto neurons = dataset.spikes.neurons(example);
            ASSERT_TRUE(std::ranges::equal(neurons, contents.units[example]));
        }
    }
}

TEST(Heidelberg, ReadsOtherTypesOfNumbers) {
    HeidelbergFormat format;
    format.unit_type = H5T_STD_I64BE;
    format.label_type = H5T_STD_I8LE;
    expect_contents(parse_heidelberg(heidelberg_file(format), "shd"));
}

TEST(Heidelberg, ReadsFilesPlainAndCompressed) {
    const TemporaryFolder folder;
    const Bytes bytes = heidelberg_file();
    expect_contents(read_heidelberg(folder.write("a.h5", bytes)));
    expect_contents(read_heidelberg(folder.write_gzip("a.h5.gz", bytes)));
    const auto missing = error_of<RuntimeFault>([&] { read_heidelberg(folder / "b.h5"); });
    EXPECT_THAT(missing.what(), HasSubstr("b.h5] does not exist"));
}

TEST(Heidelberg, ReadsSomeExamplesAWindowAndPools) {
    RecordingOptions options;
    options.first_example = 2;
    options.max_examples = 1;
    options.start_time = 100.0;
    options.end_time = 1000.0;
    options.pooling = 300;
    const SpikeDataset dataset = parse_heidelberg(heidelberg_file(), "shd", options);
    EXPECT_EQ(dataset.shape, (Shape{3}));
    EXPECT_THAT(dataset.labels, ElementsAre(19));
    EXPECT_THAT(dataset.spikes.times(0), ElementsAre(25.0, 650.0));
    EXPECT_THAT(dataset.spikes.neurons(0), ElementsAre(0, 0));
    options.first_example = 4;
    EXPECT_THAT(parse_error(heidelberg_file(), options),
                HasSubstr("has 4 recordings, of which none is left from number 4 on"));
}

TEST(Heidelberg, NamesSpikesThatCannotBe) {
    HeidelbergContents contents;
    contents.units[2][1] = 700;
    const auto error =
        error_of<ModelError>([&] { parse_heidelberg(heidelberg_file({}, contents), "shd.h5"); });
    EXPECT_THAT(error.what(), HasSubstr("[shd.h5] recording 2: spike 1 is of unit 700, but there "
                                        "are 700 channels; check the number of channels"));
    EXPECT_EQ(error.field("example"), "2");
    EXPECT_EQ(error.field("file"), "shd.h5");
    for (const double time : {std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity(), -0.5}) {
        contents = {};
        contents.times[3][0] = time;
        EXPECT_THAT(error_of_contents(contents),
                    AllOf(HasSubstr("recording 3: spike 0 is at "), HasSubstr("which is no time")));
    }
    contents = {};
    contents.times[0].pop_back();
    EXPECT_THAT(error_of_contents(contents), HasSubstr("recording 0: it has 1 times and 2 units"));
    HeidelbergFormat format;
    format.label_type = H5T_STD_I16LE;
    contents = {};
    contents.labels.pop_back();
    EXPECT_THAT(error_of_contents(contents),
                HasSubstr("has times of 4 recordings, units of 4 and labels of 3"));
}

TEST(Heidelberg, NamesPartsOfAnotherKind) {
    HeidelbergFormat format;
    format.time_type = H5T_STD_U16LE;
    EXPECT_THAT(parse_error(heidelberg_file(format)),
                HasSubstr("has 'spikes/times' that are no lists of floating point numbers"));
    format = {};
    format.unit_type = H5T_IEEE_F32LE;
    EXPECT_THAT(parse_error(heidelberg_file(format)),
                HasSubstr("has 'spikes/units' that are no lists of whole numbers"));
    format = {};
    format.label_type = H5T_IEEE_F32LE;
    EXPECT_THAT(parse_error(heidelberg_file(format)), HasSubstr("has 'labels' that are no whole"));
    format = {};
    format.is_old = false;
    format.has_chunks = true;
    EXPECT_THAT(parse_error(heidelberg_file(format)),
                AllOf(HasSubstr("lays out 'spikes/times' in a way that is not read"),
                      HasSubstr("libver=\"earliest\"")));
}

TEST(Heidelberg, NamesOtherFiles) {
    EXPECT_THAT(parse_error({}), HasSubstr("[shd.h5] is empty; the file is damaged, or another"));
    EXPECT_THAT(parse_error({1, 2, 3}), HasSubstr("is not an HDF5 file"));
    EXPECT_THAT(parse_error(Bytes(100, 'x')), HasSubstr("is not an HDF5 file"));
    const std::string no_channels =
        model_error([] { parse_heidelberg(heidelberg_file(), "shd.h5", {}, 0); });
    EXPECT_THAT(no_channels, HasSubstr("[read_heidelberg] num_channels is 0"));
}

/// Reads what may be damaged: it is read, or refused with an error that names the file.
void read_damaged(const Bytes& bytes) {
    try {
        const SpikeDataset dataset = parse_heidelberg(bytes, "shd.h5");
        ASSERT_EQ(dataset.labels.size(), dataset.spikes.num_examples());
    } catch (const ModelError& error) {
        ASSERT_EQ(error.field("file"), "shd.h5") << error.what();
    }
}

TEST(Heidelberg, EveryByteMayBeDamagedAndEveryLengthCutOff) {
    HeidelbergFormat format;
    for (const bool is_old : {true, false}) {
        for (const bool is_compressed : {false, true}) {
            format.is_old = is_old;
            format.is_compressed = is_compressed && is_old;
            const Bytes whole = heidelberg_file(format);
            for (std::size_t at = 0; at < whole.size(); ++at) {
                Bytes damaged = whole;
                for (const unsigned value : {0x00U, 0xFFU, 0x01U ^ whole[at], 0x80U ^ whole[at]}) {
                    damaged[at] = static_cast<std::uint8_t>(value);
                    read_damaged(damaged);
                }
            }
            for (std::size_t length = 0; length < whole.size(); length += 3)
                read_damaged(Bytes(whole.begin(), whole.begin() + static_cast<long>(length)));
        }
    }
}

}  // namespace
}  // namespace saltus
