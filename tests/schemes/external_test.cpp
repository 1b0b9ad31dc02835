#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemes/stage.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using test::Stage;
using ::testing::HasSubstr;

const std::string kTools = ONEADAPT_SOURCE_DIR "/tools/external";

/// An external scheme in Python, as a user writes it.
std::string python(const test::TempFolder& folder, const std::string& text) {
    std::ofstream(folder / "mine.py") << "import oneadapt_scheme as oa\n" << text;
    return fmt::format("PYTHONPATH={} exec /usr/bin/python3 {}", kTools,
                       (folder / "mine.py").string());
}

/// A program of the shell that says these lines, each after it was told one.
std::string says(const std::vector<std::string>& lines) {
    std::string script;
    for (const std::string& line : lines) script += "read x; echo '" + line + "'; ";
    return script + "read x";
}

const std::string kReady = R"({"type": "ready", "protocol": 1})";

bool has_children() {
    return waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD;
}

void expect_same(const std::vector<Stage::Played>& a, const std::vector<Stage::Played>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].configuration.text(), b[i].configuration.text()) << i;
        EXPECT_EQ(a[i].ledger, b[i].ledger) << i;
        EXPECT_EQ(a[i].accuracy, b[i].accuracy) << i;
        EXPECT_EQ(a[i].delay, b[i].delay) << i;
        ASSERT_EQ(a[i].notes.size(), b[i].notes.size()) << i;
        for (std::size_t n = 0; n < a[i].notes.size(); ++n) {
            EXPECT_EQ(a[i].notes[n].estimate, b[i].notes[n].estimate) << i;
            EXPECT_EQ(a[i].notes[n].dearer, b[i].notes[n].dearer) << i;
        }
    }
}

TEST(External, TheBoundedUpdateRewrittenIsTheBuiltInOne) {
    for (const auto& [knobs, prices] :
         {std::pair(std::vector<std::string>{"qp"}, Prices{}),
          std::pair(std::vector<std::string>{"qp", "resolution"}, Prices::of_gpu_share(0.3))}) {
        Stage stage(12, knobs, {}, prices);
        for (const double weight : {0.1, 2.0}) {
            const auto rewritten =
                stage.play("external", weight,
                           {{"command", "exec /usr/bin/python3 " + kTools + "/bounded.py"}});
            expect_same(rewritten, stage.play("oneadapt-bounded", weight));
        }
    }
    EXPECT_FALSE(has_children());
}

TEST(External, TheBanditFindsAGoodConfigurationAndIsTheSameTwice) {
    Stage stage(60);
    const std::map<std::string, std::string> settings = {
        {"command", "exec /usr/bin/python3 " + kTools + "/bandit.py 0.3"}};
    const auto played = stage.play("external", 2, settings);
    expect_same(played, stage.play("external", 2, settings));
    const auto reference = stage.play("static", 2, {}, stage.space().reference());
    EXPECT_GT(Stage::objective(played, 2), Stage::objective(reference, 2));
}

