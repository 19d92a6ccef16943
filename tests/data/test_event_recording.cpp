#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/data/event_recording.hpp>

#include "data/errors_of.hpp"
#include "data/idx_files.hpp"

namespace saltus {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// One event as the format has it.
void put_event(Bytes& bytes, std::size_t column, std::size_t row, bool brighter,
               std::size_t microseconds) {
    bytes.push_back(static_cast<std::uint8_t>(column));
    bytes.push_back(static_cast<std::uint8_t>(row));
    bytes.push_back(static_cast<std::uint8_t>((brighter ? 0x80U : 0U) | microseconds >> 16));
    bytes.push_back(static_cast<std::uint8_t>(microseconds >> 8));
    bytes.push_back(static_cast<std::uint8_t>(microseconds));
}

Bytes three_events() {
    Bytes bytes;
    put_event(bytes, 3, 2, true, 1000);
    put_event(bytes, 33, 33, false, 0x7FFFFF);
    put_event(bytes, 0, 0, false, 500);
    return bytes;
}

std::string parse_error(const Bytes& bytes, const RecordingOptions& options = {}) {
    return model_error([&] { parse_event_recording(bytes, "digit.bs2", options); });
}

TEST(EventRecording, ReadsColumnsRowsPolaritiesAndTimes) {
    EXPECT_THAT(parse_event_recording(three_events(), "digit"),
                ElementsAre(Spike{(2 * 34 + 3) * 2 + 1, 1.0}, Spike{(33 * 34 + 33) * 2, 8388.607},
                            Spike{0, 0.5}));
    EXPECT_THAT(parse_event_recording({}, "digit"), ElementsAre());
}

TEST(EventRecording, ReadsFilesAsMemoryPlainAndCompressed) {
    const TemporaryFolder folder;
    Bytes bytes;
    // More than are read at once.
    for (std::size_t event = 0; event < 10000; ++event)
        put_event(bytes, event % 34, event / 34 % 34, event % 3 == 0, event * 30);
    const auto spikes = parse_event_recording(bytes, "digit");
    EXPECT_EQ(spikes.size(), 10000U);
    EXPECT_EQ(read_event_recording(folder.write("a.bin", bytes)), spikes);
    EXPECT_EQ(read_event_recording(folder.write_gzip("a.bin.gz", bytes)), spikes);
}

TEST(EventRecording, OverflowsOfTheClockAddUp) {
    Bytes bytes;
    put_event(bytes, 1, 0, false, 8000);
    put_event(bytes, 77, 240, false, 0);
    put_event(bytes, 2, 0, false, 10);
    put_event(bytes, 0, 240, true, 5);
    put_event(bytes, 3, 0, false, 20);
    EXPECT_THAT(parse_event_recording(bytes, "digit"),
                ElementsAre(Spike{2, 8.0}, Spike{4, 8.202}, Spike{6, 16.404}));
}

TEST(EventRecording, LeavesOutWhatIsOutsideOfTheWindow) {
    Bytes bytes;
    for (const std::size_t time : {9999U, 10000U, 19999U, 20000U})
        put_event(bytes, 0, 0, false, time);
    RecordingOptions options;
    options.start_time = 10.0;
    options.end_time = 20.0;
    EXPECT_THAT(parse_event_recording(bytes, "digit", options),
                ElementsAre(Spike{0, 0.0}, Spike{0, 19.999 - 10.0}));
}

TEST(EventRecording, PoolsNeighbouringPixels) {
    EXPECT_EQ(nmnist_shape(), (Shape{34, 34, 2}));
    EXPECT_EQ(nmnist_shape(2), (Shape{17, 17, 2}));
    EXPECT_EQ(nmnist_shape(4), (Shape{9, 9, 2}));
    EXPECT_EQ(nmnist_shape(100), (Shape{1, 1, 2}));
    RecordingOptions options;
    options.pooling = 4;
    EXPECT_THAT(parse_event_recording(three_events(), "digit", options),
                ElementsAre(Spike{1, 1.0}, Spike{(8 * 9 + 8) * 2, 8388.607}, Spike{0, 0.5}));
}

TEST(EventRecording, NamesWhatIsWrong) {
    Bytes cut = three_events();
    cut.pop_back();
    const auto error = error_of<ModelError>([&] { parse_event_recording(cut, "digit.bs2"); });
    EXPECT_THAT(error.what(),
                HasSubstr("[digit.bs2] ends within an event: it has 4 bytes after the "
                          "last of its 2 events of 5 bytes; copy or download"));
    EXPECT_EQ(error.field("file"), "digit.bs2");
    Bytes outside = three_events();
    put_event(outside, 34, 7, false, 0);
    EXPECT_THAT(parse_error(outside),
                HasSubstr("event 3 is at row 7, column 34, but the camera has "
                          "34 rows and 34 columns; check that the file"));
    outside = {};
    put_event(outside, 0, 34, false, 0);
    EXPECT_THAT(parse_error(outside), HasSubstr("event 0 is at row 34, column 0"));
    const auto missing = error_of<RuntimeFault>([] { read_event_recording("/nothing.bs2"); });
    EXPECT_THAT(missing.what(), HasSubstr("[/nothing.bs2] does not exist"));
}

TEST(EventRecording, OptionsOutOfRangeAreTold) {
    RecordingOptions options;
    options.pooling = 0;
    EXPECT_THAT(parse_error({}, options),
                HasSubstr("[RecordingOptions] pooling is 0; give 1 for no pooling, or more"));
    options = {};
    options.start_time = -1.0;
    EXPECT_THAT(parse_error({}, options), HasSubstr("start_time is -1 ms; give a time from 0 on"));
    options.start_time = 5.0;
    options.end_time = 5.0;
    EXPECT_THAT(parse_error({}, options),
                HasSubstr("end_time is 5 ms, and start_time 5 ms; give a later end, or none"));
    options.end_time = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(parse_error({}, options), HasSubstr("end_time is nan ms"));
}

class Nmnist : public testing::Test {
  protected:
    void SetUp() override {
        Bytes one;
        put_event(one, 0, 0, false, 3000);
        put_event(one, 0, 0, true, 1000);
        folder_.write("a1.bs2", one);
        folder_.write("b2.bin", three_events());
    }

