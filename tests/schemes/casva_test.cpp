#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnn/policy.hpp"
#include "schemes/stage.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using test::Stage;
using ::testing::HasSubstr;

const std::string kPpo = ONEADAPT_SOURCE_DIR "/tools/external/ppo.py";

class CasvaTest : public ::testing::Test {
  protected:
    /// Runs Python with `network`, an untrained one of tools/external/ppo.py, and a file name.
    std::string policy(const std::string& script) {
        const std::string command = fmt::format(
            "cd {} && PYTHONPATH={}/tools/external /usr/bin/python3 -c '"
            "import ppo, torch; network, _ = ppo.networks(5)\n{}'",
            folder_.path().string(), ONEADAPT_SOURCE_DIR, script);
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
        return (folder_ / "policy.pt").string();
    }
    /// One whose score is the position of the quantiser times `factor`.
    std::string of_quantiser(double factor) {
        return policy(
            fmt::format("line = torch.nn.Linear(ppo.INPUTS, 1); torch.nn.init.zeros_(line.weight)\n"
                        "line.weight.data[0, -3] = {}\n"
                        "torch.jit.trace(line, torch.zeros(1, ppo.INPUTS)).save(\"policy.pt\")",
                        factor));
    }

    test::TempFolder folder_;
};

void expect_equal(const std::vector<Stage::Played>& a, const std::vector<Stage::Played>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].configuration.text(), b[i].configuration.text()) << i;
        EXPECT_EQ(a[i].ledger, b[i].ledger) << i;
        EXPECT_EQ(a[i].delay, b[i].delay) << i;
    }
}

TEST_F(CasvaTest, PlaysWhatItsPolicyScoresHighestAndPaysForWhatItLooksAt) {
    Stage stage(3);
    const auto dear = stage.play("casva", 1, {{"policy", of_quantiser(1)}});
    const auto cheap = stage.play("casva", 1, {{"policy", of_quantiser(-1)}});
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(dear[i].configuration, stage.space().reference());
        EXPECT_EQ(cheap[i].configuration.get("qp", 0), 50);
        // It starts from the middle; from then on what it looks at is what it sends.
        EXPECT_EQ(dear[i].ledger.camera_encodes, i == 0 ? 20 : 10);
        EXPECT_EQ(dear[i].ledger.forward_frames, 10);
        EXPECT_EQ(dear[i].ledger.backward_frames, 0);
        EXPECT_EQ(dear[i].ledger.downlink_bytes, 0);
    }
}

TEST_F(CasvaTest, IsWhatItWasTrainedAs) {
    const std::string file = policy(
        "for layer in network[:-1:2]: torch.nn.init.normal_(layer.weight, std=0.7)\n"
        "ppo.save_layers(network, \"policy.npz\")\n"
        "torch.jit.trace(network, torch.zeros(1, ppo.INPUTS)).save(\"policy.pt\")");
    Environment environment;
    environment.uplink = Series::parse("0.05", uplink_series());
    Stage stage(8, {"qp", "resolution"}, environment);
    for (const double weight : {0.1, 3.0}) {
        const auto trained =
            stage.play("external", weight,
                       {{"command", fmt::format("exec /usr/bin/python3 {} --greedy --play {}", kPpo,
                                                (folder_ / "policy.npz").string())}});
        expect_equal(stage.play("casva", weight, {{"policy", file}}), trained);
    }
}

TEST_F(CasvaTest, TheAuthorsBaselineIsThePeriodicGridOfStrideTwo) {
    Stage stage(6, {"qp", "resolution"});
    expect_equal(stage.play("casva", 1, {{"variant", "oneadapt-paper"}}),
                 stage.play("awstream", 1, {{"variant", "oneadapt-paper"}, {"stride", "2"}}));
}

TEST_F(CasvaTest, RefusesWhatItHasNoPolicyFor) {
    Stage stage(1, {"macroblock"});
    EXPECT_THROW(stage.play("casva", 1), UsageError);
}

TEST_F(CasvaTest, APolicyThatIsNoneIsNamed) {
    Stage stage(1);
    EXPECT_THROW(stage.play("casva", 1, {{"policy", "nowhere.pt"}}), ModelError);
    const std::string narrow =
        policy("torch.jit.trace(torch.nn.Linear(2, 1), torch.zeros(1, 2)).save(\"policy.pt\")");
    try {
        stage.play("casva", 1, {{"policy", narrow}});
        FAIL();
    } catch (const ModelError& error) {
        EXPECT_THAT(error.what(), HasSubstr("policy.pt: cannot score rows of 26 numbers"));
    }
}

TEST_F(CasvaTest, ScoresAreThoseOfTheNetwork) {
    const std::string file = policy(
        "line = torch.nn.Linear(2, 1); line.weight.data[:] = torch.tensor([[2.0, -1.0]])\n"
        "line.bias.data[:] = 0.5\n"
        "torch.jit.trace(line, torch.zeros(1, 2)).save(\"policy.pt\")");
    const auto line = load_policy(file);
    const cv::Mat rows = (cv::Mat_<float>(2, 2) << 1, 2, 3, 4);
    EXPECT_EQ(load_policy(file), line) << "loaded once for all who hold it";
    EXPECT_THAT(line->scores(rows), ::testing::ElementsAre(0.5F, 2.5F));
}

}  // namespace
}  // namespace oneadapt
