#include "run/clip_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(ClipNames, AreTheLastPartWithoutExtension) {
    EXPECT_THAT(clip_names({"street.mp4"}), ElementsAre("street"));
    EXPECT_THAT(clip_names({"/x/a.b.mkv", "../y"}), ElementsAre("a.b", "y"));
    EXPECT_THAT(clip_names({"a/", "b/", "c//", "d/.", "e/../f/"}),
                ElementsAre("a", "b", "c", "d", "f"));
}

TEST(ClipNames, ThatSeveralShareGrowUntilTheyDiffer) {
    EXPECT_THAT(clip_names({"cam.mp4", "cam.mkv"}), ElementsAre("cam.mp4", "cam.mkv"));
    EXPECT_THAT(clip_names({"north/cam.mp4", "south/cam.mp4", "roof.mp4"}),
                ElementsAre("north/cam", "south/cam", "roof"));
    EXPECT_THAT(clip_names({"1/x/cam/", "2/x/cam", "2/y/cam"}),
                ElementsAre("1/x/cam", "2/x/cam", "y/cam"));
    EXPECT_THAT(clip_names({"/cam.mp4", "/a/cam.mp4", "/a/cam.mkv"}),
                ElementsAre("/cam", "a/cam", "cam.mkv"));
}

TEST(ClipNames, AreRefusedForAClipGivenTwice) {
    for (const char* again : {"a/cam.mp4", "a//cam.mp4", "a/b/../cam.mp4"}) {
        EXPECT_THAT(
            [&] {
                clip_names({"a/cam.mp4", again});
            },
            ThrowsMessage<UsageError>(HasSubstr("is given already; name it once")));
    }
}

}  // namespace
}  // namespace oneadapt
