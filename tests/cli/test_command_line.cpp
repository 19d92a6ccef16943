#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program_run.hpp"

namespace saltus {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST(CommandLine, HelpIsEverywhere) {
    const Outcome program = run_saltus({"--help"});
    EXPECT_EQ(program.exit_code, 0);
    EXPECT_THAT(program.out, AllOf(HasSubstr("train"), HasSubstr("evaluate"), HasSubstr("explain"),
                                   HasSubstr("version"), HasSubstr("Examples:"),
                                   HasSubstr("Exit codes:"), HasSubstr("SALTUS_DATA")));
    const Outcome train = run_saltus({"train", "--help"});
    EXPECT_EQ(train.exit_code, 0);
    for (const char* option : {"--epochs", "--seed", "--threads", "--backend", "--save", "--report",
                               "--json", "--quiet", "Examples:", "Ctrl-C"}) {
        EXPECT_THAT(train.out, HasSubstr(option));
    }
    const Outcome evaluate = run_saltus({"evaluate", "-h"});
    EXPECT_EQ(evaluate.exit_code, 0);
    EXPECT_THAT(evaluate.out,
                AllOf(HasSubstr("--weights"), HasSubstr("Examples:"), Not(HasSubstr("--epochs"))));
    EXPECT_EQ(run_saltus({"explain", "--help"}).exit_code, 0);
    EXPECT_EQ(run_saltus({"version", "--help"}).exit_code, 0);
}

struct WrongLine {
    std::vector<std::string> arguments;
    std::string message;
};

class WrongCommandLine : public testing::TestWithParam<WrongLine> {};

TEST_P(WrongCommandLine, IsRefusedWithTheReason) {
    const Outcome outcome = run_saltus(GetParam().arguments);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(outcome.err,
                AllOf(StartsWith("saltus"), HasSubstr(GetParam().message), HasSubstr("--help")));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongCommandLine,
    testing::Values(
        WrongLine{{}, "no command is given"},
        WrongLine{{"trian", "a.toml"}, "there is no command 'trian'; did you mean 'train'?"},
        WrongLine{{"zzzzzzzzz"}, "known are train, evaluate, explain, gradcheck and version"},
        WrongLine{{"--verison"}, "there is no option '--verison'; did you mean '--version'?"},
        WrongLine{{"train", "a.toml", "--epoch", "3"},
                  "there is no option '--epoch'; did you mean '--epochs'?"},
        WrongLine{{"train", "--sede=3", "a.toml"},
                  "there is no option '--sede'; did you mean '--seed'?"},
        WrongLine{{"train", "--bogus"}, "there is no option '--bogus'"},
        WrongLine{{"train"}, "FILE is required"},
        WrongLine{{"train", "a.toml", "b.toml"}, "there is no place for 'b.toml'"},
        WrongLine{{"train", "a.toml", "--epochs"}, "--epochs"},
        WrongLine{{"train", "a.toml", "--epochs", "0"}, "'0' is not a whole number from 1"},
        WrongLine{{"train", "a.toml", "--epochs", "two"}, "'two' is not a whole number"},
        WrongLine{{"train", "a.toml", "--epochs", "1.5"}, "'1.5' is not a whole number"},
        WrongLine{{"train", "a.toml", "--seed", "-1"}, "'-1' is not a whole number from 0"},
        WrongLine{{"train", "a.toml", "--seed", "18446744073709551616"}, "is not a whole number"},
        WrongLine{{"train", "a.toml", "--threads", "5000"}, "from 0 to 4096"},
        WrongLine{{"train", "a.toml", "--backend", "gpu"},
                  "there is no backend 'gpu'; did you mean 'cpu'?"},
        WrongLine{{"evaluate", "a.toml", "--weight", "b.h5"}, "did you mean '--weights'?"}));

TEST(CommandLine, VersionNamesWhatThereIs) {
    for (const char* way : {"version", "--version"}) {
        const Outcome outcome = run_saltus({way});
        EXPECT_EQ(outcome.exit_code, 0);
        EXPECT_THAT(outcome.out, AllOf(StartsWith("saltus 0."), HasSubstr("backends: cpu"),
                                       HasSubstr("reference64"), HasSubstr("instruction set: "),
                                       HasSubstr("kernel cache: ")));
    }
}

TEST(CommandLine, MissingFilesAreTheUsersError) {
    for (const char* command : {"train", "evaluate", "explain", "gradcheck"}) {
        const Outcome outcome = run_saltus({command, "/nowhere/net.toml"});
        EXPECT_EQ(outcome.exit_code, 1);
        EXPECT_THAT(outcome.out, IsEmpty());
        EXPECT_THAT(outcome.err,
                    AllOf(StartsWith("saltus: error: "), HasSubstr("/nowhere/net.toml")));
        EXPECT_EQ(lines_of(outcome.err).size(), 1u);
    }
    const Outcome model = run_saltus({"evaluate", "/nowhere/model.h5"});
    EXPECT_EQ(model.exit_code, 1);
    EXPECT_THAT(model.err, HasSubstr("/nowhere/model.h5"));
}

}  // namespace
}  // namespace saltus
