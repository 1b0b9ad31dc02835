#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;
using test::file_text;
using test::Ran;
using ::testing::HasSubstr;
using ::testing::Not;

/// Sweeps handed to a stand-in for Slurm, which notes how it is called. tests/slurm has the real
/// one.
class SubmitTest : public ::testing::Test {
  protected:
    SubmitTest() {
        test::write_text(folder_ / "spec.json", R"({"name": "rates", "axes": [{"link": [1, 2]}]})");
    }
    Ran submit(const std::string& options, const std::string& sbatch) {
        fs::create_directories(folder_ / "bin");
        test::write_text(folder_ / "bin/sbatch",
                         "#!/bin/sh\necho sbatch \"$@\" >> calls\n" + sbatch);
        test::write_text(folder_ / "bin/scancel", "#!/bin/sh\necho scancel \"$@\" >> calls\n");
        for (const char* tool : {"bin/sbatch", "bin/scancel"}) {
            fs::permissions(folder_ / tool, fs::perms::owner_all);
        }
        test::write_text(folder_ / "submit.sh",
                         "#!/bin/sh\nPATH=$PWD/bin:$PATH exec " ONEADAPT_BINARY_DIR
                         "/oneadapt-sim submit spec.json \"$@\"\n");
        fs::permissions(folder_ / "submit.sh", fs::perms::owner_all);
        return test::run_program(folder_.path(), options, ">.stdout 2>.stderr </dev/null",
                                 folder_ / "submit.sh");
    }
    std::string script(const std::string& name) {
        return file_text(folder_ / "results/runs/rates/slurm" / name);
    }

    test::TempFolder folder_;
};

const std::string kTakes = "test -e n || echo 0 > n\nn=$(($(cat n) + 1))\necho $n > n\necho $n\n";

TEST_F(SubmitTest, EachStageFollowsTheOneBefore) {
    const Ran ran =
        submit("--array 4 --cpus 2 --partition long --time 2:00:00 --account lab", kTakes);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(ran.out, "record 1\nmerge 2\nsweep 3\ncollect 4\n");
    const std::string scripts = "results/runs/rates/slurm/";
    EXPECT_EQ(file_text(folder_ / "calls"),
              fmt::format("sbatch --parsable {0}record.sh\n"
                          "sbatch --parsable --dependency=afterany:1 {0}merge.sh\n"
                          "sbatch --parsable --dependency=afterany:2 {0}sweep.sh\n"
                          "sbatch --parsable --dependency=afterany:3 {0}collect.sh\n",
                          scripts));
    for (const char* name : {"record.sh", "merge.sh", "sweep.sh", "collect.sh"}) {
        const std::string text = script(name);
        EXPECT_THAT(text, HasSubstr("#SBATCH --partition=\"long\"\n")) << name;
        EXPECT_THAT(text, HasSubstr("#SBATCH --time=\"2:00:00\"\n")) << name;
        EXPECT_THAT(text, HasSubstr("#SBATCH --account=\"lab\"\n")) << name;
        EXPECT_THAT(text, HasSubstr("#SBATCH --requeue\n")) << name;
    }
    EXPECT_THAT(script("record.sh"), HasSubstr("#SBATCH --array=\"0-3\"\n"));
    EXPECT_THAT(script("record.sh"),
                HasSubstr("sweep 'spec.json' --record --quiet --jobs 2 --shard "
                          "\"$SLURM_ARRAY_TASK_ID/4\" --trace "
                          "'results/runs/rates/slurm/shard-'\"$SLURM_ARRAY_TASK_ID.trace\"\n"));
    EXPECT_THAT(script("merge.sh"), Not(HasSubstr("--array")));
}

TEST_F(SubmitTest, JobsOfARefusedSweepAreCancelled) {
    const Ran ran = submit("--array 2", kTakes + "test $n -lt 3\n");
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_THAT(ran.err, HasSubstr("sbatch: did not take the job 'sweep'"));
    EXPECT_THAT(file_text(folder_ / "calls"), HasSubstr("scancel 1 2\n"));
}

TEST_F(SubmitTest, ADryRunOnlyWritesTheScripts) {
    const Ran ran = submit("--array 2 --dry-run", kTakes);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_FALSE(fs::exists(folder_ / "calls"));
    EXPECT_THAT(script("sweep.sh"), HasSubstr("--offline"));
}

TEST_F(SubmitTest, WhatIsPassedOnBreaksNoScript) {
    for (const char* option : {"partition", "time", "account"}) {
        for (const char* value : {"\"$(printf 'long\\n#')\"", "'a\"b'", "''"}) {
            const Ran ran =
                submit(fmt::format("--array 2 --dry-run --{} {}", option, value), kTakes);
            EXPECT_EQ(ran.exit_code, 2) << option << value;
            EXPECT_THAT(ran.err, HasSubstr("must be some text on one line, without quotes"));
        }
    }
}

}  // namespace
}  // namespace oneadapt
