#include "dnn/model.hpp"

#include <cmath>
#include <fstream>
#include <functional>
#include <new>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "dnn/check.hpp"
#include "dnn/input.hpp"
#include "dnn/tiny_model.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr int kSide = 32;

/// Two convolutions and nonlinearities on the way to a score per tile: nothing is linear in it. All
/// channels weigh the same, so the sum of their gradients' sizes is the size of grey's.
constexpr const char* kDeepModel = R"(
def forward(self, x):
    a = torch.reshape(torch.sin(torch.arange(8 * 3 * 3)), [8, 1, 3, 3]).expand([8, 3, 3, 3])
    b = torch.reshape(torch.cos(torch.arange(8 * 3 * 3)), [1, 8, 3, 3])
    y = torch.tanh(torch.conv2d(x, a, padding=[1, 1]))
    y = torch.avg_pool2d(torch.conv2d(y, b, padding=[1, 1]), [8, 8])
    scores = torch.sigmoid(y.reshape([x.size(0), -1, 1]))
    n = scores.size(1)
    left = torch.arange(n).to(x.dtype) * 100
    boxes = torch.stack([left, left, left + 16, left + 16], 1)
    return boxes.unsqueeze(0).expand([x.size(0), n, 4]), scores
)";

/// What colour conversion makes of luma without chroma (BT.601, limited range).
double grey(int luma) {
    return std::round(255.0 / 219.0 * (luma - 16)) / 255.0;
}

/// The picture of a grey frame with a luma for each quadrant.
cv::Mat quadrants(int a, int b, int c, int d) {
    cv::Mat picture(kSide, kSide, CV_8UC3);
    const int half = kSide / 2;
    const auto fill = [&](int x, int y, int luma) {
        picture(cv::Rect(x, y, half, half)).setTo(cv::Scalar::all(255 * grey(luma)));
    };
    fill(0, 0, a);
    fill(half, 0, b);
    fill(0, half, c);
    fill(half, half, d);
    return picture;
}

cv::Mat noise(int width, int height, int seed) {
    cv::Mat picture(height, width, CV_8UC3);
    cv::RNG random(static_cast<std::uint64_t>(seed));
    random.fill(picture, cv::RNG::UNIFORM, 40, 220);
    return picture;
}

class ModelTest : public ::testing::Test {
  protected:
    std::unique_ptr<Model> load(const std::string& source) const {
        test::save_module(file, source);
        return load_model(file, sidecar, "cpu");
    }

    /// Expects a ModelError with that message from loading or running the model.
    void refuses(const std::string& source, const std::string& message) const {
        EXPECT_THAT([&] { load(source)->infer({quadrants(30, 30, 30, 30)}); },
                    ThrowsMessage<ModelError>(AllOf(HasSubstr("tiny.pt"), HasSubstr(message))));
    }

    /// A model in the convention boxes_scores that returns what the expression says for N = 2.
    static std::string returning(const std::string& expression) {
        return "def forward(self, x):\n    boxes = torch.ones([x.size(0), 2, 4])\n"
               "    scores = x.mean([1, 2, 3]).reshape([-1, 1, 1]).expand([x.size(0), 2, 2])\n"
               "    return " +
               expression + "\n";
    }

    test::TempFolder folder;
    std::filesystem::path file = folder / "tiny.pt";
    Sidecar sidecar = test::tile_mean_sidecar();
};

TEST_F(ModelTest, FindsTilesByTheirBrightnessBestFirst) {
    const auto model = load(test::kTileMeanModel);
    const auto outputs = model->infer({quadrants(16, 200, 100, 20), quadrants(16, 16, 16, 16)});
    ASSERT_EQ(outputs.size(), 2U);
    const auto& found = outputs[0].detections;
    ASSERT_EQ(found.size(), 2U) << "black and nearly black tiles are below the floor";
    const auto expect = [](const Detection& detection, float x, float y, int luma) {
        EXPECT_EQ(std::tie(detection.x1, detection.y1, detection.x2, detection.y2),
                  std::make_tuple(x, y, x + 16, y + 16));
        EXPECT_NEAR(detection.score, grey(luma), 1e-5);
        EXPECT_EQ(detection.label, 0);
    };
    expect(found[0], 16, 0, 200);
    expect(found[1], 0, 16, 100);
    EXPECT_TRUE(outputs[1].detections.empty());
}

