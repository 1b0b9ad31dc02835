#include "knobs/knob_space.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Configuration, RoundTripsEveryConfigurationOfAGrid) {
    const auto space = KnobSpace::from_names({"qp", "resolution", "bframe-bias", "framerate"}, {});
    EXPECT_EQ(space.grid_size(), 11U * 7U * 5U * 4U);
    for (const Configuration& c : space.grid()) {
        EXPECT_EQ(Configuration::parse(c.text()), c);
        EXPECT_EQ(space.at(space.indices(c)), c);
    }
}

TEST(Configuration, HasOneSpelling) {
    EXPECT_EQ(Configuration::parse("resolution=0.670,qp=30.0").text(), "qp=30,resolution=0.67");
    EXPECT_EQ(Configuration::parse("").text(), "");
}

TEST(Configuration, RefusesMalformedText) {
    EXPECT_THAT([] { Configuration::parse("qp"); },
                ThrowsMessage<UsageError>(HasSubstr("'qp': is not knob=value")));
    EXPECT_THAT([] { Configuration::parse("qp=abc"); },
                ThrowsMessage<UsageError>(HasSubstr("'abc' is not a number")));
    EXPECT_THAT([] { Configuration::parse("qp=1,qp=2"); },
                ThrowsMessage<UsageError>(HasSubstr("given twice")));
    EXPECT_THROW(Configuration::parse("qp=inf"), UsageError);
    EXPECT_THROW(Configuration::parse("qp=30x"), UsageError);
}

TEST(KnobSpace, ReferenceIsTheMostExpensiveValueOfEachKnob) {
    const auto space = KnobSpace::from_names({"qp", "resolution"}, {});
    EXPECT_EQ(space.reference().text(), "qp=20,resolution=1");
    EXPECT_EQ(space.grid().front(), space.reference());
    EXPECT_DOUBLE_EQ(space.step(0), 0.1);
}

TEST(KnobSpace, RefusesWhatItDoesNotKnowAndListsWhatItDoes) {
    EXPECT_THAT([] { KnobSpace::from_names({"qq"}, {}); },
                ThrowsMessage<UsageError>(HasSubstr("qp, resolution, bframe-bias, framerate")));
    EXPECT_THAT(
        [] {
            KnobSpace::from_names({"qp"}, {{"qp", {30, 20}}});
        },
        ThrowsMessage<UsageError>(HasSubstr("ascending")));
    EXPECT_THAT(
        [] {
            KnobSpace::from_names({"qp"}, {{"qp", {20, 99}}});
        },
        ThrowsMessage<UsageError>(HasSubstr("99 is out of range")));
    EXPECT_THAT(
        [] {
            KnobSpace::from_names({"qp"}, {{"resolution", {1}}});
        },
        ThrowsMessage<UsageError>(HasSubstr("not in use")));
    EXPECT_THROW(KnobSpace::from_names({"qp", "qp"}, {}), UsageError);
    EXPECT_THROW(KnobSpace::from_names({"qp"}, {{"qp", {20.5}}}), UsageError);
}

}  // namespace
}  // namespace oneadapt
