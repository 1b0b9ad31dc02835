#include "scene.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "random.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"
#include "vec.hpp"

namespace oneadapt::render {

namespace {

using Json = nlohmann::json;

constexpr auto curve_form = "write a number or a list [[seconds, value], ...] in order of time";

/// Reads the members of one JSON object by name and refuses those that nobody asked for.
class Fields {
  public:
    Fields(const Json& object, std::string file, std::string place)
        : object_(object), file_(std::move(file)), place_(std::move(place)) {
        if (!object_.is_object()) fail("", "is not an object", "write {\"key\": value, ...}");
    }

    void number(const char* key, float low, float high, float& value) {
        read(key, [&](const Json& json) { value = checked(json, key, low, high); });
    }

    void integer(const char* key, int low, int high, int& value) {
        read(key, [&](const Json& json) {
            if (!json.is_number_integer())
                fail(key, "is not a whole number", "write a whole number");
            const auto number = json.get<std::int64_t>();
            if (number < low || number > high) {
                fail(key, "is out of range", fmt::format("write a number in {} to {}", low, high));
            }
            value = static_cast<int>(number);
        });
    }

    void flag(const char* key, bool& value) {
        read(key, [&](const Json& json) {
            if (!json.is_boolean()) fail(key, "is neither true nor false", "write true or false");
            value = json.get<bool>();
        });
    }

    void curve(const char* key, float low, float high, Curve& value) {
        read(key, [&](const Json& json) { value = parse_curve(json, key, low, high); });
    }

    void name(const char* key, const std::vector<std::string>& names, std::size_t& index) {
        read(key, [&](const Json& json) {
            const auto found = json.is_string()
                                   ? std::find(names.begin(), names.end(), json.get<std::string>())
                                   : names.end();
            if (found == names.end()) {
                fail(key, "is none of the known names",
                     fmt::format("write one of: {}", fmt::join(names, ", ")));
            }
            index = static_cast<std::size_t>(found - names.begin());
        });
    }

    void read(const char* key, const std::function<void(const Json&)>& use) {
        known_.emplace_back(key);
        if (const auto found = object_.find(key); found != object_.end()) use(*found);
    }

    void refuse_others() const {
        for (const auto& [key, value] : object_.items()) {
            if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
                fail(key, "is not a known key",
                     fmt::format("valid keys: {}", fmt::join(known_, ", ")));
            }
        }
    }

    /// Refuses the object or one of its values, saying what would be right.
    [[noreturn]] void fail(const std::string& key, const std::string& problem,
                           const std::string& remedy) const {
        throw InputError(file_ + ": " + (key.empty() ? place_ : place_ + "." + key), problem,
                         remedy);
    }

  private:
    float checked(const Json& json, const char* key, float low, float high) const {
        if (!json.is_number()) fail(key, "is not a number", "write a number");
        const auto number = json.get<float>();
        if (!(number >= low && number <= high)) {
            fail(key, "is out of range", fmt::format("write a number in {} to {}", low, high));
        }
        return number;
    }

    Curve parse_curve(const Json& json, const char* key, float low, float high) const {
        if (json.is_number()) return checked(json, key, low, high);
        if (!json.is_array() || json.empty()) {
            fail(key, "is no curve", curve_form);
        }
        std::vector<std::pair<float, float>> points;
        for (const Json& point : json) {
            if (!point.is_array() || point.size() != 2) {
                fail(key, "is no curve", curve_form);
            }
            const float seconds = checked(point[0], key, 0, 1e6F);
            if (!points.empty() && seconds <= points.back().first) {
                fail(key, "has seconds that do not rise", curve_form);
            }
            points.emplace_back(seconds, checked(point[1], key, low, high));
        }
        return Curve(std::move(points));
    }