TEST_F(ModelTest, ProposesWhatScoresAboveAFloorOfItsOwn) {
    const auto model = load(test::kTileMeanModel);
    const auto proposals = model->propose({quadrants(16, 200, 40, 20)}, 0.01);
    ASSERT_EQ(proposals.size(), 1U);
    EXPECT_TRUE(proposals[0].uncertainty.empty());
    const auto& boxes = proposals[0].boxes;
    ASSERT_EQ(boxes.size(), 3U) << "the nearly black tile too, and not the black one";
    EXPECT_NEAR(boxes[2].score, grey(20), 1e-5);
    EXPECT_EQ(model->propose({quadrants(16, 200, 40, 20)}, 0.1)[0].boxes.size(), 2U);
}

TEST_F(ModelTest, UncertaintyOfAClassMapIsOneMinusTheLeadOfTheLikeliestClass) {
    sidecar.task = "segment";
    sidecar.output = "class_scores";
    sidecar.classes = {{0, "dark"}, {1, "light"}};
    // Of two classes with logits 0 and g the lead is tanh(|g| / 2), a cell for 8x8 pixels.
    const auto model = load(
        "def forward(self, x):\n"
        "    g = 4 * torch.avg_pool2d(x, [8, 8]).mean(1, True)\n"
        "    return torch.cat([torch.zeros_like(g), g], 1)\n");
    const auto proposals = model->propose({quadrants(16, 200, 100, 20)}, 0.3);
    EXPECT_TRUE(proposals[0].boxes.empty());
    const cv::Mat& unsure = proposals[0].uncertainty;
    ASSERT_EQ(unsure.size(), cv::Size(2, 2));
    const std::array<int, 4> luma = {16, 200, 100, 20};
    for (int i = 0; i < 4; ++i) {
        const double lead = std::tanh(2 * grey(luma[static_cast<std::size_t>(i)]));
        EXPECT_NEAR(unsure.at<float>(i / 2, i % 2), 1 - lead, 1e-5) << i;
    }
}

TEST_F(ModelTest, UtilityAndGradientFollowTheClosedForm) {
    const auto model = load(test::kTileMeanModel);
    const auto [utility, saliency] = model->gradient(quadrants(16, 140, 120, 150), 0.45);
    ASSERT_EQ(saliency.size(), cv::Size(2, 2));
    ASSERT_EQ(saliency.type(), CV_32F);
    double expected = 0.0;
    const std::array<int, 4> luma = {16, 140, 120, 150};
    for (int i = 0; i < 4; ++i) {
        const double score = grey(luma[static_cast<std::size_t>(i)]);
        const double sigmoid = 1.0 / (1.0 + std::exp(-20.0 * (score - 0.5)));
        if (score > 0.45) expected += sigmoid;
        // Each of 256 pixels moves the mean by 1/256, whatever the channel.
        const double slope = score > 0.45 ? 20.0 * sigmoid * (1.0 - sigmoid) / 256.0 : 0.0;
        EXPECT_NEAR(saliency.at<float>(i / 2, i % 2), slope, 1e-6) << i;
    }
    EXPECT_NEAR(utility, expected, 1e-5);
}

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

TEST_F(ModelTest, GradientIsPerUnitOfAPixelWhateverTheRange) {
    const auto unit = load(test::kTileMeanModel)->gradient(quadrants(90, 140, 120, 150), 0.05);
    sidecar.range_low = -2.0;
    sidecar.range_high = 6.0;
    std::string shifted = test::kTileMeanModel;
    const std::string pool = "torch.avg_pool2d(x, [16, 16])";
    shifted.replace(shifted.find(pool), pool.size(), "torch.avg_pool2d((x + 2) / 8, [16, 16])");
    const auto wide = load(shifted)->gradient(quadrants(90, 140, 120, 150), 0.05);
    EXPECT_NEAR(wide.utility, unit.utility, 1e-5);
    EXPECT_LT(cv::norm(wide.saliency, unit.saliency, cv::NORM_INF), 1e-6);
}

TEST_F(ModelTest, GradientAgreesWithFiniteDifferences) {
    const auto model = load(kDeepModel);
    const cv::Mat picture = noise(48, 32, 3);
    const auto change = [&](int x, int y) {
        const auto utility = [&](double step) {
            cv::Mat moved = picture.clone();
            moved(cv::Rect(x, y, 1, 1)) += cv::Scalar::all(step);
            return model->gradient(moved, 0.0).utility;
        };
        return (utility(3) - utility(-3)) / (6 / 255.0);
    };
    double sum = 0.0;
    for (int y = 0; y < 16; ++y) {
        for (int x = 16; x < 32; ++x) sum += std::abs(change(x, y));
    }
    const double mean = model->gradient(picture, 0.0).saliency.at<float>(0, 1);
    EXPECT_GT(mean, 1e-3);
    EXPECT_NEAR(sum / 256.0, mean, 0.02 * mean);
}

