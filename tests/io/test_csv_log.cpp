#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/io/csv_log.hpp>

#include "io/temporary_folder.hpp"

namespace saltus {
namespace {

class CsvLogFile : public TemporaryFolderTest {
  protected:
    /// What a run of some epochs tells it.
    static void run(CsvLog& log, std::size_t first, const std::vector<Metrics>& epochs) {
        Progress progress;
        log.on_run_begin(progress);
        for (std::size_t epoch = 0; epoch < epochs.size(); ++epoch) {
            progress.epoch = first + epoch;
            log.on_epoch_begin(progress);
            progress.metrics = &epochs[epoch];
            log.on_epoch_end(progress);
        }
        log.on_run_end(progress);
    }

    /// The file without its column of seconds.
    std::string without_seconds() const {
        std::string text;
        std::istringstream lines(contents("log.csv"));
        for (std::string line; std::getline(lines, line);) {
            const std::size_t first = line.find(',');
            const std::size_t second = line.find(',', first + 1);
            text += line.substr(0, first) + line.substr(second) + '\n';
        }
        return text;
    }
};

TEST_F(CsvLogFile, HasALineForEveryEpoch) {
    CsvLog log(path("log.csv"));
    run(log, 0, {{{"accuracy", 0.5}, {"loss", 0.25}}, {{"accuracy", 0.1}, {"loss", 1e-9}}});
    EXPECT_EQ(without_seconds(), "epoch,accuracy,loss\n1,0.5,0.25\n2,0.1,1e-09\n");
    run(log, 0, {{{"a, \"b\"", 1.0}}});
    EXPECT_TRUE(contents("log.csv").starts_with("epoch,seconds,\"a, \"\"b\"\"\"\n"))
        << "another run begins anew";
}

TEST_F(CsvLogFile, IsContinuedWhenTrainingGoesOn) {
    CsvLog first(path("log.csv"));
    run(first, 0, {{{"loss", 3.0}}, {{"loss", 2.0}}});
    CsvLog second(path("log.csv"));
    run(second, 2, {{{"loss", 1.0}}});
    EXPECT_EQ(without_seconds(), "epoch,loss\n1,3\n2,2\n3,1\n");
}

TEST_F(CsvLogFile, SaysWhyItCannotBeWritten) {
    CsvLog log(path("missing/log.csv"));
    try {
        run(log, 0, {{{"loss", 3.0}}});
        FAIL();
    } catch (const RuntimeFault& fault) {
        EXPECT_EQ(fault.problem(), "the log cannot be written: No such file or directory");
    }
}

}  // namespace
}  // namespace saltus
