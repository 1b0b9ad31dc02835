#include "dnn/model.hpp"

#include <functional>
#include <thread>

#include <opencv2/imgproc.hpp>

#include "dnn/model_fixture.hpp"

namespace oneadapt {
namespace {

using test::grey;
using test::kDeepModel;
using test::kSide;
using test::ModelTest;
using test::noise;
using test::quadrants;

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

}  // namespace
}  // namespace oneadapt