/// Two passes as DDS makes them, with an output of its own, a message and a wait.
TEST(External, DoesWhatTheTestbedDoes) {
    const test::TempFolder folder;
    Stage stage(2);
    const auto played = stage.play("external", 1, {{"command", python(folder, R"(
class TwoPasses(oa.Scheme):
    def play(self, testbed):
        camera, link, server = testbed.camera, testbed.link, testbed.server
        camera.wait_for(testbed.segment.frames - 1)
        assert camera.now() == testbed.segment.start + testbed.segment.duration
        cheap = link.up(camera.encode({"qp": 38}))
        first = server.infer(cheap)
        seen = server.read(first)
        assert len(seen.frames) == testbed.segment.frames
        assert server.arrived(first)
        asked = link.down(server.make([0, 1]), 3)
        assert not camera.arrived(asked)
        regions = camera.read(asked).value
        better = link.up(camera.encode({"qp": 20}, only=regions))
        second = server.infer(server.paste(cheap, better), until=server.now() + 1e3)
        merged = server.output([{"boxes": frame["boxes"]} for frame in server.read(second).frames])
        link.pad(7)
        testbed.note("qp", {"qp": 20}, {"qp": 38}, 0.5)
        assert camera.demand({"qp": 38})["uplink_bytes"] == camera.read(camera.encode({"qp": 38})).bytes
        return oa.Delivery("two passes", frames=[(0, merged, 0), (1, first, 1)])
oa.run(TwoPasses)
)")}});
    const Ledger& paid = played[0].ledger;
    EXPECT_EQ(paid.camera_encodes, 20);
    EXPECT_EQ(paid.forward_frames, 20);
    EXPECT_EQ(paid.downlink_bytes, 3);
    EXPECT_EQ(paid.uplink_bytes, 7 + stage.encoding(0, Configuration::parse("qp=38"))->bytes +
                                     stage.encoding(0, Configuration::parse("qp=20"))->bytes);
    EXPECT_EQ(played[0].notes.size(), 1U);
    EXPECT_GT(played[0].delay->value, 0);
}

TEST(External, TileMapsAreNumbers) {
    const test::TempFolder folder;
    Stage stage(1);
    stage.play("external", 1, {{"command", python(folder, R"(
class Maps(oa.ConfigurationScheme):
    def decide(self, testbed):
        return {"qp": 30}
    def learn(self, testbed, played):
        saliency = testbed.server.read(testbed.server.gradient(played.received)).saliency
        difference = testbed.camera.read(played.footage).difference
        for each in saliency, difference:
            tiles = each.tiles()
            assert tiles.shape == (each.rows, each.columns) and tiles.any()
            assert abs(tiles.mean() - each.mean()) < 1e-6 * each.mean()
        product = (saliency.tiles() * difference.tiles()).mean()
        assert abs(saliency.mean_product(difference) - product) < 1e-6 * product
oa.run(Maps)
)")}});
}

struct Faulty {
    const char* name;
    std::string command;
    const char* message;
    const char* limit = "20";
};

class ExternalFault : public ::testing::TestWithParam<Faulty> {};

TEST_P(ExternalFault, IsAnErrorOfTheCellAndLeavesNothing) {
    Stage stage(2);
    const auto start = std::chrono::steady_clock::now();
    try {
        stage.play("external", 1,
                   {{"command", GetParam().command}, {"limit", GetParam().limit}, {"acts", "3"}});
        FAIL() << "plays on";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
        EXPECT_THAT(error.what(), HasSubstr("program '"));
    }
    EXPECT_FALSE(has_children());
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

const std::string kEncode = R"({"act": "encode", "configuration": {"qp": 30}})";

INSTANTIATE_TEST_SUITE_P(
    All, ExternalFault,
    ::testing::Values(
        Faulty{"Dies", "exit 3", "ended with exit code 3"},
        Faulty{"Complains", "echo no such thing >&2; exit 1", "saying: no such thing"},
        Faulty{"IsNotThere", "oneadapt-no-such-program", "ended with exit code 127"},
        Faulty{"IsKilled", "kill -9 $$", "was ended by signal 9"},
        Faulty{"Hangs", "sleep 1000", "has not answered within 0.2 s", "0.2"},
        Faulty{"HangsAfterItsStart", says({kReady}) + "; sleep 1000", "has not answered", "0.3"},
        Faulty{"LeavesAChildBehind", "sleep 1000 & exit 0", "has not answered", "0.3"},
        Faulty{"FallsSilent", "exec >&-; sleep 1000", "has closed its standard output"},
        Faulty{"TalksNonsense", says({"hello"}), "is not JSON"},
        Faulty{"TalksTooMuch", "read x; printf '" + kReady + "\\n{}\\n'; read x; sleep 1000",
               "says more than one line"},
        Faulty{"SpeaksAnotherVersion", says({R"({"type": "ready", "protocol": 9})"}),
               "9 is not spoken here"},
        Faulty{"AsksForAnUnknownAct", says({kReady, R"({"act": "dance"})"}),
               "choose from deliver, encode, "},
        Faulty{"AsksForNoAct", says({kReady, "{}"}), "lacks the key 'act'"},
        Faulty{"HasAnUnknownKey", says({kReady, R"({"act": "read", "off": 1})"}),
               "unknown key 'off'"},
        Faulty{"AsksForAnUnknownConfiguration",
               says({kReady, R"({"act": "encode", "configuration": {"qp": 31.5}})"}),
               "31.5 is not a value of the knob; choose from 20, "},
        Faulty{"LeavesAKnobOut", says({kReady, R"({"act": "encode", "configuration": {}})"}),
               "lacks the key 'qp'"},
        Faulty{"NamesNothing", says({kReady, R"({"act": "up", "of": 7})"}),
               "7 is the handle of nothing"},
        Faulty{"SendsWhatIsOnTheServer",
               says({kReady, kEncode, R"({"act": "up", "of": 1})", R"({"act": "up", "of": 2})"}),
               "is on the server"},
        Faulty{
            "DifferentiatesTooEarly",
            says({kReady, kEncode, R"({"act": "up", "of": 1})", R"({"act": "gradient", "of": 2})"}),
            "gradient of what was never inferred"},
        Faulty{"DeliversWhatIsNoOutput",
               says({kReady, kEncode, R"({"act": "deliver", "of": 1, "played": "x"})"}),
               "is no output"},
        Faulty{"NeverDelivers", says({kReady, kEncode, kEncode, kEncode}),
               "deliver after at most 3 acts"},
        Faulty{"DiesLater", says({kReady, R"({"act": "deliver", "played": "none"})"}),
               "ended with exit code 0"},
        Faulty{"WantsInfinity", says({kReady, R"({"act": "pad", "bytes": 1e999})"}),
               "number overflow"}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(External, NeedsACommand) {
    const SchemeKind& kind = find_scheme("external");
    EXPECT_THROW(Parameters("external", kind.parameters, {}), UsageError);
    EXPECT_FALSE(kind.by_default);
}

}  // namespace
}  // namespace oneadapt
