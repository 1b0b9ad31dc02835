#include "render/lidar.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "render/random.hpp"
#include "render/raycast.hpp"
#include "render/render.hpp"
#include "render/view.hpp"
#include "scenes/tiny_scene.hpp"
#include "support/errors.hpp"

namespace oneadapt::render {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::bytes;
using test::parsed;
using test::tiny_drive;
using test::tiny_scene;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The same by the book, in doubles: distance along a beam to a triangle, or 0.
double distance_by_the_book(const Triangle& triangle, Vec3 origin, Vec3 direction) {
    using V = std::array<double, 3>;
    const auto wide = [](Vec3 v) { return V{v.x, v.y, v.z}; };
    const auto minus = [](V a, V b) { return V{a[0] - b[0], a[1] - b[1], a[2] - b[2]}; };
    const auto times = [](V a, V b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; };
    const auto across = [](V a, V b) {
        return V{a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
    };
    const V corner = wide(triangle.corners[0].position);
    const V side1 = minus(wide(triangle.corners[1].position), corner);
    const V side2 = minus(wide(triangle.corners[2].position), corner);
    const V d = wide(direction);
    const V p = across(d, side2);
    const double scale = times(side1, p);
    const V away = minus(wide(origin), corner);
    const double u = times(away, p) / scale;
    const V q = across(away, side1);
    const double v = times(d, q) / scale;
    const double distance = times(side2, q) / scale;
    return u >= 0 && v >= 0 && u + v <= 1 && distance > 0 ? distance : 0;
}

TEST(Raycast, FindsWhatTheBookFindsAllRound) {
    constexpr BeamGrid grid{180, 16, 30, -40};
    const Vec3 origin{3, 2, -5};
    Random random(7);
    int hits = 0;
    int differences = 0;
    for (int i = 0; i < 300; ++i) {
        const float reach = random.range(1, 30);
        Mesh mesh;
        Shaper shaper(mesh, {}, ObjectClass::car, 1);
        const auto any = [&] {
            return origin +
                   Vec3{random.range(-1, 1), random.range(-1, 1), random.range(-1, 1)} * reach;
        };
        shaper.quad(any(), any(), any(), any());
        mesh.pop_back();
        const std::vector<Hit> found = cast(grid, origin, 20, mesh);
        for (int row = 0; row < grid.rows; ++row) {
            for (int column = 0; column < grid.columns; ++column) {
                const int beam = row * grid.columns + column;
                const Hit& hit = found[static_cast<std::size_t>(beam)];
                double truth = distance_by_the_book(mesh[0], origin, grid.direction(row, column));
                if (truth > 20) truth = 0;
                const double distance = hit.triangle == nullptr ? 0 : hit.distance;
                hits += truth > 0 ? 1 : 0;
                differences += std::abs(distance - truth) > 0.001 * truth + 1e-4 ? 1 : 0;
            }
        }
    }
    EXPECT_GT(hits, 10000);
    EXPECT_LT(differences, hits / 2000);  // beams that graze an edge
}

TEST(Raycast, GivesTheNearestOfSeveral) {
    Mesh mesh;
    for (const float z : {20.0F, 10.0F, 15.0F}) {
        Shaper(mesh, {}, ObjectClass::car, static_cast<int>(z))
            .quad({-1, -1, z}, {1, -1, z}, {1, 1, z}, {-1, 1, z});
    }
    const Hit hit = cast({4, 3, 10, -10}, {}, 100, mesh)[4];
    ASSERT_NE(hit.triangle, nullptr);
    EXPECT_EQ(hit.triangle->instance, 10);
    EXPECT_FLOAT_EQ(hit.distance, 10);
}

/// Returns inside a box that is `margin` metres larger on all sides, its lowest 0.1 m left out for
/// the ground.
int points_in(const Box3d& box, const std::vector<LidarPoint>& points, float margin) {
    int inside = 0;
    for (const LidarPoint& point : points) {
        const float x = point.x - box.centre.x;
        const float y = point.y - box.centre.y;
        const float along = x * std::cos(box.yaw) + y * std::sin(box.yaw);
        const float across = y * std::cos(box.yaw) - x * std::sin(box.yaw);
        const float up = point.z - box.centre.z;
        if (std::abs(along) < 0.5F * box.size.x + margin &&
            std::abs(across) < 0.5F * box.size.y + margin && up < 0.5F * box.size.z + margin &&
            up > 0.1F - 0.5F * box.size.z) {
            ++inside;
        }
    }
    return inside;
}

TEST(Lidar, BoxesHoldTheReturnsThatTheyCount) {
    for (const json& scene : {tiny_scene(), tiny_drive()}) {
        const Sweep sweep = sweep_of(World(parsed(scene)), 4);
        int demanded = 0;
        for (const Box3d& box : sweep.boxes) {
            EXPECT_GT(box.points, 0);
            const bool near = std::hypot(box.centre.x, box.centre.y) <= 48;
            EXPECT_EQ(box.ignored, box.points < 8 || !near) << box.id;
            if (box.ignored) continue;
            ++demanded;
            const int inside = points_in(box, sweep.points, 0.1F);
            EXPECT_NEAR(inside, box.points, 2 + 0.1 * box.points) << box.id;
        }
        EXPECT_GT(demanded, 3);
    }
}

TEST(Lidar, TheGroundLiesAtTheSensorsHeightBelowIt) {
    const World world(parsed(tiny_drive()));
    const Sweep sweep = sweep_of(world, 0);
    EXPECT_EQ(lidar_position(world, 0).y, lidar::roof);
    int ground = 0;
    for (const LidarPoint& point : sweep.points) {
        ASSERT_GT(point.z, -lidar::roof - 0.1F);
        ASSERT_LE(std::hypot(point.x, point.y, point.z), lidar::range + 0.1F);
        ASSERT_GE(point.intensity, 0);
        ASSERT_LE(point.intensity, 1);
        ground += point.z < -lidar::roof + 0.1F ? 1 : 0;
    }
    EXPECT_GT(ground, 10000);
    EXPECT_FLOAT_EQ(lidar_position(World(parsed(tiny_scene())), 0).y, 6);
}

TEST(Lidar, AgreesWithWhatTheCameraSees) {
    const World world(parsed(tiny_drive()));
    const View view = look(world, 4);
    const Sweep sweep = sweep_of(world, 4);
    const Vec3 sensor = lidar_position(world, sweep.seconds);
    int seen = 0;
    int agree = 0;
    for (const LidarPoint& point : sweep.points) {
        const Vec3 place = sensor + Vec3{-point.y, point.z, point.x};
        const Vec3 v = view.camera.to_view(place);
        if (v.z < 3) continue;
        const float scale = view.camera.focal / v.z;
        const int x = floor_to_int(0.5F * static_cast<float>(view.camera.width) + v.x * scale);
        const int row = floor_to_int(0.5F * static_cast<float>(view.camera.height) - v.y * scale);
        if (x < 0 || row < 0 || x >= view.camera.width || row >= view.camera.height) continue;
        const float depth = 1 / std::max(view.visible.inverse_depth[view.pixel(row, x)], 1e-4F);
        ++seen;
        agree += std::abs(depth - v.z) < 0.06F + 0.03F * v.z ? 1 : 0;
    }
    EXPECT_GT(seen, 2000);
    EXPECT_GT(agree, 0.9 * seen);  // the rest is hidden from one of the two places
}

TEST(Lidar, RainTakesReturns) {
    json scene = tiny_drive();
    const std::size_t dry = sweep_of(World(parsed(scene)), 0).points.size();
    scene["rain"] = 1;
    const std::size_t wet = sweep_of(World(parsed(scene)), 0).points.size();
    EXPECT_LT(wet, dry * 19 / 20);
    EXPECT_GT(wet, dry / 2);
}

class LidarClip : public ::testing::Test {
  protected:
    void record(const json& scene, const std::string& name) const {
        render_scene(parsed(scene), sensor_named("lidar"), folder_ / name,
                     folder_ / (name + ".json"));
    }

    std::vector<std::string> names_in(const fs::path& folder) const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder)) {
            names.push_back(entry.path().filename().string());
        }
        std::ranges::sort(names);
        return names;
    }

    oneadapt::test::TempFolder folder_;
};

