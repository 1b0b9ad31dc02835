#include <new>

#include "dnn/check.hpp"
#include "dnn/model_fixture.hpp"

namespace oneadapt {
namespace {

using test::kDeepModel;
using test::ModelTest;
using test::noise;
using test::quadrants;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

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

}  // namespace
}  // namespace oneadapt
