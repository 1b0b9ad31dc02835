// Sweeps in PCD files.

#include "fuzz/fuzz.hpp"
#include "media/pcd_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oneadapt;
    return fuzz::parse([&] {
        const cv::Mat points = parse_pcd(std::string(fuzz::text(data, size)), "f.pcd");
        fuzz::demand(points.empty() || (points.type() == CV_32F && points.cols == 4),
                     "points have four numbers");
    });
}