TEST_F(LidarClip, IsAFolderOfSweepsTenASecondWithTheirTimes) {
    json scene = tiny_scene();
    scene["seconds"] = 0.2;
    scene["fps"] = 25;
    record(scene, "a");
    EXPECT_THAT(names_in(folder_ / "a"), ElementsAre("000000.bin", "000001.bin", "timestamps.txt"));
    EXPECT_EQ(bytes(folder_ / "a" / "timestamps.txt"), "0\n0.1\n");
    const Sweep sweep = sweep_of(World(parsed(scene)), 1);
    const std::string recorded = bytes(folder_ / "a" / "000001.bin");
    ASSERT_EQ(recorded.size(), sweep.points.size() * 16);
    EXPECT_EQ(std::memcmp(recorded.data(), sweep.points.data(), recorded.size()), 0);
    const json labels = json::parse(bytes(folder_ / "a.json"));
    EXPECT_EQ(labels.at("format"), "oneadapt-boxes3d-1");
    EXPECT_EQ(labels.at("fps"), 10);
    ASSERT_EQ(labels.at("frames").size(), 2U);
    const json& first = labels.at("frames")[1].at(0);
    EXPECT_EQ(first.at("points"), sweep.boxes[0].points);
    EXPECT_NEAR(first.at("center")[1], sweep.boxes[0].centre.y, 0.001);
    EXPECT_NEAR(first.at("size")[0], sweep.boxes[0].size.x, 0.001);
}

TEST_F(LidarClip, SameSceneGivesSameBytesAlsoOverAnOlderClip) {
    json scene = tiny_scene();
    scene["seconds"] = 0.3;
    record(scene, "a");
    record(scene, "b");
    scene["seconds"] = 0.2;
    record(scene, "b");
    EXPECT_EQ(names_in(folder_ / "b").size(), 3U);
    for (const char* name : {"000000.bin", "000001.bin"}) {
        EXPECT_TRUE(bytes(folder_ / "a" / name) == bytes(folder_ / "b" / name));
    }
    EXPECT_THAT(names_in(folder_.path()), ElementsAre("a", "a.json", "b", "b.json"));
}

TEST_F(LidarClip, NeverReplacesAFolderThatIsNoClip) {
    fs::create_directory(folder_ / "a");
    std::ofstream(folder_ / "a" / "letters") << "dear";
    EXPECT_THROW(record(tiny_scene(), "a"), OutputError);
    EXPECT_THAT(names_in(folder_ / "a"), ElementsAre("letters"));
}

TEST_F(LidarClip, DronesCarryNone) {
    json scene = tiny_scene();
    scene["camera"] = {{"kind", "drone"}, {"height", 20}, {"pitch", 60}};
    try {
        record(scene, "a");
        FAIL();
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("fixed camera or a dashcam"));
    }
    EXPECT_TRUE(names_in(folder_.path()).empty());
}

}  // namespace
}  // namespace oneadapt::render
