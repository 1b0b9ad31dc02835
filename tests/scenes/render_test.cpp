#include "render/render.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "render/raster.hpp"
#include "scenes/tiny_scene.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::render {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::bytes;
using test::tiny_scene;
using test::write_scene;
using ::testing::HasSubstr;

class RenderTest : public ::testing::Test {
  protected:
    /// Renders a scene under a name and returns the clip's bytes.
    std::string clip_of(const json& scene, const std::string& name) const {
        render_scene(write_scene(folder_, scene), sensor_named("video"), folder_ / (name + ".mkv"),
                     folder_ / (name + ".json"));
        return bytes(folder_ / (name + ".mkv"));
    }

    std::string error_of(const json& scene) const {
        try {
            load_scene(write_scene(folder_, scene));
        } catch (const InputError& error) {
            return error.what();
        }
        return "no error";
    }

    oneadapt::test::TempFolder folder_;
};

TEST_F(RenderTest, SameSceneGivesSameBytesAndAnotherSeedOthers) {
    json scene = tiny_scene();
    const std::string first = clip_of(scene, "a");
    const std::string again = clip_of(scene, "b");
    EXPECT_GT(first.size(), 1000U);
    EXPECT_TRUE(first == again);
    EXPECT_EQ(bytes(folder_ / "a.json"), bytes(folder_ / "b.json"));
    scene["seed"] = 6;
    EXPECT_FALSE(first == clip_of(scene, "c"));
}

TEST_F(RenderTest, LeavesNothingBesideClipAndLabels) {
    clip_of(tiny_scene(), "a");
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
        names.push_back(entry.path().filename().string());
    }
    EXPECT_THAT(names, ::testing::UnorderedElementsAre("scene.json", "a.mkv", "a.json"));
}

TEST_F(RenderTest, LabelsLieInTheFrameAndNameTheirClass) {
    clip_of(tiny_scene(), "a");
    const json labels = json::parse(bytes(folder_ / "a.json"));
    EXPECT_EQ(labels.at("format"), "oneadapt-labels-1");
    EXPECT_EQ(labels.at("classes"), json({"person", "car", "truck", "bus"}));
    ASSERT_EQ(labels.at("frames").size(), 6U);
    int objects = 0;
    for (const json& frame : labels.at("frames")) {
        for (const json& object : frame) {
            const auto box = object.at("box").get<std::vector<double>>();
            EXPECT_GE(box[0], 0);
            EXPECT_GE(box[1], 0);
            EXPECT_LT(box[0], box[2]);
            EXPECT_LT(box[1], box[3]);
            EXPECT_LE(box[2], 320);
            EXPECT_LE(box[3], 192);
            const double longer = std::max(box[2] - box[0], box[3] - box[1]);
            const bool clear = object.at("visible") >= 0.6 && longer >= 25 &&
                               std::min(box[2] - box[0], box[3] - box[1]) >= 8;
            EXPECT_EQ(object.value("ignored", false), !clear);
            EXPECT_GE(longer, 8);
            EXPECT_LE(object.at("visible"), 1.0);
            EXPECT_THAT(labels.at("classes"), ::testing::Contains(object.at("class")));
            ++objects;
        }
    }
    EXPECT_GT(objects, 6);
}

TEST_F(RenderTest, UnknownKeysAreRefusedByName) {
    json scene = tiny_scene();
    scene["trafic"] = 1;
    EXPECT_THAT(error_of(scene), AllOf(HasSubstr("scene.json"), HasSubstr("trafic"),
                                       HasSubstr("traffic, traffic_speed")));
    scene = tiny_scene();
    scene["camera"]["zoom"] = 2;
    EXPECT_THAT(error_of(scene), HasSubstr("camera.zoom"));
    scene = tiny_scene();
    scene["events"] = {{{"kind", "crowd"}, {"size", 3}}};
    EXPECT_THAT(error_of(scene), HasSubstr("events[0].size"));
}

TEST_F(RenderTest, BadValuesAreRefusedByName) {
    const auto with = [](const char* key, const json& value) {
        json scene = tiny_scene();
        scene[key] = value;
        return scene;
    };
    EXPECT_THAT(error_of(with("fps", "ten")), HasSubstr("scene.fps: is not a number"));
    EXPECT_THAT(error_of(with("light", 1.5)), HasSubstr("scene.light: is out of range"));
    EXPECT_THAT(error_of(with("rain", {{3, 0}, {2, 1}})), HasSubstr("seconds that do not rise"));
    EXPECT_THAT(error_of(with("size", {641, 384})), HasSubstr("even numbers"));
    EXPECT_THAT(error_of(with("lanes", 2.5)), HasSubstr("scene.lanes: is not a whole number"));
    EXPECT_THAT(error_of(with("camera", {{"kind", "boat"}})), HasSubstr("fixed, dashcam, drone"));
}

TEST_F(RenderTest, MissingOrBrokenSceneFilesAreInputErrors) {
    EXPECT_THROW(load_scene(folder_ / "none.json"), InputError);
    std::ofstream(folder_ / "broken.json") << "{\"seed\": ";
    EXPECT_THROW(load_scene(folder_ / "broken.json"), InputError);
    EXPECT_THROW(camera_kind("boat"), UsageError);
}

TEST_F(RenderTest, AnUnwritableClipLeavesNothingBehind) {
    const fs::path scene = write_scene(folder_, tiny_scene());
    std::ofstream(folder_ / "file") << "not a folder";
    EXPECT_THROW(
        render_scene(scene, sensor_named("video"), folder_ / "file" / "a.mkv", folder_ / "a.json"),
        OutputError);
    EXPECT_FALSE(fs::exists(folder_ / "a.json"));
}

TEST(Curve, IsStraightBetweenPointsAndConstantOutside) {
    const Curve curve({{2, 10}, {4, 20}});
    EXPECT_FLOAT_EQ(curve.at(0), 10);
    EXPECT_FLOAT_EQ(curve.at(3), 15);
    EXPECT_FLOAT_EQ(curve.at(9), 20);
    EXPECT_FLOAT_EQ(curve.integral(5), 20 + 30 + 20);
    EXPECT_FLOAT_EQ(curve.integral(3), 20 + 12.5F);
}

TEST(Rasterise, DepthAndCoverageOfAWallFollowFromGeometry) {
    Mesh mesh;
    Shaper near_wall(mesh, {}, ObjectClass::car, 7);
    near_wall.quad({-1, -1, 10}, {1, -1, 10}, {1, 1, 10}, {-1, 1, 10});
    Shaper far_wall(mesh, {}, ObjectClass::car, 8);
    far_wall.quad({-1, -1, 20}, {3, -1, 20}, {3, 1, 20}, {-1, 1, 20});
    Camera camera;
    camera.width = camera.height = 200;
    camera.focal = 200;
    const Visibility seen = rasterise(mesh, camera);
    EXPECT_EQ(seen.covered.at(7), 40 * 40);
    EXPECT_EQ(seen.covered.at(8), 40 * 20);
    const auto middle = static_cast<std::size_t>(100 * 200 + 100);
    EXPECT_NEAR(1 / seen.inverse_depth[middle], 10, 1e-3);
    EXPECT_NEAR(1 / seen.inverse_depth[middle + 25], 20, 1e-3);
    EXPECT_EQ(seen.triangle[0], -1);
}

}  // namespace
}  // namespace oneadapt::render
