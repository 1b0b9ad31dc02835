#include "dnn/check.hpp"
#include "dnn/model_fixture.hpp"

namespace oneadapt {
namespace {

using test::grey;
using test::ModelTest;
using test::quadrants;
using ::testing::Contains;
using ::testing::HasSubstr;

/// Of an anytime model of three exits.
class AnytimeTest : public ModelTest {
  protected:
    AnytimeTest() { sidecar.exits = 3; }

    /// kAnytimeModel with one part of its source in place of another.
    static std::string with(const std::string& part, const std::string& other,
                            std::string source = test::kAnytimeModel) {
        return source.replace(source.find(part), part.size(), other);
    }
    std::string problem(const std::string& source) const {
        test::save_module(file, source);
        const ModelCheck check = check_model(file, sidecar, "cpu", nullptr);
        EXPECT_FALSE(check.ok);
        return check.lines.back();
    }
};

TEST_F(AnytimeTest, EachExitSaysWhatItReached) {
    const auto model = load(test::kAnytimeModel);
    const cv::Mat picture = quadrants(16, 220, 220, 16);
    for (const int exit : {1, 2, 3, 0}) {
        const auto found = model->infer({picture, picture}, exit);
        ASSERT_EQ(found.size(), 2U);
        EXPECT_EQ(found[0], found[1]);
        ASSERT_EQ(found[0].detections.size(), 2U);
        const double share = exit == 0 ? 1 : exit / 3.0;
        EXPECT_NEAR(found[0].detections[0].score, share * grey(220), 1e-5) << exit;
    }
}

TEST_F(AnytimeTest, AnExitCostsTheStagesUpToIt) {
    const auto model = load(test::kAnytimeModel);
    const double tiles = 6;
    for (const int exit : {1, 2, 3}) {
        const double products = tiles * (3 * 16 * 16 + exit - 1);
        EXPECT_NEAR(model->gflop({48, 32}, exit), 2e-9 * products, 1e-15) << exit;
    }
    EXPECT_EQ(model->gflop({48, 32}), model->gflop({48, 32}, 3));
}

TEST_F(AnytimeTest, EachExitHasAGradient) {
    const auto model = load(test::kAnytimeModel);
    const cv::Mat picture = quadrants(140, 140, 140, 140);
    for (const int exit : {1, 2, 3}) {
        const double score = exit / 3.0 * grey(140);
        const double sigmoid = 1.0 / (1.0 + std::exp(-20.0 * (score - 0.5)));
        const auto [utility, saliency] = model->gradient(picture, 0.05, exit);
        EXPECT_NEAR(utility, 4 * sigmoid, 1e-5);
        const double slope = 20.0 * sigmoid * (1.0 - sigmoid) / 256.0 * exit / 3.0;
        EXPECT_NEAR(saliency.at<float>(1, 0), slope, 1e-6) << exit;
    }
}

TEST_F(AnytimeTest, CheckTriesEveryExit) {
    test::save_module(file, test::kAnytimeModel);
    const ModelCheck check = check_model(file, sidecar, "cpu", nullptr);
    EXPECT_TRUE(check.ok) << check.lines.back();
    for (const char* exit : {"exit 1: (Tensor[1,", "exit 2: (Tensor[1,", "exit 3: (Tensor[1,"}) {
        EXPECT_THAT(check.lines, Contains(HasSubstr(exit)));
    }
}

TEST_F(AnytimeTest, CheckSaysWhatIsWrongWithExits) {
    EXPECT_THAT(problem(with("return [third, third]", "return [third, third, state[0]]")),
                HasSubstr("stage 1 leaves the input to the next, which starts anew"));
    const std::string views = with("torch.cat([means, torch.zeros_like(means)], 2)", "means");
    EXPECT_THAT(problem(with("sum = state[1] +", "sum = state[1].mul_(0.5) +", views)),
                HasSubstr("exit 1 says something else when the DNN goes on"));
    EXPECT_THAT(problem(with("    state, output = self.stage(3, state)\n", "")),
                HasSubstr("forward() differs from the last exit"));
    EXPECT_THAT(problem(with("state[1] + torch.conv2d(state[0], torch.ones([1, 1, 1, 1]))",
                             "state[1] + state[0]")),
                HasSubstr("exit 2 takes no more work than the one before it"));
}

TEST_F(AnytimeTest, WithoutStagesItIsNone) {
    refuses(test::kTileMeanModel, "has no stage(), and no early exits");
    refuses(
        std::string(test::kTileMeanModel) +
            "\ndef stage(self, k: int, x: Tensor) -> Tensor:\n    return x\n",
        "has a stage() that is not (k: int, state: List[Tensor]) -> Tuple[List[Tensor], output]");
}

TEST(ShippedAnytimeModels, KeepTheContract) {
    for (const char* name : {"street-anytime", "segment-anytime", "speech-anytime"}) {
        const auto file = std::filesystem::path(ONEADAPT_SOURCE_DIR) / "datasets" / "models" /
                          (std::string(name) + ".pt");
        const Sidecar sidecar = load_sidecar(sidecar_path(file));
        EXPECT_GE(sidecar.exits, 4) << name;
        const ModelCheck check = check_model(file, sidecar, "cpu", nullptr);
        EXPECT_TRUE(check.ok) << name << ": " << check.lines.back();
    }
}

}  // namespace
}  // namespace oneadapt
