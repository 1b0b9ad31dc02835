#include "dnn/auxiliary.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnn/tiny_model.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class NetworkTest : public ::testing::Test {
  protected:
    std::unique_ptr<Network> load(const std::string& role, const std::string& source) const {
        const auto file = auxiliary_path(folder_ / "tiny.pt", role);
        test::save_module(file, "def forward(self, x):\n    " + source + "\n");
        return load_network(file, role, sidecar_, "cpu");
    }
    void describe(const std::string& text) const {
        std::ofstream(folder_ / "tiny.importance.json") << text;
    }
    Sidecar read() const {
        return load_auxiliary_sidecar(folder_ / "tiny.importance.pt", "importance", sidecar_);
    }

    test::TempFolder folder_;
    Sidecar sidecar_ = test::tile_mean_sidecar();
    cv::Mat picture_ = [] {
        cv::Mat picture(32, 48, CV_8UC3, cv::Scalar(10, 20, 30));
        picture(cv::Rect(16, 0, 16, 16)) = cv::Scalar(255, 255, 255);
        return picture;
    }();
};

TEST_F(NetworkTest, SaysANumberForEachTile) {
    const cv::Mat tiles =
        load("importance", "return torch.avg_pool2d(x.mean(1, True), [16, 16])")->run(picture_);
    ASSERT_EQ(tiles.size(), cv::Size(3, 2));
    ASSERT_EQ(tiles.type(), CV_32F);
    EXPECT_NEAR(tiles.at<float>(0, 1), 1, 1e-6);
    EXPECT_NEAR(tiles.at<float>(1, 2), 20 / 255.0, 1e-6);
}

TEST_F(NetworkTest, MakesAPictureOfTheSameKindWhateverTheRange) {
    EXPECT_EQ(cv::norm(load("enlarge", "return x")->run(picture_), picture_, cv::NORM_INF), 0);
    sidecar_.range_low = -3;
    sidecar_.range_high = 5;
    EXPECT_EQ(cv::norm(load("enlarge", "return x")->run(picture_), picture_, cv::NORM_INF), 0);
    const cv::Mat brighter =
        load("enlarge", "return x + 0.4")->run(picture_);  // a twentieth of all
    EXPECT_EQ(brighter.at<cv::Vec3b>(20, 2), cv::Vec3b(23, 33, 43));
    EXPECT_EQ(brighter.at<cv::Vec3b>(0, 16), cv::Vec3b(255, 255, 255));
}

TEST_F(NetworkTest, RefusesWhatIsNoMapOfTiles) {
    for (const char* source : {"return torch.avg_pool2d(x.mean(1, True), [8, 8])",
                               "return torch.avg_pool2d(x, [16, 16])", "return [x]"}) {
        EXPECT_THAT([&] { load("importance", source)->run(picture_); },
                    ThrowsMessage<ModelError>(
                        AllOf(HasSubstr("tiny.importance.pt"), HasSubstr("[1,1,2,3]"))));
    }
    EXPECT_THAT([&] { load("enlarge", "return torch.avg_pool2d(x, [2, 2])")->run(picture_); },
                ThrowsMessage<ModelError>(HasSubstr("[1,3,32,48]")));
    EXPECT_THAT([&] { load("enlarge", "return x / 0")->run(picture_); },
                ThrowsMessage<ModelError>(HasSubstr("not finite")));
}

TEST_F(NetworkTest, CountsItsWork) {
    const auto network = load(
        "importance", "return torch.conv2d(x, torch.ones([1, 3, 16, 16]), stride=[16, 16]) * 0");
    EXPECT_NEAR(network->gflop({48, 32}), 2e-9 * 3 * 16 * 16 * 6, 1e-15);
}

TEST_F(NetworkTest, ItsSidecarSaysWhatItIsForAndTheModelsWhatItSees) {
    describe(R"({"role": "importance", "source": "here"})");
    sidecar_.range_low = -1;
    const Sidecar sidecar = read();
    EXPECT_EQ(sidecar.source, "here");
    EXPECT_EQ(sidecar.range_low, -1);
    EXPECT_EQ(sidecar.file, folder_ / "tiny.importance.json");
}

TEST_F(NetworkTest, RefusesASidecarOfAnotherRoleOrWithUnknownKeys) {
    describe(R"({"role": "enlarge"})");
    EXPECT_THAT([&] { read(); }, ThrowsMessage<ModelError>(HasSubstr("importance")));
    describe(R"({"role": "importance", "scale": 2})");
    EXPECT_THAT([&] { read(); }, ThrowsMessage<ModelError>(HasSubstr("scale")));
    describe("{}");
    EXPECT_THAT([&] { read(); }, ThrowsMessage<ModelError>(HasSubstr("role")));
}

TEST(AuxiliaryRoles, AreNamedByTheFile) {
    EXPECT_EQ(auxiliary_path("a/street-n.pt", "enlarge"), "a/street-n.enlarge.pt");
    EXPECT_EQ(auxiliary_role("a/street-n.enlarge.pt"), "enlarge");
    EXPECT_EQ(auxiliary_role("a/street-n.pt"), "");
    EXPECT_EQ(auxiliary_role("a/yolo.v5.pt"), "");
}

}  // namespace
}  // namespace oneadapt
