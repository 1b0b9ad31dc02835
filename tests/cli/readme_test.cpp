#include <regex>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "codec/codec.hpp"
#include "dnn/task.hpp"
#include "knobs/knob_space.hpp"
#include "schemes/scheme.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;

const std::filesystem::path kRoot = ONEADAPT_SOURCE_DIR;

TEST(Readme, KnowsEveryTable) {
    const std::string text = test::file_text(kRoot / "README.md");
    for (const SchemeKind& kind : scheme_table()) {
        EXPECT_THAT(text, HasSubstr("| `" + kind.name + "` |"));
    }
    for (const KnobKind& kind : knob_table()) {
        EXPECT_THAT(text, HasSubstr("| `" + kind.name + "` |"));
        EXPECT_THAT(
            text, HasSubstr(fmt::format("| {} |\n", fmt::join(kind.spellings(kind.values), ", "))));
    }
    for (const CodecKind& kind : codec_table()) EXPECT_THAT(text, HasSubstr("`" + kind.name + "`"));
    for (const Task& task : task_table()) EXPECT_THAT(text, HasSubstr("`" + task.name + "`"));
}

TEST(Readme, NamesFilesThatExist) {
    const std::string text = test::file_text(kRoot / "README.md");
    const std::regex path(R"((src|tools|datasets|results/embedded|tests)/[\w./-]+\.\w+)");
    int count = 0;
    for (std::sregex_iterator at(text.begin(), text.end(), path), end; at != end; ++at, ++count) {
        if (at->str().starts_with("datasets/clips/")) continue;  // drawn on first use
        EXPECT_TRUE(std::filesystem::exists(kRoot / at->str())) << at->str();
    }
    EXPECT_GT(count, 10);
}

}  // namespace
}  // namespace oneadapt
