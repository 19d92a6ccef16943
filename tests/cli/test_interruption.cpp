#include <array>
#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <saltus/io/model_file.hpp>

#include "cli/interruption.hpp"
#include "cli/program_run.hpp"
#include "cli/tiny_project.hpp"

namespace saltus {
namespace {

using testing::HasSubstr;

/// The program as a process of its own, with its standard output and error in one pipe.
class ChildProgram {
  public:
    explicit ChildProgram(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), SALTUS_PROGRAM);
        std::vector<char*> words;
        for (std::string& argument : arguments)
            words.push_back(argument.data());
        words.push_back(nullptr);
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
        process_ = fork();
        if (process_ == 0) {
            // A test runner in the background may have these ignored, which children inherit.
            std::signal(SIGINT, SIG_DFL);
            std::signal(SIGTERM, SIG_DFL);
            dup2(ends[1], STDOUT_FILENO);
            dup2(ends[1], STDERR_FILENO);
            execv(words[0], words.data());
            _exit(127);
        }
        close(ends[1]);
        pipe_ = ends[0];
    }
    ~ChildProgram() {
        if (process_ > 0) kill(process_, SIGKILL);
        wait();
        close(pipe_);
    }
    ChildProgram(const ChildProgram&) = delete;
    ChildProgram& operator=(const ChildProgram&) = delete;

    /// Reads on until the output holds this text. @return whether it came.
    bool read_until(const std::string& text) {
        while (output_.find(text) == std::string::npos) {
            if (!read_more()) return false;
        }
        return true;
    }
    /// Everything until the end.
    const std::string& read_all() {
        while (read_more()) {
        }
        return output_;
    }
    void send(int signal) const { kill(process_, signal); }
    /// The exit code, or -1 when a signal ended it.
    int wait() {
        if (process_ <= 0) return -1;
        int status = 0;
        waitpid(process_, &status, 0);
        process_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

  private:
    bool read_more() {
        std::array<char, 4096> bytes{};
        const ssize_t count = read(pipe_, bytes.data(), bytes.size());
        if (count <= 0) return false;
        output_.append(bytes.data(), static_cast<std::size_t>(count));
        return true;
    }

    pid_t process_ = -1;
    int pipe_ = -1;
    std::string output_;
};

class InterruptedBy : public testing::TestWithParam<int> {};

TEST_P(InterruptedBy, TrainingSavesWhatWasAskedFor) {
    const TinyProject project;
    const std::string model = project.path("m.h5").string();
    const std::string page = project.path("r.html").string();
    // So many epochs take hours.
    ChildProgram child({"train", project.network(), "--epochs", "100000000", "--save", model,
                        "--report", page, "--json"});
    ASSERT_TRUE(child.read_until("epoch         1/100000000"));
    child.send(GetParam());
    const std::string output = child.read_all();
    EXPECT_EQ(child.wait(), 130) << output;
    EXPECT_THAT(output, HasSubstr("interrupted: "));
    const nlohmann::json json = last_json(output);
    EXPECT_EQ(json["interrupted"], true);
    EXPECT_GE(json["epochs"], 1);
    EXPECT_EQ(json["model"], model);
    EXPECT_EQ(load_model(model).weights.size(), 2u);
    EXPECT_EQ(run_saltus({"evaluate", model}).exit_code, 0);
    EXPECT_THAT(contents(page), HasSubstr("then interrupted"));
}

INSTANTIATE_TEST_SUITE_P(Signals, InterruptedBy, testing::Values(SIGINT, SIGTERM),
                         [](const testing::TestParamInfo<int>& signal) {
                             return signal.param == SIGINT ? "Interrupt" : "Terminate";
                         });

TEST(InterruptionDeathTest, TheSecondOneEndsAtOnce) {
    EXPECT_EXIT(
        {
            std::signal(SIGINT, SIG_DFL);
            const Interruption interruption;
            std::raise(SIGINT);
            std::fputs(Interruption::requested() ? "asked to stop\n" : "deaf\n", stderr);
            std::raise(SIGINT);
        },
        testing::ExitedWithCode(130), "asked to stop");
}

TEST(InterruptionDeathTest, IgnoredSignalsStayIgnored) {
    EXPECT_EXIT(
        {
            std::signal(SIGINT, SIG_IGN);
            const Interruption interruption;
            std::raise(SIGINT);
            std::exit(Interruption::requested() ? 1 : 0);
        },
        testing::ExitedWithCode(0), "");
}

TEST(Interruption, RestoresTheHandlersBeforeIt) {
    const auto before = std::signal(SIGINT, SIG_IGN);
    { const Interruption interruption; }
    EXPECT_EQ(std::signal(SIGINT, before), SIG_IGN);
}

}  // namespace
}  // namespace saltus
