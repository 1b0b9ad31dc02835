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

class CocoCommandTest : public ::testing::Test {
  protected:
    CocoCommandTest() {
        test::write_recording(folder_ / "tiny.mkv",
                              {.size = {96, 70}, .times_ms = test::constant_rate(20, 10)});
    }
    Ran run(const std::string& arguments) {
        return test::run_program(folder_.path(), arguments + " --trace t.trace --quiet");
    }

    test::TempFolder folder_;
};

TEST_F(CocoCommandTest, WritesAndScoresWhatARunsUsersSaw) {
    ASSERT_EQ(run("--clip tiny.mkv --values qp=20,40 --scheme static,oneadapt --weights 1 "
                  "--preset veryfast --out mine")
                  .exit_code,
              0);
    const Ran coco = run("coco mine --out boxes --offline");
    ASSERT_EQ(coco.exit_code, 0) << coco.err;
    const auto right = nlohmann::json::parse(file_text(folder_ / "boxes" / "annotations.json"));
    EXPECT_EQ(right["images"].size(), 20U);
    ASSERT_GT(right["annotations"].size(), 0U);
    // What the annotations are made of finds all of them, best first.
    const std::string precision = file_text(folder_ / "boxes" / "average_precision.csv");
    EXPECT_THAT(precision, HasSubstr("\nstatic,,qp=20,1,1\n"));
    EXPECT_THAT(precision, HasSubstr("\noneadapt,1,,"));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "boxes" / "oneadapt-1" / "detections.json"));
}

TEST_F(CocoCommandTest, IsForBoxes) {
    EXPECT_EQ(run("coco nowhere --out boxes").exit_code, 3);
    EXPECT_EQ(run("coco mine").exit_code, 2);
}

}  // namespace
}  // namespace oneadapt
