// The sensors of one world agree with each other, with the labels and with geometry.

#include "render/sensors.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "media/stream_decoder.hpp"
#include "render/classes.hpp"
#include "render/depth.hpp"
#include "render/infrared.hpp"
#include "render/labels.hpp"
#include "render/render.hpp"
#include "scenes/tiny_scene.hpp"
#include "support/errors.hpp"

namespace oneadapt::render {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::bytes;
using test::parsed;
using test::tiny_scene;

/// The tiny scene at the usual size, so that persons are large enough for a label.
json street() {
    json scene = tiny_scene();
    scene["size"] = {640, 384};
    return scene;
}

/// Everything that cameras see in one frame of a scene.
struct Pictures {
    explicit Pictures(const json& scene, int index = 3)
        : world(parsed(scene)),
          view(look(world, index)),
          labels(labels_of(view)),
          infrared(infrared_image(world, view)),
          depth(depth_image(world, view)),
          classes(class_image(world, view)) {}

    World world;
    View view;
    FrameLabels labels;
    cv::Mat infrared;
    cv::Mat depth;
    cv::Mat classes;
};

cv::Rect box_of(const Label& label) {
    return {static_cast<int>(label.x1), static_cast<int>(label.y1),
            static_cast<int>(label.x2 - label.x1), static_cast<int>(label.y2 - label.y1)};
}

PixelClass class_of(const Label& label) {
    return label.kind == ObjectClass::person ? PixelClass::person : PixelClass::vehicle;
}

/// Mean of `image` inside a box, where `mask` is not 0.
double mean_in(const cv::Mat& image, const cv::Mat& mask, const cv::Rect& box) {
    return cv::mean(image(box), mask(box))[0];
}

/// Mean of `image` beside a box, as far out on both sides as the box is wide.
double mean_beside(const cv::Mat& image, const cv::Mat& mask, const cv::Rect& box) {
    cv::Mat beside = mask.clone();
    beside(box).setTo(0);
    const cv::Rect frame({0, 0}, image.size());
    const cv::Rect strip(box.x - box.width, box.y, 3 * box.width, box.height);
    return mean_in(image, beside, strip & frame);
}

TEST(Sensors, SameSceneGivesSameBytesAndTheSameLabelsForAllCameras) {
    const oneadapt::test::TempFolder folder;
    json scene = tiny_scene();
    scene["seconds"] = 0.3;
    std::vector<std::string> labels;
    for (const char* name : {"video", "infrared", "depth", "classes"}) {
        SCOPED_TRACE(name);
        const Sensor& sensor = sensor_named(name);
        render_scene(parsed(scene), sensor, folder / "a.mkv", folder / "a.json");
        render_scene(parsed(scene), sensor, folder / "b.mkv", folder / "b.json");
        EXPECT_GT(fs::file_size(folder / "a.mkv"), 500U);
        EXPECT_TRUE(bytes(folder / "a.mkv") == bytes(folder / "b.mkv"));
        labels.push_back(bytes(folder / "a.json"));
        EXPECT_EQ(labels.back(), labels.front());
    }
}

TEST(Sensors, GreyClipsLoseNothing) {
    const oneadapt::test::TempFolder folder;
    const Pictures pictures(tiny_scene());
    const auto recorded = [&](const char* sensor, AVPixelFormat format, int type) {
        const fs::path clip = folder / sensor;
        render_scene(parsed(tiny_scene()), sensor_named(sensor), clip, folder / "labels.json");
        StreamDecoder decoder(clip, AVMEDIA_TYPE_VIDEO);
        AVFrame* frame = decoder.next();
        for (int i = 0; i < 3; ++i) frame = decoder.next();
        EXPECT_EQ(frame->format, format);
        return cv::Mat(frame->height, frame->width, type, frame->data[0],
                       static_cast<std::size_t>(frame->linesize[0]))
            .clone();
    };
    const auto same = [](const cv::Mat& a, const cv::Mat& b) { return cv::norm(a, b) == 0; };
    EXPECT_TRUE(same(recorded("infrared", AV_PIX_FMT_GRAY8, CV_8U), pictures.infrared));
    EXPECT_TRUE(same(recorded("depth", AV_PIX_FMT_GRAY16LE, CV_16U), pictures.depth));
    EXPECT_TRUE(same(recorded("classes", AV_PIX_FMT_GRAY8, CV_8U), pictures.classes));
}

TEST(Sensors, LabelledObjectsHaveTheirClassInTheMap) {
    const Pictures pictures(street());
    int objects = 0;
    for (const Label& label : pictures.labels) {
        if (label.ignored) continue;
        ++objects;
        const cv::Mat inside = pictures.classes(box_of(label));
        const int own = cv::countNonZero(inside == static_cast<int>(class_of(label)));
        const double share = own / static_cast<double>(inside.total());
        EXPECT_GT(share, label.kind == ObjectClass::person ? 0.25 : 0.5) << label.id;
    }
    EXPECT_GT(objects, 3);
}

TEST(Sensors, PersonsAreWarmerAndObjectsNearerThanWhatLiesBeside) {
    const Pictures pictures(street());
    const cv::Mat measured = pictures.depth > 0;
    double nearer = 0;
    int persons = 0;
    for (const Label& label : pictures.labels) {
        if (label.visible < 0.6F) continue;
        const cv::Rect box = box_of(label);
        const cv::Mat own = pictures.classes == static_cast<int>(class_of(label));
        const cv::Mat rest = ~own;
        nearer += mean_beside(pictures.depth, measured & rest, box) -
                  mean_in(pictures.depth, measured & own, box);
        if (label.kind != ObjectClass::person) continue;
        ++persons;
        EXPECT_GT(mean_in(pictures.infrared, own, box),
                  mean_beside(pictures.infrared, rest, box) + 10)
            << label.id;
    }
    EXPECT_GT(persons, 1);
    EXPECT_GT(nearer, 1000);  // millimetres
}

TEST(Sensors, TheSkyIsColdAndHasNoDepth) {
    const Pictures pictures(test::tiny_drive());
    const cv::Mat sky = pictures.classes == static_cast<int>(PixelClass::sky);
    ASSERT_GT(cv::countNonZero(sky), 1000);
    EXPECT_EQ(cv::countNonZero(sky & (pictures.depth > 0)), 0);
    EXPECT_LT(cv::mean(pictures.infrared, sky)[0] + 40, cv::mean(pictures.infrared, ~sky)[0]);
}

TEST(Sensors, DepthIsTrueWithinItsNoise) {
    const Pictures pictures(test::tiny_drive());
    const View& view = pictures.view;
    double squares = 0;
    int count = 0;
    for (int row = 0; row < pictures.depth.rows; ++row) {
        for (int x = 0; x < pictures.depth.cols; ++x) {
            const std::uint16_t millimetres = pictures.depth.at<std::uint16_t>(row, x);
            if (millimetres == 0) continue;
            const double truth = 1 / view.visible.inverse_depth[view.pixel(row, x)];
            EXPECT_LE(truth, depth_range);
            const double errors = (millimetres / 1000.0 - truth) / (0.0008 * truth * truth);
            if (truth < 5 || truth > 60) continue;  // millimetres and the end of range cut noise
            squares += errors * errors;
            ++count;
        }
    }
    ASSERT_GT(count, 10000);
    EXPECT_NEAR(squares / count, 1, 0.05);
}

TEST(Sensors, ThingsStandOnTheGroundWhereTheirBoxesEnd) {
    const Pictures pictures(street());
    const Camera& camera = pictures.view.camera;
    int objects = 0;
    for (const Label& label : pictures.labels) {
        if (label.ignored || label.visible < 0.98F) continue;
        const cv::Rect box = box_of(label);
        const cv::Rect foot(box.x, box.br().y - 2, box.width, 2);
        const cv::Mat own =
            (pictures.classes == static_cast<int>(class_of(label))) & (pictures.depth > 0);
        if (cv::countNonZero(own(foot)) == 0) continue;
        ++objects;
        const Vec3 ray = camera.ray(0.5F * (label.x1 + label.x2), label.y2 - 1);
        const double ground = -camera.position.y / ray.y;  // metres along the optical axis
        EXPECT_NEAR(mean_in(pictures.depth, own, foot) / 1000, ground, 0.1 * ground) << label.id;
    }
    EXPECT_GT(objects, 2);
}

TEST(Sensors, WarmthOwesNothingToTheSun) {
    json scene = tiny_scene();
    const Pictures day(scene);
    scene["light"] = 0;
    scene["sun_azimuth"] = -120;
    EXPECT_EQ(cv::norm(day.infrared, Pictures(scene).infrared), 0);
}

TEST(Sensors, InfraredNoiseChangesFromFrameToFrameAndDepthToo) {
    json scene = tiny_scene();
    scene["traffic"] = scene["pedestrians"] = 0;
    const Pictures first(scene, 1);
    const Pictures second(scene, 2);
    EXPECT_EQ(cv::norm(first.classes, second.classes), 0);
    EXPECT_GT(cv::norm(first.infrared, second.infrared), 0);
    EXPECT_GT(cv::norm(first.depth, second.depth), 0);
}

TEST(Sensors, UnknownOnesAreRefusedWithTheValidNames) {
    try {
        sensor_named("sonar");
        FAIL();
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), ::testing::AllOf(::testing::HasSubstr("sonar"),
                                                   ::testing::HasSubstr("video, infrared, depth")));
    }
}

}  // namespace
}  // namespace oneadapt::render
