// Whoever is killed while writing leaves the last good file.
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <saltus/io/checkpoint.hpp>
#include <saltus/io/model_file.hpp>
#include <saltus/io/npy_file.hpp>

#include "io/temporary_folder.hpp"

namespace saltus {
namespace {

constexpr int kRounds = 25;
constexpr std::size_t kNumWeights = 40000;

/// Runs `write(number)` with growing numbers in a process of its own, and kills it at some moment
/// after the first one.
template <typename Write>
void kill_while_it_writes(const Write& write, std::mt19937& random) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        try {
            for (std::size_t number = 0;; ++number) {
                write(number);
                if (number == 0) (void)!::write(pipe_ends[1], "x", 1);
            }
        } catch (...) {
            ::_exit(1);
        }
    }
    ::close(pipe_ends[1]);
    char first = '\0';
    EXPECT_EQ(::read(pipe_ends[0], &first, 1), 1);
    ::close(pipe_ends[0]);
    std::this_thread::sleep_for(
        std::chrono::microseconds(std::uniform_int_distribution<int>(0, 4000)(random)));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "it could not write";
}

/// Weights that are all that number.
Array filled(std::size_t number) {
    Array array(Shape{kNumWeights});
    for (double& value : array.values)
        value = static_cast<double>(number);
    return array;
}

class KilledWriter : public TemporaryFolderTest {
  protected:
    std::mt19937 random_{5};
};

TEST_F(KilledWriter, OfCheckpoints) {
    const auto write = [&](std::size_t number) {
        TrainingState state;
        state.next_epoch = number;
        state.weights["a"] = state.mean_gradients["a"] = state.mean_squares["a"] = filled(number);
        save_checkpoint(path("c.h5"), state);
    };
    std::size_t most = 0;
    for (int round = 0; round < kRounds; ++round) {
        kill_while_it_writes(write, random_);
        const TrainingState state = load_checkpoint(path("c.h5"));
        for (const auto* arrays : {&state.weights, &state.mean_gradients, &state.mean_squares})
            EXPECT_EQ(arrays->at("a").values, filled(state.next_epoch).values);
        most = std::max(most, state.next_epoch);
    }
    // Otherwise they were all killed too early to show anything.
    EXPECT_GT(most, 0U);
}

TEST_F(KilledWriter, OfModels) {
    const auto write = [&](std::size_t number) {
        ModelFile model;
        model.metrics["number"] = static_cast<double>(number);
        model.weights["a"] = filled(number);
        save_model(path("m.h5"), model);
    };
    for (int round = 0; round < kRounds; ++round) {
        kill_while_it_writes(write, random_);
        const ModelFile model = load_model(path("m.h5"));
        const auto number = static_cast<std::size_t>(model.metrics.at("number"));
        EXPECT_EQ(model.weights.at("a").values, filled(number).values);
    }
}

TEST_F(KilledWriter, OfNumpyFiles) {
    const auto write = [&](std::size_t number) { write_npy(path("a.npy"), filled(number)); };
    for (int round = 0; round < kRounds; ++round) {
        kill_while_it_writes(write, random_);
        const Array array = read_npy(path("a.npy"));
        EXPECT_EQ(array.values, filled(static_cast<std::size_t>(array.values.at(0))).values);
    }
}

}  // namespace
}  // namespace saltus