TEST_F(ModelTest, AModelMayChangeItsInputInPlace) {
    const cv::Mat picture = quadrants(90, 140, 120, 150);
    const auto agree = [&](const std::string& source, const std::string& changed,
                           const std::string& change, const std::string& in_place) {
        const auto with = [&](const std::string& lines) {
            std::string text = source;
            return load(text.insert(text.find(changed), lines));
        };
        const auto wanted = with(change)->gradient(picture, 0.05);
        const auto model = with(in_place);
        const auto found = model->gradient(picture, 0.05);
        EXPECT_GT(wanted.saliency.at<float>(0, 1), 0.0F);
        EXPECT_EQ(found.utility, wanted.utility);
        EXPECT_EQ(cv::norm(found.saliency, wanted.saliency, cv::NORM_INF), 0.0);
        EXPECT_EQ(model->infer({picture, picture}), with(change)->infer({picture, picture}));
    };
    agree(test::kTileMeanModel, "    tiles", "    x = x * 0.75\n", "    x.mul_(0.75)\n");
    sidecar.output = "torchvision";
    agree(R"(
def forward(self, images: List[Tensor]):
    out: List[Dict[str, Tensor]] = []
    for x in images:
        out.append({"boxes": torch.tensor([[0.0, 0.0, 9.0, 9.0]]), "labels": torch.tensor([0]),
                    "scores": x.mean().reshape([1])})
    return out
)",
          "        out.append", "        x = x * 0.75\n", "        x.mul_(0.75)\n");
}

TEST_F(ModelTest, GradientIsZeroWhenNothingIsDetected) {
    const auto [utility, saliency] =
        load(test::kTileMeanModel)->gradient(quadrants(16, 16, 16, 16), 0.05);
    EXPECT_EQ(utility, 0.0);
    EXPECT_EQ(saliency.size(), cv::Size(2, 2));
    EXPECT_EQ(cv::countNonZero(saliency), 0);
}

TEST_F(ModelTest, EdgeTilesAreMeansOverThePixelsTheyHave) {
    sidecar.size_multiple = 8;
    const auto model = load(R"(
def forward(self, x):
    score = x.mean([1, 2, 3]).reshape([-1, 1, 1])
    boxes = torch.tensor([[[0.0, 0.0, 8.0, 8.0]]])
    return boxes, score
)");
    const cv::Mat picture(24, 40, CV_8UC3, cv::Scalar::all(128));
    const cv::Mat saliency = model->gradient(picture, 0.05).saliency;
    ASSERT_EQ(saliency.size(), cv::Size(3, 2));
    EXPECT_LT(cv::norm(saliency, cv::Mat(2, 3, CV_32F, cv::Scalar(saliency.at<float>(0, 0))),
                       cv::NORM_INF),
              1e-7)
        << "every pixel counts the same";
    EXPECT_GT(saliency.at<float>(1, 2), 0.0F);
}

TEST_F(ModelTest, ChannelsComeInTheSidecarsOrder) {
    const std::string first_channel = R"(
def forward(self, x):
    return torch.tensor([[[0.0, 0.0, 8.0, 8.0]]]), x[:, 0].mean([1, 2]).reshape([-1, 1, 1])
)";
    cv::Mat red;
    cv::cvtColor(cv::Mat(kSide, kSide, CV_8UC3, cv::Scalar(0, 0, 255)), red,
                 cv::COLOR_BGR2YUV_I420);
    const auto found = [&] {
        return load(first_channel)->infer({input_space(sidecar).picture(red)})[0].detections;
    };
    EXPECT_NEAR(found().at(0).score, 1.0, 0.02);
    sidecar.channels = "BGR";
    EXPECT_TRUE(found().empty());
}

TEST_F(ModelTest, ReadsTheTorchvisionConvention) {
    sidecar.output = "torchvision";
    sidecar.classes = {{3, "car"}};
    const std::string detector = R"(
def forward(self, images: List[Tensor], targets: Optional[List[Dict[str, Tensor]]] = None):
    out: List[Dict[str, Tensor]] = []
    for x in images:
        boxes = torch.tensor([[0.0, 0.0, 9.0, 9.0], [1.0, 0.0, 9.0, 9.0], [5.0, 5.0, 30.0, 30.0]])
        scores = torch.stack([x.mean(), x.mean() * 0.5, x.mean() * 0.25])
        out.append({"boxes": boxes, "labels": torch.tensor([3, 3, 1]), "scores": scores})
    losses: Dict[str, Tensor] = {}
    return losses, out
)";
    const auto model = load(detector);
    const cv::Mat frame = quadrants(120, 120, 120, 120);
    const auto found = model->infer({frame, frame})[1].detections;
    ASSERT_EQ(found.size(), 1U) << "the second box is covered, the third of another class";
    EXPECT_NEAR(found[0].score, grey(120), 1e-5);
    EXPECT_EQ(found[0].label, 3);
    EXPECT_GT(model->gradient(frame, 0.05).saliency.at<float>(0, 0), 0.0F);
}

