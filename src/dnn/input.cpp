#include "dnn/input.hpp"

#include <algorithm>
#include <stdexcept>

#include "dnn/input_kinds.hpp"

namespace oneadapt {

const std::vector<InputKind>& input_table() {
    static const std::vector<InputKind> table = {
        colour_input("video"), luma_input("infrared"), luma_input("depth"),
        sound_input("audio"),  point_input("lidar"),
    };
    return table;
}

const InputKind& find_input(const std::string& media) {
    const auto& table = input_table();
    const auto found = std::ranges::find(table, media, &InputKind::media);
    if (found == table.end()) throw std::logic_error("no input space for " + media);
    return *found;
}

InputSpace input_space(const Sidecar& sidecar) {
    return find_input(sidecar.input_kind).space(sidecar);
}

std::vector<cv::Mat> pictures_of(const std::vector<cv::Mat>& frames, const InputSpace& space) {
    std::vector<cv::Mat> pictures(frames.size());
    std::ranges::transform(frames, pictures.begin(), space.picture);
    return pictures;
}

}  // namespace oneadapt
