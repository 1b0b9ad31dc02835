#include "measure/row_units.hpp"

#include <algorithm>
#include <cstddef>

namespace oneadapt {
namespace {

/// A distance, an angle, and a sum, for each point.
constexpr double kPointOperations = 20;

}  // namespace

void RowUnits::key(Hasher& /*hasher*/, const Lab& /*lab*/) const {}

RegionRows RowUnits::measure(Lab& lab) const {
    const Segment& segment = lab.media();
    const InputSpace& input = lab.instruments().input;
    const cv::Size grid = input.regions(segment.size).size;
    RegionRows rows;
    for (int row = 0; row < grid.height; ++row) {
        std::vector<bool> wanted(static_cast<std::size_t>(grid.area()), false);
        const auto first = wanted.begin() + static_cast<std::ptrdiff_t>(row) * grid.width;
        std::fill_n(first, grid.width, true);
        double sum = 0;
        for (const cv::Mat& frame : segment.frames) {
            sum += input.size(input.only(frame, wanted)).area();
        }
        rows.units.push_back(sum / static_cast<double>(segment.frames.size()));
        rows.gflop += 1e-9 * kPointOperations * sum;
    }
    return rows;
}

Bytes to_bytes(const RegionRows& rows) {
    return FieldWriter().put(rows.gflop).put_count(rows.units.size()).put_all(rows.units).finish();
}

void from_bytes(std::span<const std::byte> bytes, RegionRows& rows) {
    FieldReader in(bytes);
    rows.gflop = in.get<double>();
    rows.units.resize(in.get_count(sizeof(double)));
    in.get_all(rows.units);
    in.finish();
}

}  // namespace oneadapt
