#include "scene.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "render/random.hpp"
#include "support/json.hpp"
#include "voice.hpp"

namespace oneadapt::speech {

namespace {

using Json = nlohmann::json;

constexpr auto role = FileRole::input;
constexpr double lowest_snr = -20;
constexpr double highest_snr = 80;

/// A number in a range; the default stays where the key is absent.
template <class T>
void read_in_range(const Json& json, const char* key, T low, T high, const std::string& where,
                   T& value) {
    value = optional_or(json, key, value, where, role);
    if (!(value >= low && value <= high)) {
        fail(role, where + "." + key, fmt::format("{} is out of range", value),
             fmt::format("write a number in {} to {}", low, high));
    }
}

std::vector<std::string> all_voices() {
    std::vector<std::string> names = flite_voices();
    names.insert(names.end(), espeak_voices().begin(), espeak_voices().end());
    return names;
}

void read_digits(const Json& json, const std::string& where, Scene& scene) {
    const auto range = optional_or<std::vector<int>>(
        json, "digits", {scene.fewest_digits, scene.most_digits}, where, role);
    if (range.size() != 2 || range[0] < 1 || range[0] > range[1] || range[1] > 10) {
        fail(role, where + ".digits", "is no range", "write [fewest, most] in 1 to 10");
    }
    scene.fewest_digits = range[0];
    scene.most_digits = range[1];
}

void read_voices(const Json& json, const std::string& where, Scene& scene) {
    const auto given = optional_or<Json>(json, "voices", "any", where, role);
    if (given == "any") return;
    scene.voices = required<std::vector<std::string>>(json, "voices", where, role);
    const std::vector<std::string> known = all_voices();
    for (const std::string& voice : scene.voices) {
        if (std::find(known.begin(), known.end(), voice) == known.end()) {
            fail(role, where + ".voices", fmt::format("has an unknown voice '{}'", voice),
                 fmt::format("write \"any\" or some of: {}", fmt::join(known, ", ")));
        }
    }
    if (scene.voices.empty()) fail(role, where + ".voices", "is empty", "write \"any\"");
}

NoiseKind noise_kind(const std::string& name, const std::string& where) {
    const auto& names = noise_names();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
        fail(role, where, fmt::format("'{}' is unknown", name),
             fmt::format("write one of: {}", fmt::join(names, ", ")));
    }
    return static_cast<NoiseKind>(found - names.begin());
}

void read_noise(const Json& json, const std::string& scene_place, Scene& scene) {
    for (const Json& item : optional_or<std::vector<Json>>(json, "noise", {}, scene_place, role)) {
        const std::string where = fmt::format("{}.noise[{}]", scene_place, scene.noise.size());
        check_keys(item, {"start", "kind", "snr_db"}, where, role);
        NoiseEvent event;
        event.kind = noise_kind(required<std::string>(item, "kind", where, role), where + ".kind");
        read_in_range(item, "start", 0.0, scene.seconds, where, event.start);
        read_in_range(item, "snr_db", lowest_snr, highest_snr, where, event.snr_db);
        if (!scene.noise.empty() && event.start <= scene.noise.back().start) {
            fail(role, where + ".start", "is not after the event before", "sort by start");
        }
        scene.noise.push_back(event);
    }
}

}  // namespace

Scene load_scene(const std::filesystem::path& file) {
    const Json json = read_json(file, role);
    const std::string where = file.string() + ": scene";
    check_keys(json,
               {"name", "seed", "seconds", "slot_seconds", "digits", "commands", "voices", "noise"},
               where, role);
    Scene scene;
    scene.name = optional_or(json, "name", scene.name, where, role);
    int seed = 1;
    read_in_range(json, "seed", 0, 2147483647, where, seed);
    scene.seed = static_cast<std::uint32_t>(seed);
    read_in_range(json, "seconds", 1.0, 3600.0, where, scene.seconds);
    read_in_range(json, "slot_seconds", 1.0, 60.0, where, scene.slot_seconds);
    read_digits(json, where, scene);
    read_in_range(json, "commands", 0.0, 1.0, where, scene.commands);
    read_voices(json, where, scene);
    read_noise(json, where, scene);
    return scene;
}

Scene random_scene(std::uint32_t seed, double seconds) {
    render::Random random(render::hash(seed, 0, 78));
    Scene scene;
    scene.name = fmt::format("random-{}", seed);
    scene.seed = seed;
    scene.seconds = seconds;
    scene.fewest_digits = 1;
    const auto kinds = static_cast<int>(noise_names().size());
    for (double start = 0; start < seconds; start += static_cast<double>(random.range(4, 12))) {
        const auto kind = static_cast<NoiseKind>(random.below(kinds));
        scene.noise.push_back({start, kind, static_cast<double>(random.range(5, 35))});
    }
    return scene;
}

}  // namespace oneadapt::speech
