#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;
using test::file_text;
using test::Ran;
using ::testing::HasSubstr;

/// What helps to set up a study and a shell.
class SetupTest : public ::testing::Test {
  protected:
    Ran run(const std::string& arguments) { return test::run_program(folder_.path(), arguments); }
    /// What bash offers behind a line.
    std::string completed(const std::string& words, int current) {
        std::ofstream(folder_ / "ask.sh")
            << "source <(" ONEADAPT_BINARY_DIR "/oneadapt-sim completion bash)\n"
            << "COMP_WORDS=(" << words << ") COMP_CWORD=" << current
            << "\n_oneadapt_sim\necho \"${COMPREPLY[*]}\"\n";
        return test::run_program(folder_.path(), "ask.sh", ">.stdout 2>.stderr </dev/null", "bash")
            .out;
    }

    test::TempFolder folder_;
};

TEST_F(SetupTest, AStudyCanBeSweptAtOnce) {
    const Ran ran = run("init mine");
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_TRUE(fs::exists(folder_ / "mine/README.md"));
    const Ran dry = test::run_program(folder_ / "mine", "sweep experiments/first.json --dry-run");
    EXPECT_EQ(dry.exit_code, 0) << dry.err;
    EXPECT_THAT(dry.out, HasSubstr("link=4: missing"));
    const Ran again = run("init mine");
    EXPECT_EQ(again.exit_code, 6);
    EXPECT_THAT(again.err, HasSubstr("mine: is there and not empty"));
}

TEST_F(SetupTest, BashCompletesCommandsAndOptions) {
    EXPECT_EQ(completed("oneadapt-sim sw", 1), "sweep\n");
    EXPECT_EQ(completed("oneadapt-sim sweep --sh", 2), "--shard\n");
    EXPECT_EQ(completed("oneadapt-sim model ch", 2), "check\n");
    EXPECT_EQ(completed("oneadapt-sim model check --side", 3), "--sidecar\n");
    EXPECT_EQ(completed("oneadapt-sim --weight", 1), "--weights --weight-gpu\n");
}

TEST_F(SetupTest, CompletesTheNamesThatValuesAreChosenFrom) {
    EXPECT_EQ(completed("oneadapt-sim --scheme oneadapt-", 2), "oneadapt-bounded\n");
    EXPECT_EQ(completed("oneadapt-sim --scheme static,oracle-s", 2), "static,oracle-static\n");
    EXPECT_EQ(completed("oneadapt-sim --task tr", 2), "transcribe\n");
    EXPECT_EQ(completed("oneadapt-sim record --knob macro", 3), "macroblock\n");
    EXPECT_EQ(completed("oneadapt-sim --environment mem", 2), "memory\n");
    EXPECT_EQ(completed("oneadapt-sim export folder --as co", 4), "compressai coco\n");
    EXPECT_EQ(completed("oneadapt-sim --model ", 2), "\n") << "a file, which the shell completes";
    EXPECT_THAT(run("completion zsh").out, HasSubstr(":value:_values -s , value oneadapt "));
    EXPECT_THAT(run("completion fish").out, HasSubstr("-a '(__fish_append , oneadapt "));
}

TEST_F(SetupTest, EveryShellAndTheManualHaveEveryOption) {
    for (const char* command : {"completion bash", "completion zsh", "completion fish", "manual"}) {
        const Ran ran = run(command);
        EXPECT_EQ(ran.exit_code, 0);
        for (const char* option : {"knob", "weight", "shard", "array"}) {
            EXPECT_THAT(ran.out, HasSubstr(option)) << command;
        }
    }
    const Ran other = run("completion tcsh");
    EXPECT_EQ(other.exit_code, 2);
    EXPECT_THAT(other.err, HasSubstr("choose from bash, zsh, fish"));
}

TEST_F(SetupTest, TheManualIsRoff) {
    const Ran ran = run("manual");
    EXPECT_THAT(ran.out, ::testing::StartsWith(".TH ONEADAPT\\-SIM 1"));
    EXPECT_THAT(ran.out, HasSubstr(".SS \"oneadapt\\-sim sweep\"\n"));
    EXPECT_THAT(ran.out, HasSubstr(".B \\-\\-shard \\fIVALUE\\fR\n"));
}

}  // namespace
}  // namespace oneadapt
