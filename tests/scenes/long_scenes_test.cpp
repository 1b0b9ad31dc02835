// What the long streams need of the renderer: tunnels, free lanes, zoom, and their scene files.

#include <gmock/gmock.h>

#include <algorithm>

#include "render/exposure.hpp"
#include "render/shade.hpp"
#include "render/view.hpp"
#include "scenes/tiny_scene.hpp"
#include "support/errors.hpp"

namespace oneadapt::render {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::parsed;
using test::tiny_drive;
using test::tiny_scene;
using ::testing::HasSubstr;

std::string error_of(const json& scene) {
    try {
        parsed(scene);
    } catch (const InputError& error) {
        return error.what();
    }
    return "no error";
}

/// A drive through 80 m of tunnel from the tenth second to the twentieth.
json tunnel_drive() {
    json scene = tiny_drive();
    scene["seconds"] = 30;
    scene["light"] = 1;
    scene["rain"] = 0.5;
    scene["tunnels"] = {{{"start", 10}, {"seconds", 10}}};
    return scene;
}

double brightness(const World& world, float light_seconds, int index) {
    View view = look(world, index);
    view.conditions.exposed = world.conditions_at(light_seconds).exposed;
    cv::Mat colour = shade(world, view);
    const cv::Scalar mean = cv::mean(expose(colour, view.conditions, 1));
    return (mean[0] + mean[1] + mean[2]) / 3;
}

TEST(Tunnel, HidesTheSkyAndKeepsTheRainOut) {
    const World world(parsed(tunnel_drive()));
    const auto sky = [&](int index) {
        const auto seen = look(world, index).visible.triangle;
        return std::count(seen.begin(), seen.end(), -1);
    };
    ASSERT_GT(sky(0), 1000);
    EXPECT_LT(10 * sky(130), sky(0)) << "what is seen through the far mouth";
    EXPECT_EQ(world.conditions_at(5).rain, 0.5F);
    EXPECT_LT(world.conditions_at(15).rain, 0.01F);
    EXPECT_EQ(world.conditions_at(25).rain, 0.5F);
}

TEST(Tunnel, CamerasAreSetForItsLampsAndItsVehiclesHaveTheirsOn) {
    const World world(parsed(tunnel_drive()));
    EXPECT_EQ(world.conditions_at(0).exposed, 1);
    EXPECT_NEAR(world.conditions_at(14).exposed, 0.4F, 0.05F);
    EXPECT_TRUE(world.conditions_at(14).headlights);
    EXPECT_EQ(world.conditions_at(14).light, 1) << "outside it is day";
    EXPECT_LT(brightness(world, 0, 140), 0.8 * brightness(world, 14, 140));
}

TEST(Tunnel, HasNoTreesNoStreetLampsAndNobodyWhoCrosses) {
    json scene = tunnel_drive();
    scene["traffic"] = 0;
    scene["parked"] = 0;
    const World world(parsed(scene));
    const auto roofed = [](Vec3 place) { return place.z > 80 && place.z < 160; };
    const auto actors = world.actors_at(15);
    for (const Triangle& triangle : world.geometry_at(15, {})) {
        const bool stands =
            triangle.object == ObjectClass::vegetation || triangle.object == ObjectClass::pole;
        const Vec3 place = triangle.corners[0].position;
        const bool within = std::abs(place.x) < world.town().road_half() + Town::pavement_width;
        EXPECT_FALSE(stands && within && roofed(place)) << place.x << " " << place.z;
    }
    for (const Actor& actor : actors) {
        const bool on_road = std::abs(actor.pose.position.x) < world.town().road_half();
        EXPECT_FALSE(on_road && roofed(actor.pose.position));
    }
}

TEST(Tunnel, IsRefusedByNameWhereItCannotBe) {
    json scene = tunnel_drive();
    scene["tunnels"][0]["length"] = 5;
    EXPECT_THAT(error_of(scene), HasSubstr("tunnels[0].length: is not a known key"));
    scene["tunnels"] = 3;
    EXPECT_THAT(error_of(scene), HasSubstr("tunnels: is not a list"));
    scene = tiny_scene();
    scene["tunnels"] = {{{"start", 1}}};
    EXPECT_THAT(error_of(scene), HasSubstr("tunnels: is for dashcams alone"));
}

TEST(OwnLane, CanBeLeftToTheDashcam) {
    json scene = tiny_drive();
    scene["traffic"] = 1;
    const auto before_camera = [&] {
        const auto actors = World(parsed(scene)).actors_at(0.5F);
        return std::count_if(actors.begin(), actors.end(), [](const Actor& actor) {
            return actor.kind != ObjectClass::person && !actor.parked &&
                   std::abs(actor.pose.position.x - 4.95F) < 1;
        });
    };
    EXPECT_GT(before_camera(), 3);
    scene["own_lane"] = false;
    EXPECT_EQ(before_camera(), 0);
    scene["own_lane"] = "free";
    EXPECT_THAT(error_of(scene), HasSubstr("scene.own_lane: is neither true nor false"));
}

TEST(Zoom, FollowsItsCurve) {
    json scene = tiny_scene();
    scene["camera"]["fov"] = {{0, 60}, {10, 30}};
    const World world(parsed(scene));
    const float wide = world.camera_at(0).focal;
    EXPECT_NEAR(wide, 160 / std::tan(radians(30)), 0.01F);
    EXPECT_NEAR(world.camera_at(5).focal, 160 / std::tan(radians(22.5F)), 0.01F);
}

TEST(Parked, ShareCanChangeAlongTheWay) {
    json scene = tiny_drive();
    scene["seconds"] = 40;
    scene["traffic"] = 0;
    scene["parked"] = {{0, 1}, {20, 1}, {21, 0}};
    const World world(parsed(scene));
    const auto parked_ahead = [&](float seconds) {
        const auto actors = world.actors_at(seconds);
        const float z = world.camera_at(seconds).position.z;
        return std::count_if(actors.begin(), actors.end(), [&](const Actor& actor) {
            return actor.parked && actor.pose.position.z > z && actor.pose.position.z < z + 50;
        });
    };
    EXPECT_GT(parked_ahead(5), 5);
    EXPECT_EQ(parked_ahead(30), 0);
}

TEST(LongScenes, AreReadAndLastAsLongAsTheySay) {
    int streets = 0;
    for (const char* part : {"long", "long-validation", "long-test"}) {
        const fs::path folder = fs::path(ONEADAPT_SOURCE_DIR "/datasets/scenes") / part;
        for (const auto& entry : fs::directory_iterator(folder)) {
            const std::string name = entry.path().filename().string();
            if (name.starts_with("speech-")) continue;
            const bool lidar = name.starts_with("lidar-");
            EXPECT_EQ(load_scene(entry.path()).seconds, lidar ? 120 : 300) << name;
            ++streets;
        }
    }
    EXPECT_EQ(streets, 18);
}

}  // namespace
}  // namespace oneadapt::render