TEST_F(ModelTest, AnswersTheSameFromFourThreadsAndTheTenthTime) {
    const auto model = load(kDeepModel);
    const std::vector<cv::Mat> frames = {noise(96, 64, 1), noise(96, 64, 2)};
    const auto outputs = model->infer(frames);
    const Gradient gradient = model->gradient(frames[0], 0.05);
    ASSERT_FALSE(outputs[0].detections.empty());
    std::vector<std::thread> threads;
    std::array<int, 4> different = {};
    threads.reserve(different.size());
    for (int& count : different) {
        threads.emplace_back([&] {
            for (int i = 0; i < 10; ++i) {
                const Gradient again = model->gradient(frames[0], 0.05);
                count += model->infer(frames) != outputs ? 1 : 0;
                count += again.utility != gradient.utility ? 1 : 0;
                count += cv::norm(again.saliency, gradient.saliency, cv::NORM_INF) > 0 ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(different, (std::array<int, 4>{}));
}

TEST_F(ModelTest, CountsConvolutionsAndProducts) {
    const std::string scripted = R"(
def forward(self, x):
    y = torch.conv2d(x, torch.ones([8, 3, 3, 3]), stride=[2, 2], padding=[1, 1])
    z = torch.matmul(y.flatten(2).mean([0]), torch.ones([256, 4])).reshape([1, 8, 4])
    return torch.relu(z), torch.sigmoid(z[:, :, :2])
)";
    const double convolution = 2.0 * 8 * 16 * 16 * 3 * 3 * 3;
    const double product = 2.0 * 8 * 256 * 4;
    EXPECT_DOUBLE_EQ(load(scripted)->gflop({kSide, kSide}), (convolution + product) / 1e9);
    // As tracing writes it.
    const std::string call =
        "torch.conv2d(x, torch.ones([8, 3, 3, 3]), stride=[2, 2], padding=[1, 1])";
    std::string traced = scripted;
    traced.replace(traced.find(call), call.size(),
                   "torch._convolution(x, torch.ones([8, 3, 3, 3]), None, [2, 2], [1, 1], [1, 1], "
                   "False, [0, 0], 1, False, False, True, True)");
    EXPECT_DOUBLE_EQ(load(traced)->gflop({kSide, kSide}), (convolution + product) / 1e9);
}

TEST_F(ModelTest, RefusesOutputsThatBreakTheConvention) {
    refuses(returning("scores"),
            "returned Tensor[1,2,2]; 'boxes_scores' in tiny.json wants a "
            "tuple (boxes [B,N,4], scores [B,N,C])");
    refuses(returning("(scores, boxes)"), "returned (Tensor[1,2,2], Tensor[1,2,4])");
    refuses(returning("(boxes, scores[:, :1])"), "returned (Tensor[1,2,4], Tensor[1,1,2])");
    refuses(returning("(boxes, scores.long())"), "wants a tuple");
    refuses(returning("[boxes, scores]"), "returned [Tensor[1,2,4], Tensor[1,2,2]]");
    refuses(returning("(boxes, scores / 0)"), "scores outside [0,1]");
    refuses(returning("(boxes, scores * 0 / 0)"), "the first is not a number");
    refuses(returning("(boxes / 0, scores * 0 + 0.5)"), "yields the box [inf");
    refuses(returning("(boxes, scores.reshape([3, 5]))"), "forward() failed (RuntimeError: shape");
}

TEST_F(ModelTest, TooLittleMemoryIsNoFaultOfTheModel) {
    const auto model = returning("(boxes, scores + torch.ones([1125899906842624]).sum())");
    EXPECT_THROW(load(model)->infer({quadrants(30, 30, 30, 30)}), std::bad_alloc);
}

TEST_F(ModelTest, RefusesADetectorOfTheOtherConvention) {
    sidecar.output = "torchvision";
    refuses(returning("(boxes, scores)"),
            "forward() takes Tensor; the sidecar's 'output' convention passes a list of tensors");
    refuses("def forward(self, x: List[Tensor]):\n    return x\n", "returned [Tensor[3,32,32]]");
    sidecar.output = "boxes_scores";
    refuses("def forward(self, x: List[Tensor]):\n    return x\n",
            "forward() takes Tensor[]; the sidecar's 'output' convention passes one tensor");
    refuses("def forward(self, x, y):\n    return x, y\n", "forward() needs 2 arguments");
    refuses("def detect(self, x):\n    return x\n", "has no forward()");
}

TEST_F(ModelTest, RefusesScoresWithoutGradient) {
    const cv::Mat frame = quadrants(120, 120, 120, 120);
    EXPECT_NO_THROW(load(returning("(boxes, scores.detach())"))->infer({frame}));
    EXPECT_THAT([&] { load(returning("(boxes, scores.detach())"))->gradient(frame, 0.05); },
                ThrowsMessage<ModelError>(HasSubstr("yields scores without gradient; export it")));
}

TEST_F(ModelTest, RefusesFilesThatAreNoModel) {
    const auto fails = [&](const std::string& message) {
        EXPECT_THAT([&] { load_model(file, sidecar, "cpu"); },
                    ThrowsMessage<ModelError>(AllOf(HasSubstr("tiny.pt"), HasSubstr(message))));
    };
    fails("does not exist");
    std::ofstream(file) << "garbage";
    fails("is not a TorchScript file");
    std::ofstream(file, std::ios::trunc) << "";
    fails("is not a TorchScript file");
    test::save_module(file, test::kTileMeanModel);
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    fails("is not a TorchScript file");
}

TEST_F(ModelTest, RefusesFramesOfASizeItCannotTake) {
    const auto model = load(test::kTileMeanModel);
    EXPECT_THAT([&] { model->infer({noise(40, 32, 1)}); },
                ThrowsMessage<ModelError>(HasSubstr(
                    "cannot take frames of 40x32; its sidecar asks for multiples of 16")));
    sidecar.fixed_size = cv::Size(64, 32);
    EXPECT_THAT([&] { load(test::kTileMeanModel)->infer({noise(32, 32, 1)}); },
                ThrowsMessage<ModelError>(HasSubstr("its sidecar asks for 64x32")));
}

TEST_F(ModelTest, UnknownDeviceListsWhatThereIs) {
    test::save_module(file, test::kTileMeanModel);
    for (const std::string device : {"tpu", "cuda:99", "CPU", ""}) {
        EXPECT_THAT([&] { load_model(file, sidecar, device); },
                    ThrowsMessage<UsageError>(HasSubstr("it has: cpu")));
    }
    EXPECT_THAT(available_devices(), Contains("cpu"));
}

TEST_F(ModelTest, CheckPassesAGoodModelAndReports) {
    test::save_module(file, kDeepModel);
    const ModelCheck check = check_model(file, sidecar, "cpu", nullptr);
    EXPECT_TRUE(check.ok);
    EXPECT_THAT(check.lines, Contains("output: (Tensor[1,3840,4], Tensor[1,3840,1])"));
    EXPECT_THAT(check.lines, Contains(HasSubstr("GFLOP per forward pass: 0.142")));
    EXPECT_EQ(check.lines.back(), "ok");
}

TEST_F(ModelTest, CheckTriesModelsOfPointCloudsToo) {
    test::save_module(file, test::kTileMeanModel);
    sidecar.task = "lidar";
    sidecar.input_kind = "lidar";
    sidecar.size_multiple = 1;
    const ModelCheck check = check_model(file, sidecar, "cpu", nullptr);
    EXPECT_TRUE(check.ok) << check.lines.back();
    EXPECT_THAT(check.lines, Contains("output: (Tensor[1,256,4], Tensor[1,256,2])"));
}

TEST_F(ModelTest, CheckSaysWhatIsWrong) {
    const auto last_line = [&](const std::string& source) {
        test::save_module(file, source);
        const ModelCheck check = check_model(file, sidecar, "cpu", nullptr);
        EXPECT_FALSE(check.ok);
        return check.lines.back();
    };
    EXPECT_THAT(last_line(returning("(boxes, scores.detach())")),
                AnyOf(HasSubstr("within 1.5 pixels"), HasSubstr("without gradient")));
    EXPECT_THAT(last_line(returning("(boxes * 9, scores.detach())")),
                HasSubstr("without gradient"));
    EXPECT_THAT(
        last_line(returning("(boxes * 9, scores * 0 + 0.9 + torch.rand_like(scores) * 0.05)")),
        HasSubstr("two runs on one frame differ"));
    EXPECT_THAT(last_line(returning("(boxes * 9, scores * 0 + 0.5)")),
                HasSubstr("the gradient is zero everywhere"));
    EXPECT_THAT(last_line(returning("boxes")), HasSubstr("PROBLEM: " + file.string()));
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
