#include "sweep_writer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "labels.hpp"
#include "support/errors.hpp"

namespace oneadapt::render {

namespace {

namespace fs = std::filesystem;

void close(std::ofstream& file, const fs::path& name) {
    file.close();
    if (!file) throw OutputError(name.string(), "cannot be written", "check space and rights");
}

std::string json_of(const Box3d& box) {
    return fmt::format(
        "{{\"class\":\"{}\",\"center\":[{:.3f},{:.3f},{:.3f}],\"size\":[{:.3f},{:.3f},{:.3f}],"
        "\"yaw\":{:.4f},\"id\":{},\"points\":{}{}}}",
        class_names()[static_cast<std::size_t>(box.kind)], box.centre.x, box.centre.y, box.centre.z,
        box.size.x, box.size.y, box.size.z, box.yaw, box.id, box.points,
        box.ignored ? ",\"ignored\":true" : "");
}

}  // namespace

SweepWriter::SweepWriter(const fs::path& folder) : folder_(folder) {
    std::error_code error;
    fs::create_directory(folder, error);
    times_.open(folder / sweep_times_name);
}

void SweepWriter::write(const Sweep& sweep) {
    const fs::path name = folder_ / fmt::format("{:06}.bin", frames_.size());
    std::ofstream file(name, std::ios::binary);
    static_assert(sizeof(LidarPoint) == 4 * sizeof(float));
    file.write(reinterpret_cast<const char*>(sweep.points.data()),
               static_cast<std::streamsize>(sweep.points.size() * sizeof(LidarPoint)));
    close(file, name);
    times_ << fmt::format("{}\n", sweep.seconds);
    std::vector<std::string> boxes;
    for (const Box3d& box : sweep.boxes) boxes.push_back(json_of(box));
    frames_.push_back(fmt::format("[{}]", fmt::join(boxes, ",")));
}

void SweepWriter::finish(const fs::path& labels) {
    close(times_, folder_ / sweep_times_name);
    std::ofstream file(labels);
    file << fmt::format(
        "{{\"format\":\"oneadapt-boxes3d-1\",\"fps\":{},\n\"classes\":[\"{}\"],\n\"frames\":[\n{}\n"
        "]}}\n",
        lidar::sweeps_per_second, fmt::join(class_names(), "\",\""), fmt::join(frames_, ",\n"));
    close(file, labels);
}

}  // namespace oneadapt::render
