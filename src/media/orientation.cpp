#include "media/orientation.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace oneadapt {

Orientation orientation_of(const AVFrame& frame) {
    const AVFrameSideData* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
    if (side == nullptr) return {};
    // Column and row (x, y) are shown at (a x + c y, b x + d y); the matrix is a b u, c d v, x y w.
    const auto* matrix = reinterpret_cast<const std::int32_t*>(side->data);
    const double a = matrix[0];
    const double b = matrix[1];
    const double c = matrix[3];
    const double d = matrix[4];
    if (std::abs(a) + std::abs(d) >= std::abs(b) + std::abs(c)) return {false, a < 0, d < 0};
    return {true, c < 0, b < 0};
}

const char* turning_filters(const Orientation& orientation) {
    // A transposition and one mirroring are a quarter turn, which libavfilter makes in one pass.
    constexpr std::array<const char*, 8> kFilters = {"",
                                                     "vflip,",
                                                     "hflip,",
                                                     "hflip,vflip,",
                                                     "transpose=cclock_flip,",
                                                     "transpose=cclock,",
                                                     "transpose=clock,",
                                                     "transpose=clock_flip,"};
    const std::size_t row = (orientation.transposed ? 4U : 0U) + (orientation.mirrored ? 2U : 0U) +
                            (orientation.flipped ? 1U : 0U);
    return kFilters.at(row);
}

}  // namespace oneadapt
