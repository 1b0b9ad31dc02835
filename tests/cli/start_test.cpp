#include <chrono>
#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using test::Ran;
using ::testing::HasSubstr;

/// A copy of the program without the module with LibTorch, and without the programs that draw.
class StartTest : public ::testing::Test {
  protected:
    StartTest() {
        test::write_recording(folder_ / "tiny.mkv",
                              {.size = {96, 70}, .times_ms = test::constant_rate(24, 10)});
        std::filesystem::create_directory(folder_ / "alone");
        for (const char* file : {"oneadapt-sim", "liboneadapt-libav.so"}) {
            std::filesystem::copy_file(std::filesystem::path(ONEADAPT_BINARY_DIR) / file,
                                       folder_ / "alone" / file);
        }
    }

    Ran run_alone(const std::string& arguments) const {
        return test::run_program(folder_.path(), arguments, ">.stdout 2>.stderr </dev/null",
                                 (folder_ / "alone" / "oneadapt-sim").string());
    }

    std::string segments(const std::string& out) const {
        return test::file_text(folder_ / out / "segments.csv");
    }

    test::TempFolder folder_;
};

const std::string kRun = "--clip tiny.mkv --values qp=20,40 --trace t.trace --quiet --out ";

TEST_F(StartTest, ReplaysWithoutLibTorch) {
    const Ran cold = test::run_program(folder_.path(), kRun + "cold");
    ASSERT_EQ(cold.exit_code, 0) << cold.err;
    const Ran warm = run_alone(kRun + "warm");
    EXPECT_EQ(warm.exit_code, 0) << warm.err;
    const Ran offline = run_alone(kRun + "offline --offline");
    EXPECT_EQ(offline.exit_code, 0) << offline.err;
    EXPECT_FALSE(segments("cold").empty());
    EXPECT_EQ(segments("cold"), segments("warm"));
    EXPECT_EQ(segments("cold"), segments("offline"));
}

TEST_F(StartTest, AsksTheEncoderWhoItIsOnceForEachInstallation) {
    ASSERT_EQ(test::run_program(folder_.path(), kRun + "cold").exit_code, 0);
    const std::filesystem::path watched = folder_ / "watched";
    test::write_text(watched, fmt::format("#!/bin/sh\nLD_DEBUG=files exec '{}' \"$@\"\n",
                                          (folder_ / "alone" / "oneadapt-sim").string()));
    std::filesystem::permissions(watched, std::filesystem::perms::owner_all);
    const auto loads_modules = [&] {
        const Ran ran = test::run_program(folder_.path(), kRun + "warm",
                                          ">.stdout 2>.stderr </dev/null", watched.string());
        EXPECT_EQ(ran.exit_code, 0);
        EXPECT_THAT(ran.err, HasSubstr("libsqlite3"));
        EXPECT_TRUE(segments("cold") == segments("warm"));
        return ran.err.find("liboneadapt-") != std::string::npos;
    };
    EXPECT_TRUE(loads_modules()) << "the program lies elsewhere";
    EXPECT_FALSE(loads_modules());
    const auto module = folder_ / "alone" / "liboneadapt-libav.so";
    std::filesystem::last_write_time(
        module, std::filesystem::last_write_time(module) + std::chrono::seconds(1));
    EXPECT_TRUE(loads_modules()) << "the module was built anew";
    EXPECT_FALSE(loads_modules());
}

TEST_F(StartTest, LooksWithoutAnyModule) {
    std::filesystem::remove(folder_ / "alone" / "liboneadapt-libav.so");
    for (const char* arguments : {"--version", "--help", "list"}) {
        EXPECT_EQ(run_alone(arguments).exit_code, 0) << arguments;
    }
    const Ran ran = run_alone(kRun + "cold");
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_THAT(ran.err, HasSubstr("liboneadapt-libav.so: cannot be loaded"));
}

TEST_F(StartTest, SaysWhatIsMissingWhenADnnIsNeeded) {
    const Ran cold = run_alone(kRun + "cold");
    EXPECT_EQ(cold.exit_code, 1);
    EXPECT_THAT(cold.err, HasSubstr("alone/liboneadapt-torch.so: cannot be loaded"));
    EXPECT_THAT(cold.err, HasSubstr("No such file"));
    EXPECT_THAT(cold.err, HasSubstr("--target oneadapt-torch"));
    const Ran doctor = run_alone("doctor");
    EXPECT_EQ(doctor.exit_code, 1);
    EXPECT_THAT(doctor.out, HasSubstr("BAD  LibTorch"));
    EXPECT_THAT(doctor.out, HasSubstr("liboneadapt-torch.so: cannot be loaded"));
}

TEST_F(StartTest, RefusesAFileThatIsNoModule) {
    test::write_text(folder_ / "alone" / "liboneadapt-torch.so", "junk");
    const Ran cold = run_alone(kRun + "cold");
    EXPECT_EQ(cold.exit_code, 1);
    EXPECT_THAT(cold.err, HasSubstr("liboneadapt-torch.so: cannot be loaded"));
}

TEST_F(StartTest, RefusesAModuleOfAnotherBuild) {
    std::filesystem::copy_file(ONEADAPT_BINARY_DIR "/libother_module.so",
                               folder_ / "alone" / "liboneadapt-torch.so");
    const Ran cold = run_alone(kRun + "cold");
    EXPECT_EQ(cold.exit_code, 1);
    EXPECT_THAT(cold.err, HasSubstr("liboneadapt-torch.so: was built from other headers"));
}

TEST_F(StartTest, SaysWhatDrawsAMissingClip) {
    test::write_text(folder_ / "dataset.json", R"({"name": "drawn", "clips": [
        {"name": "corner", "file": "corner.mkv", "scene": "scene.json"}]})");
    const Ran ran = run_alone("--dataset dataset.json --quiet --out out");
    EXPECT_EQ(ran.exit_code, 3);
    EXPECT_THAT(ran.err, HasSubstr("alone/render-scene scene.json --sensor video"));
    EXPECT_THAT(ran.err, HasSubstr("--target scenes"));
}

}  // namespace
}  // namespace oneadapt