    const Json& object_;
    std::string file_;
    std::string place_;
    std::vector<std::string> known_;
};

const std::vector<std::string>& camera_names() {
    static const std::vector<std::string> names{"fixed", "dashcam", "drone"};
    return names;
}

CameraSpec parse_camera(const Json& json, const std::string& file) {
    CameraSpec camera;
    Fields fields(json, file, "camera");
    std::size_t kind = 0;
    fields.name("kind", camera_names(), kind);
    camera.kind = static_cast<CameraKind>(kind);
    fields.number("x", -60, 60, camera.x);
    fields.number("shake", 0, 10, camera.shake);
    fields.curve("fov", 10, 120, camera.fov);
    fields.curve("height", 0.5F, 200, camera.height);
    fields.curve("pitch", -30, 89, camera.pitch);
    fields.curve("yaw", -360, 360, camera.yaw);
    fields.curve("speed", 0, 40, camera.speed);
    fields.refuse_others();
    return camera;
}

std::vector<Event> parse_events(const Json& json, const std::string& file) {
    if (!json.is_array())
        throw InputError(file + ": scene.events", "is not a list", "write [{...}, ...]");
    std::vector<Event> events;
    for (const Json& item : json) {
        Event event;
        Fields fields(item, file, fmt::format("events[{}]", events.size()));
        std::size_t kind = 0;
        fields.name("kind", {"far_cars", "crowd"}, kind);
        event.kind = static_cast<EventKind>(kind);
        fields.number("start", 0, 1e6F, event.start);
        fields.number("seconds", 0.1F, 1e6F, event.seconds);
        fields.number("distance", 0, 150, event.distance);
        fields.integer("count", 1, 60, event.count);
        fields.refuse_others();
        events.push_back(event);
    }
    return events;
}

std::vector<TunnelRide> parse_tunnels(const Json& json, const std::string& file) {
    if (!json.is_array())
        throw InputError(file + ": scene.tunnels", "is not a list", "write [{...}, ...]");
    std::vector<TunnelRide> tunnels;
    for (const Json& item : json) {
        TunnelRide ride;
        Fields fields(item, file, fmt::format("tunnels[{}]", tunnels.size()));
        fields.number("start", 0, 1e6F, ride.start);
        fields.number("seconds", 1, 1e6F, ride.seconds);
        fields.refuse_others();
        tunnels.push_back(ride);
    }
    return tunnels;
}

void parse_size(const Json& json, const Fields& fields, Scene& scene) {
    const bool whole = json.is_array() && json.size() == 2 && json[0].is_number_integer() &&
                       json[1].is_number_integer();
    if (!whole) fields.fail("size", "is no size", "write [width, height] in pixels");
    scene.width = json[0].get<int>();
    scene.height = json[1].get<int>();
    const auto usable = [](int side) { return side >= 64 && side <= 4096 && side % 2 == 0; };
    if (!usable(scene.width) || !usable(scene.height)) {
        fields.fail("size", "is out of range", "write even numbers in 64 to 4096");
    }
}

Scene parse_scene(const Json& json, const std::string& file) {
    Scene scene;
    Fields fields(json, file, "scene");
    int seed = 1;
    fields.integer("seed", 0, 2147483647, seed);
    scene.seed = static_cast<std::uint32_t>(seed);
    fields.read("camera", [&](const Json& value) { scene.camera = parse_camera(value, file); });
    fields.read("size", [&](const Json& value) { parse_size(value, fields, scene); });
    fields.number("fps", 0.1F, 240, scene.fps);
    fields.number("seconds", 0.1F, 3600, scene.seconds);
    fields.integer("lanes", 1, 3, scene.lanes);
    fields.flag("own_lane", scene.own_lane);
    fields.curve("traffic", 0, 1, scene.traffic);
    fields.curve("traffic_speed", 0, 40, scene.traffic_speed);
    fields.curve("pedestrians", 0, 1, scene.pedestrians);
    fields.curve("parked", 0, 1, scene.parked);
    fields.number("object_scale", 0.3F, 3, scene.object_scale);
    fields.number("sun_azimuth", -360, 360, scene.sun_azimuth);
    fields.number("sun_elevation", 10, 85, scene.sun_elevation);
    fields.curve("light", 0, 1, scene.light);
    fields.curve("rain", 0, 1, scene.rain);
    fields.curve("noise", 0, 0.2F, scene.noise);
    fields.read("events", [&](const Json& value) { scene.events = parse_events(value, file); });
    fields.read("tunnels", [&](const Json& value) {
        if (scene.camera.kind != CameraKind::dashcam)
            fields.fail("tunnels", "is for dashcams alone", "leave it out");
        scene.tunnels = parse_tunnels(value, file);
    });
    fields.refuse_others();
    return scene;
}

/// A curve with a few points over the scene's length.
Curve random_curve(Random& random, float seconds, float low, float high) {
    std::vector<std::pair<float, float>> points;
    const int count = 1 + random.below(4);
    for (int i = 0; i < count; ++i) {
        const float time = seconds * (static_cast<float>(i) + 0.5F) / static_cast<float>(count);
        points.emplace_back(time, random.range(low, high));
    }
    return Curve(std::move(points));
}

CameraSpec random_camera(CameraKind kind, Random& random, float seconds, int lanes) {
    CameraSpec camera;
    camera.kind = kind;
    camera.shake = random.range(0, 1);
    if (kind == CameraKind::fixed) {
        camera.x = random.range(-7, 7);
        camera.fov = random.range(42, 68);
        camera.height = random.range(5, 10);
        camera.pitch = random.range(7, 22);
        camera.yaw = random.range(-14, 14) - camera.x;
    } else if (kind == CameraKind::dashcam) {
        camera.x = 3.3F * (static_cast<float>(random.below(lanes)) + 0.5F);
        camera.fov = random.range(52, 72);
        camera.height = random.range(1.2F, 1.9F);
        camera.pitch = random.range(0, 5);
        camera.yaw = random_curve(random, seconds, -6, 6);
        camera.speed = random_curve(random, seconds, 0, 14);
    } else {
        camera.x = random.range(-9, 9);
        camera.fov = random.range(50, 68);
        camera.height = random_curve(random, seconds, 17, 27);
        camera.pitch = random_curve(random, seconds, 40, 70);
        camera.yaw = random_curve(random, seconds, -28, 28);
        camera.speed = random_curve(random, seconds, 0, 6);
    }
    return camera;
}

}  // namespace

