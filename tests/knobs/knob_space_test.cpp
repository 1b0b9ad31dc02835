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

TEST(Configuration, SpellsWhatDiffersByRegionAsRuns) {
    Configuration configuration;
    configuration.set_regions("macroblock", {24, 24, 24, 36, 24.5, 24.5});
    EXPECT_EQ(configuration.text(), "macroblock=24x3:36:24.5x2");
    EXPECT_EQ(Configuration::parse(configuration.text()), configuration);
    EXPECT_EQ(Configuration::parse("macroblock=24:24x2:36x1:24.5:24.5"), configuration);
    EXPECT_DOUBLE_EQ(configuration.get("macroblock", 0), (3 * 24 + 36 + 2 * 24.5) / 6);
    EXPECT_EQ(configuration.values().at("macroblock").size(), 6U);
}

TEST(Configuration, EqualRegionsAreOneValue) {
    Configuration configuration;
    configuration.set_regions("macroblock", {24, 24, 24});
    EXPECT_EQ(configuration, Configuration::parse("macroblock=24"));
    EXPECT_EQ(configuration, Configuration::parse("macroblock=24x7:24"));
    EXPECT_EQ(configuration.text(), "macroblock=24");
    EXPECT_THROW(configuration.set_regions("macroblock", {}), std::logic_error);
}

TEST(Configuration, RefusesMalformedRuns) {
    for (const char* text : {"qp=30x", "qp=x3", "qp=30x0", "qp=30x-1", "qp=30x1.5", "qp=30x2000000",
                             "qp=30x1000000:31x1000000", "qp=30x1000000,macroblock=31x1000000",
                             "qp=30::31", "qp=30:a"}) {
        EXPECT_THROW(Configuration::parse(text), UsageError) << text;
    }
    EXPECT_THAT([] { Configuration::parse("qp=30x0:3"); },
                ThrowsMessage<UsageError>(HasSubstr("'30x0' is not a number of regions; write")));
}

TEST(KnobTable, ARegionalKnobReplacesTheOneItIsAFormOf) {
    EXPECT_TRUE(find_knob("macroblock").regional());
    EXPECT_FALSE(find_knob("qp").regional());
    EXPECT_NO_THROW(KnobSpace::from_names({"macroblock", "resolution"}, {}));
    EXPECT_THAT(
        [] {
            KnobSpace::from_names({"qp", "macroblock"}, {});
        },
        ThrowsMessage<UsageError>(HasSubstr("knobs macroblock and qp: both set qp")));
    EXPECT_THROW(KnobSpace::from_names({"lidar-tiles", "lidar-bits"}, {}), UsageError);
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

TEST(Configuration, SpellsNamedValuesByTheirNames) {
    const auto space = KnobSpace::from_names({"qp", "model"}, {});
    EXPECT_EQ(space.reference().text(), "model=m,qp=20");
    for (const Configuration& c : space.grid()) EXPECT_EQ(Configuration::parse(c.text()), c);
    EXPECT_EQ(chosen_dnn(Configuration::parse("qp=30,model=n")), "n");
    EXPECT_EQ(chosen_dnn(Configuration::parse("qp=30")), std::nullopt);
    for (const char* text : {"model=m:n", "model=", "model=a/b", "model=m n"}) {
        EXPECT_THAT([&] { Configuration::parse(text); },
                    ThrowsMessage<UsageError>(HasSubstr("is not a name; write letters, digits")))
            << text;
    }
    EXPECT_THAT(
        [] {
            KnobSpace::from_names({"model"}, {{"model", {"m", "n"}}})
                .indices(Configuration::parse("model=s"));
        },
        ThrowsMessage<UsageError>(HasSubstr("choose from m, n")));
    EXPECT_THAT(
        [] {
            KnobSpace::from_names({"model"}, {{"model", {"m", "n", "m"}}});
        },
        ThrowsMessage<UsageError>(HasSubstr("'m' is named twice; name each once")));
}

TEST(Configuration, TheCameraDoesNotSeeTheModel) {
    EXPECT_EQ(as_sent(Configuration::parse("model=n,qp=30")).text(), "qp=30");
    EXPECT_EQ(as_sent(Configuration::parse("qp=30")).text(), "qp=30");
    EXPECT_EQ(as_sent(Configuration::parse("model=n")), Configuration());
}

TEST(KnobSpace, NamesAreThoseOfTheRun) {
    const auto space = KnobSpace::from_names({"model"}, {{"model", {"x-large", "7b", "tiny.v2"}}});
    EXPECT_EQ(space.reference().text(), "model=x-large");
    for (const Configuration& c : space.grid()) {
        EXPECT_EQ(Configuration::parse(c.text()), c);
        EXPECT_EQ(space.at(space.indices(c)), c);
    }
}

TEST(KnobTable, ValuesAreNamesOrNumbersAndReadBack) {
    for (const KnobKind& kind : knob_table()) {
        for (const KnobValue& value : kind.values) {
            EXPECT_EQ(value.named(), kind.named()) << kind.name;
            EXPECT_EQ(parse_value(kind.name, value.text(), "test"), value) << kind.name;
        }
    }
}

TEST(KnobTable, KnobsSayWhichMachineTheyActOn) {
    EXPECT_EQ(find_knob("qp").acts_on, ActsOn::camera);
    EXPECT_EQ(find_knob("model").acts_on, ActsOn::server);
    EXPECT_EQ(knob_of({"qp", "model"}, ActsOn::server), &find_knob("model"));
    EXPECT_EQ(knob_of({"qp"}, ActsOn::server), nullptr);
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
