#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using test::file_text;
using test::Ran;
using ::testing::HasSubstr;

/// Schemes of the user's own, as a user runs them.
class ExternalTest : public ::testing::Test {
  protected:
    ExternalTest() {
        test::write_recording(folder_ / "tiny.mkv",
                              {.size = {96, 70}, .times_ms = test::constant_rate(40, 10)});
    }
    Ran run(const std::string& schemes, const std::string& command, const std::string& out,
            const std::string& more = "") {
        return test::run_program(
            folder_.path(),
            fmt::format("--clip tiny.mkv --values qp=20,30,40 --weights 0.3,3 --preset veryfast "
                        "--trace t.trace --quiet --out {} --scheme {} --set "
                        "external.command='{}' {}",
                        out, schemes, command, more));
    }
    std::string segments(const std::string& out) {
        return file_text(folder_ / out / "segments.csv");
    }

    test::TempFolder folder_;
};

const std::string kBounded =
    "exec /usr/bin/python3 " ONEADAPT_SOURCE_DIR "/tools/external/bounded.py";

TEST_F(ExternalTest, TheBoundedUpdateRewrittenHasTheSameResultsByteForByte) {
    const Ran rewritten = run("external", kBounded, "mine", "--link 0.5 --jobs 2");
    ASSERT_EQ(rewritten.exit_code, 0) << rewritten.err;
    const Ran built_in = test::run_program(
        folder_.path(),
        "--clip tiny.mkv --values qp=20,30,40 --weights 0.3,3 --preset veryfast --trace t.trace "
        "--quiet --out its --scheme oneadapt-bounded --link 0.5");
    ASSERT_EQ(built_in.exit_code, 0) << built_in.err;
    const std::string mine =
        std::regex_replace(segments("mine"), std::regex(",external,"), ",oneadapt-bounded,");
    EXPECT_EQ(mine, segments("its"));
    EXPECT_THAT(mine, HasSubstr("tiny,oneadapt-bounded,3,3,qp="));
    const auto manifest = nlohmann::json::parse(file_text(folder_ / "mine" / "manifest.json"));
    EXPECT_EQ(manifest["spec"]["settings"]["external"]["command"], kBounded);
    const Ran again = test::run_program(
        folder_.path(), "run mine/manifest.json --out again --trace t.trace --quiet --offline");
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(segments("again"), segments("mine"));
}

/// For constraints: the offline profile, deadlines, frames on their own and stopped DNNs.
TEST_F(ExternalTest, ARivalOfAlertRewrittenHasTheSameResultsByteForByte) {
    test::write_text(folder_ / "known.csv",
                     "dnn,score,accuracy\nstreet-m,reference,1\nstreet-s,reference,0.9\n"
                     "street-n,reference,0.8\n");
    const std::string common =
        "--clip tiny.mkv --knob model,power --profile laptop --preset veryfast --trace t.trace "
        "--quiet --goal min-energy --min-accuracy 0.8 --deadline-ms 5,1500 --environment memory "
        "--accuracies known.csv ";
    const Ran rewritten = test::run_program(
        folder_.path(),
        common + "--out mine --scheme external --set external.command='exec /usr/bin/python3 " +
            ONEADAPT_SOURCE_DIR + "/tools/external/race.py'");
    ASSERT_EQ(rewritten.exit_code, 0) << rewritten.err;
    const Ran built_in =
        test::run_program(folder_.path(), common + "--out its --scheme race-to-idle");
    ASSERT_EQ(built_in.exit_code, 0) << built_in.err;
    const std::string mine =
        std::regex_replace(segments("mine"), std::regex(",external,"), ",race-to-idle,");
    EXPECT_EQ(mine, segments("its"));
    EXPECT_THAT(mine, HasSubstr("tiny,race-to-idle,,3,\"model=m,power=45\","));
}

TEST_F(ExternalTest, AFaultEndsItsOwnCellsAlone) {
    ASSERT_EQ(run("static,external", "echo tired >&2; exit 4", "out").exit_code, 3);
    const std::string rows = segments("out");
    EXPECT_THAT(rows, HasSubstr("error: program 'echo tired >&2; exit 4'"));
    EXPECT_THAT(rows, HasSubstr("ended with exit code 4, saying: tired"));
    for (const char* qp : {"20", "30", "40"}) {
        for (int segment = 0; segment < 4; ++segment) {
            EXPECT_THAT(rows, HasSubstr(fmt::format("tiny,static,,{},qp={},", segment, qp)));
        }
    }
}

TEST_F(ExternalTest, NeedsACommand) {
    const Ran ran = test::run_program(folder_.path(), "--clip tiny.mkv --scheme external");
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_THAT(ran.err, HasSubstr("--set external.command: is missing"));
}

TEST_F(ExternalTest, CtrlCEndsTheProgramsToo) {
    const pid_t child = fork();
    if (child == 0) {
        std::filesystem::current_path(folder_.path());
        execl(ONEADAPT_BINARY_DIR "/oneadapt-sim", "oneadapt-sim", "--clip", "tiny.mkv", "--quiet",
              "--scheme", "external", "--set",
              "external.command=echo $$ >pid; while true; do sleep 1; done", nullptr);
        _exit(127);
    }
    pid_t program = 0;
    while (program == 0) {
        std::istringstream(file_text(folder_ / "pid")) >> program;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    const auto pressed = std::chrono::steady_clock::now();
    kill(child, SIGINT);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 130);
    EXPECT_LT(std::chrono::steady_clock::now() - pressed, std::chrono::seconds(2));
    EXPECT_EQ(kill(program, 0), -1) << "still there";
}

}  // namespace
}  // namespace oneadapt