float Curve::at(float seconds) const {
    if (seconds <= points_.front().first) return points_.front().second;
    for (std::size_t i = 1; i < points_.size(); ++i) {
        if (seconds < points_[i].first) {
            const auto [t0, v0] = points_[i - 1];
            const auto [t1, v1] = points_[i];
            return mix(v0, v1, (seconds - t0) / (t1 - t0));
        }
    }
    return points_.back().second;
}

float Curve::integral(float seconds) const {
    float area = 0;
    float time = 0;
    float value = at(0);
    const auto advance = [&](float until) {
        const float next = at(until);
        area += 0.5F * (value + next) * (until - time);
        time = until;
        value = next;
    };
    for (const auto& point : points_) {
        if (point.first > 0 && point.first < seconds) advance(point.first);
    }
    advance(seconds);
    return area;
}

int Scene::frame_count() const {
    return std::max(1, static_cast<int>(std::lround(seconds * fps)));
}

Scene load_scene(const std::filesystem::path& file) {
    return parse_scene(read_json(file, FileRole::input), file.string());
}

CameraKind camera_kind(const std::string& name) {
    const auto& names = camera_names();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
        throw UsageError("camera kind " + name, "is unknown",
                         fmt::format("valid kinds: {}", fmt::join(names, ", ")));
    }
    return static_cast<CameraKind>(found - names.begin());
}

Scene random_scene(CameraKind kind, std::uint32_t seed) {
    Random random(hash(seed, static_cast<std::uint32_t>(kind), 77));
    Scene scene;
    scene.seed = seed;
    scene.lanes = 1 + random.below(3);
    scene.camera = random_camera(kind, random, scene.seconds, scene.lanes);
    scene.traffic = random_curve(random, scene.seconds, 0.1F, 0.8F);
    scene.traffic_speed = random_curve(random, scene.seconds, 3, 14);
    scene.pedestrians = random_curve(random, scene.seconds, 0.05F, 0.8F);
    scene.parked = random.range(0, 0.4F);
    scene.object_scale = random.range(0.92F, 1.12F);
    scene.sun_azimuth = random.range(-180, 180);
    scene.sun_elevation = random.range(18, 70);
    scene.light = random_curve(random, scene.seconds, random.range(0.15F, 0.8F), 1);
    if (random.chance(0.4F)) scene.rain = random_curve(random, scene.seconds, 0, 0.5F);
    scene.noise = random.range(0.001F, 0.008F);
    for (int i = random.below(4); i > 0; --i) {
        Event event;
        event.kind = random.chance(0.5F) ? EventKind::far_cars : EventKind::crowd;
        event.start = random.range(0, scene.seconds - 6);
        event.seconds = random.range(4, 10);
        event.distance = kind == CameraKind::drone ? random.range(5, 50) : random.range(25, 90);
        event.count = 3 + random.below(10);
        scene.events.push_back(event);
    }
    return scene;
}

}  // namespace oneadapt::render
