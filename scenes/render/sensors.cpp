#include "sensors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "classes.hpp"
#include "clip_writer.hpp"
#include "depth.hpp"
#include "exposure.hpp"
#include "in_order.hpp"
#include "infrared.hpp"
#include "labels.hpp"
#include "lidar.hpp"
#include "random.hpp"
#include "shade.hpp"
#include "support/errors.hpp"
#include "sweep_writer.hpp"

namespace oneadapt::render {

namespace {

namespace fs = std::filesystem;

using Image = cv::Mat(const World&, const View&);

cv::Mat colour_image(const World& world, const View& view) {
    cv::Mat colour = shade(world, view);
    const auto index = static_cast<std::uint32_t>(view.index);
    return expose(colour, view.conditions, hash(world.scene().seed, index, 900));
}

/// Records what a camera sees of each frame, and the labels that all cameras share.
template <Image record, PixelFormat format>
void record_images(const World& world, const fs::path& clip, const fs::path& labels) {
    struct Frame {
        cv::Mat image;
        FrameLabels labels;
    };
    const Scene& scene = world.scene();
    ClipWriter writer(clip, format, scene.width, scene.height, scene.fps);
    std::vector<FrameLabels> all_labels;
    const auto make = [&](int index) {
        const View view = look(world, index);
        return Frame{record(world, view), labels_of(view)};
    };
    in_order(scene.frame_count(), make, [&](Frame frame) {
        writer.write(frame.image);
        all_labels.push_back(std::move(frame.labels));
    });
    writer.finish();
    write_labels(labels, scene, all_labels);
}

void record_sweeps(const World& world, const fs::path& clip, const fs::path& labels) {
    SweepWriter writer(clip);
    const int count = std::max(
        1, static_cast<int>(std::lround(world.scene().seconds * lidar::sweeps_per_second)));
    in_order(
        count, [&](int index) { return sweep_of(world, index); },
        [&](const Sweep& sweep) { writer.write(sweep); });
    writer.finish(labels);
}

}  // namespace

const std::vector<Sensor>& sensors() {
    static const std::vector<Sensor> table{
        {"video", "H.264 in Matroska, colour", record_images<colour_image, PixelFormat::colour>},
        {"infrared", "FFV1 in Matroska, 8 bits: warmth",
         record_images<infrared_image, PixelFormat::grey8>},
        {"depth", "FFV1 in Matroska, 16 bits: millimetres",
         record_images<depth_image, PixelFormat::grey16>},
        {"classes", "FFV1 in Matroska, 8 bits: the true class of each pixel",
         record_images<class_image, PixelFormat::grey8>},
        {"lidar", "a folder of KITTI .bin files, 10 a second, and timestamps.txt", record_sweeps},
    };
    return table;
}

const Sensor& sensor_named(const std::string& name) {
    const auto found = std::ranges::find(sensors(), name, &Sensor::name);
    if (found != sensors().end()) return *found;
    std::vector<std::string> names;
    for (const Sensor& sensor : sensors()) names.push_back(sensor.name);
    throw UsageError("sensor " + name, "is unknown",
                     fmt::format("valid sensors: {}", fmt::join(names, ", ")));
}

}  // namespace oneadapt::render
