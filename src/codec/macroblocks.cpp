#include "codec/macroblocks.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

#include <fmt/format.h>

#include "media/regions.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

constexpr int kMacroblock = 16;
constexpr int kQpRange = 51;  ///< what libavcodec scales offsets by, for 8-bit pictures

/// The region that lies under the middle of the macroblock that begins at `at`, along one axis.
int region_at(int at, int sent, int analysis, int regions) {
    const int middle = (2 * at + kMacroblock) * analysis / (2 * sent);
    return std::min(middle / kRegionSide, regions - 1);
}

}  // namespace

std::vector<AVRegionOfInterest> find_macroblocks(const std::vector<double>& qps, int base,
                                                 cv::Size analysis, cv::Size sent) {
    const cv::Size regions = picture_regions(analysis);
    if (qps.size() != 1 && qps.size() != static_cast<std::size_t>(regions.area())) {
        throw UsageError("knob 'macroblock'",
                         fmt::format("has {} values for frames of {}x{}", qps.size(),
                                     analysis.width, analysis.height),
                         fmt::format("give one, or {} rows of {}", regions.height, regions.width));
    }
    std::vector<AVRegionOfInterest> blocks;
    for (int y = 0; y < sent.height; y += kMacroblock) {
        const int row = region_at(y, sent.height, analysis.height, regions.height);
        for (int x = 0; x < sent.width; x += kMacroblock) {
            const int column = region_at(x, sent.width, analysis.width, regions.width);
            const int region = qps.size() == 1 ? 0 : row * regions.width + column;
            const double qp = qps[static_cast<std::size_t>(region)];
            const int offset = static_cast<int>(std::lround(qp)) - base;
            if (offset == 0) continue;
            const int right = x + kMacroblock;
            AVRegionOfInterest* left = blocks.empty() ? nullptr : &blocks.back();
            if (left != nullptr && left->top == y && left->right == x &&
                left->qoffset.num == offset) {
                left->right = right;
            } else {
                blocks.push_back({sizeof(AVRegionOfInterest), y, y + kMacroblock, x, right,
                                  AVRational{offset, kQpRange}});
            }
        }
    }
    return blocks;
}

void attach(const std::vector<AVRegionOfInterest>& blocks, AVFrame& frame) {
    if (blocks.empty()) return;
    const std::size_t bytes = blocks.size() * sizeof(AVRegionOfInterest);
    AVFrameSideData* data =
        av_frame_new_side_data(&frame, AV_FRAME_DATA_REGIONS_OF_INTEREST, bytes);
    if (data == nullptr) throw std::bad_alloc();
    std::memcpy(data->data, blocks.data(), bytes);
}

}  // namespace oneadapt
