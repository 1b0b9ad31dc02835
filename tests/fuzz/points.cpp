// Sweeps in .bin files; the first byte chooses the layout.

#include "fuzz/fuzz.hpp"
#include "media/point_layout.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oneadapt;
    if (size == 0) return 0;
    const auto& layouts = point_layouts();
    const PointLayout& layout = layouts[data[0] % layouts.size()];
    const std::string bytes(fuzz::text(data + 1, size - 1));
    return fuzz::parse([&] {
        const cv::Mat points = unpack_points(bytes, layout, "f.bin");
        fuzz::demand(static_cast<std::size_t>(points.rows) * layout.point_bytes() == bytes.size(),
                     "every point is there");
        check_layout(bytes, layout, "f.bin");
    });
}