    std::filesystem::path list(const std::string& text) const {
        return folder_.write("list.txt", Bytes(text.begin(), text.end()));
    }
    std::string list_error(const std::string& text) const {
        return model_error([&] { read_nmnist(list(text)); });
    }

    TemporaryFolder folder_;
};

TEST_F(Nmnist, ReadsAList) {
    const SpikeDataset dataset = read_nmnist(list("#sample #class\r\n\n a1\t5\r\nb2  0\na1 7"));
    EXPECT_EQ(dataset.shape, (Shape{34, 34, 2}));
    EXPECT_THAT(dataset.labels, ElementsAre(5, 0, 7));
    EXPECT_EQ(dataset.num_examples(), 3U);
    EXPECT_EQ(dataset.num_classes(), 8);
    EXPECT_EQ(dataset.spikes.num_neurons(), 34U * 34U * 2U);
    // Whatever the order in the file.
    EXPECT_THAT(dataset.spikes.times(0), ElementsAre(1.0, 3.0));
    EXPECT_THAT(dataset.spikes.neurons(0), ElementsAre(1, 0));
    EXPECT_EQ(dataset.spikes.num_spikes(1), 3U);
}

TEST_F(Nmnist, ReadsSomeExamples) {
    RecordingOptions options;
    options.first_example = 1;
    options.max_examples = 1;
    EXPECT_THAT(read_nmnist(list("a1 5\nb2 0\na1 7"), options).labels, ElementsAre(0));
    options.max_examples = 1000;
    EXPECT_THAT(read_nmnist(list("a1 5\nb2 0\na1 7"), options).labels, ElementsAre(0, 7));
    options.first_example = 3;
    EXPECT_THAT(model_error([&] { read_nmnist(list("a1 5\nb2 0\na1 7"), options); }),
                HasSubstr("has 3 recordings, of which none is left from number 3 on"));
}

TEST_F(Nmnist, ReadsFoldersOfClasses) {
    for (const char* name : {"1", "3", "other"})
        std::filesystem::create_directory(folder_ / name);
    folder_.write("3/00001.bin", three_events());
    folder_.write("1/00002.bin", {});
    folder_.write("3/00003.bs2", three_events());
    folder_.write("3/notes.txt", {1, 2, 3});
    folder_.write("other/00004.bin", {1});
    const SpikeDataset dataset = read_nmnist(folder_ / "");
    EXPECT_THAT(dataset.labels, ElementsAre(3, 1, 3));
    EXPECT_EQ(dataset.spikes.num_spikes(1), 0U);
}

TEST_F(Nmnist, NamesWhatIsWrongWithAList) {
    for (const char* line : {"a1", "a1 x", "a1 -1", "a1 5 5", "a1 99999999999", "../a1 5", "a.1 5",
                             "/etc/passwd 5", "\x01 5"}) {
        EXPECT_THAT(list_error("a1 5\n" + std::string(line)),
                    AllOf(HasSubstr("list.txt] line 2 does not name a recording and its class"),
                          HasSubstr("write for example \"17 5\"")))
            << line;
    }
    EXPECT_THAT(list_error("# nothing\n"), HasSubstr("has 0 recordings"));
    const auto missing = error_of<RuntimeFault>([&] { read_nmnist(list("c3 1")); });
    EXPECT_THAT(missing.what(), HasSubstr("c3.bs2] does not exist"));
}

}  // namespace
}  // namespace saltus
