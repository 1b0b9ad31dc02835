#include "labels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <limits>
#include <map>

#include "support/errors.hpp"

namespace oneadapt::render {

namespace {

constexpr float least_visible = 0.6F;
constexpr float least_long_side = 25;  // pixels
constexpr float least_short_side = 8;  // pixels
constexpr float least_noticeable = 8;  // pixels, longer side

struct Box {
    float x1 = std::numeric_limits<float>::max();
    float y1 = std::numeric_limits<float>::max();
    float x2 = std::numeric_limits<float>::lowest();
    float y2 = std::numeric_limits<float>::lowest();

    void include(float x, float y) {
        x1 = std::min(x1, x);
        y1 = std::min(y1, y);
        x2 = std::max(x2, x);
        y2 = std::max(y2, y);
    }
    [[nodiscard]] float area() const { return std::max(x2 - x1, 0.0F) * std::max(y2 - y1, 0.0F); }
};

struct Silhouette {
    int pixels = 0;
    Box box;
};

/// The share of an actor's outline that lies inside the frame.
float share_in_frame(const Actor& actor, const Camera& camera) {
    const Vec3 size = actor_size(actor);
    Box whole;
    for (const float x : {-0.5F, 0.5F}) {
        for (const float y : {0.0F, 1.0F}) {
            for (const float z : {-0.5F, 0.5F}) {
                const Vec3 corner{x * size.x, y * size.y, z * size.z};
                const Vec3 view = camera.to_view(actor.pose.place(corner));
                const float q = camera.focal / std::max(view.z, 0.3F);
                whole.include(0.5F * static_cast<float>(camera.width) + view.x * q,
                              0.5F * static_cast<float>(camera.height) - view.y * q);
            }
        }
    }
    Box inside = whole;
    inside.x1 = std::max(inside.x1, 0.0F);
    inside.y1 = std::max(inside.y1, 0.0F);
    inside.x2 = std::min(inside.x2, static_cast<float>(camera.width));
    inside.y2 = std::min(inside.y2, static_cast<float>(camera.height));
    return whole.area() > 0 ? inside.area() / whole.area() : 0;
}

std::map<std::int32_t, Silhouette> silhouettes(const View& view) {
    std::map<std::int32_t, Silhouette> found;
    for (int row = 0; row < view.camera.height; ++row) {
        for (int x = 0; x < view.camera.width; ++x) {
            const Triangle* seen = view.at(view.pixel(row, x));
            if (seen == nullptr || seen->instance == 0) continue;
            Silhouette& silhouette = found[seen->instance];
            ++silhouette.pixels;
            silhouette.box.include(static_cast<float>(x), static_cast<float>(row));
            silhouette.box.include(static_cast<float>(x + 1), static_cast<float>(row + 1));
        }
    }
    return found;
}

}  // namespace

FrameLabels labels_of(const View& view) {
    const auto seen = silhouettes(view);
    FrameLabels labels;
    for (const Actor& actor : view.actors) {
        const auto found = seen.find(actor.id);
        if (found == seen.end()) continue;
        const Box& box = found->second.box;
        const auto unhidden = static_cast<float>(found->second.pixels) /
                              static_cast<float>(view.visible.covered.at(actor.id));
        const float share = unhidden * share_in_frame(actor, view.camera);
        const auto [low, high] = std::minmax({box.x2 - box.x1, box.y2 - box.y1});
        if (high < least_noticeable) continue;
        const bool clear =
            share >= least_visible && high >= least_long_side && low >= least_short_side;
        labels.push_back({actor.kind, actor.id, box.x1, box.y1, box.x2, box.y2, share, !clear});
    }
    return labels;
}

const std::vector<std::string>& class_names() {
    static const std::vector<std::string> names{"person", "car", "truck", "bus"};
    return names;
}

void write_labels(const std::filesystem::path& file, const Scene& scene,
                  const std::vector<FrameLabels>& frames) {
    std::ofstream out(file, std::ios::binary);
    out << fmt::format(
        "{{\"format\":\"oneadapt-labels-1\",\"width\":{},\"height\":{},\"fps\":{},\n"
        "\"classes\":[\"{}\"],\n\"frames\":[\n",
        scene.width, scene.height, scene.fps, fmt::join(class_names(), "\",\""));
    for (std::size_t i = 0; i < frames.size(); ++i) {
        std::vector<std::string> items;
        for (const Label& label : frames[i]) {
            items.push_back(fmt::format(
                "{{\"class\":\"{}\",\"box\":[{},{},{},{}],\"id\":{},\"visible\":{:.2f}{}}}",
                class_names()[static_cast<std::size_t>(label.kind)], label.x1, label.y1, label.x2,
                label.y2, label.id, label.visible, label.ignored ? ",\"ignored\":true" : ""));
        }
        out << fmt::format("[{}]{}\n", fmt::join(items, ","), i + 1 < frames.size() ? "," : "");
    }
    out << "]}\n";
    out.close();
    if (!out)
        throw OutputError(file.string(), "labels cannot be written", "check space and rights");
}

}  // namespace oneadapt::render
