#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReportTest : public ::testing::Test {
  public:
    test::TempFolder folder;
    const std::string embedded = ONEADAPT_SOURCE_DIR "/results/embedded";

    test::Ran report(const std::string& arguments) const {
        return test::run_program(folder.path(), "report " + arguments);
    }
};

TEST_F(ReportTest, MakesOnePageOfSeveralFoldersAndTheSamePageAgain) {
    const test::Ran ran = report(embedded + " " + embedded + "/ --html two.html");
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(ran.out, "two.html\n");
    const std::string page = test::file_text(folder / "two.html");
    EXPECT_THAT(page, AllOf(HasSubstr("\"scheme\":\"oneadapt-bounded\""), HasSubstr("</html>")));
    EXPECT_EQ(report(embedded + " " + embedded + "/ --html again.html").exit_code, 0);
    EXPECT_EQ(test::file_text(folder / "again.html"), page);
}

TEST_F(ReportTest, SaysWhatIsMissingAndLeavesNoPage) {
    const test::Ran none = report("nowhere --html page.html");
    EXPECT_EQ(none.exit_code, 3);
    EXPECT_THAT(none.err, HasSubstr("nowhere/manifest.json"));
    EXPECT_FALSE(std::filesystem::exists(folder / "page.html"));
    EXPECT_EQ(report(embedded + " --html no/such/page.html").exit_code, 6);
    EXPECT_EQ(report(embedded).exit_code, 2);
    EXPECT_EQ(report("--html page.html").exit_code, 2);
    const test::Ran other = report(embedded + " --html notes.txt");
    EXPECT_EQ(other.exit_code, 2) << "what is no page is not written over";
    EXPECT_THAT(other.err, HasSubstr("ends with .html"));
    EXPECT_THAT(test::file_text(folder / "page.html"), IsEmpty());
}

}  // namespace
}  // namespace oneadapt
