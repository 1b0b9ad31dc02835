#pragma once

#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "dnn/input.hpp"
#include "dnn/model.hpp"
#include "dnn/tiny_model.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::test {

inline constexpr int kSide = 32;

/// Two convolutions and nonlinearities on the way to a score per tile: nothing is linear in it. All
/// channels weigh the same, so the sum of their gradients' sizes is the size of grey's.
inline constexpr const char* kDeepModel = R"(
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
inline double grey(int luma) {
    return std::round(255.0 / 219.0 * (luma - 16)) / 255.0;
}

/// The picture of a grey frame with a luma for each quadrant.
inline cv::Mat quadrants(int a, int b, int c, int d) {
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

inline cv::Mat noise(int width, int height, int seed) {
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
                    ::testing::ThrowsMessage<ModelError>(::testing::AllOf(
                        ::testing::HasSubstr("tiny.pt"), ::testing::HasSubstr(message))));
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

}  // namespace oneadapt::test
