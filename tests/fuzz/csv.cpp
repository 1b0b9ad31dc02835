// Series in CSV files; the first byte chooses what they are of.

#include <array>

#include "fuzz/series.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oneadapt;
    if (size == 0) return 0;
    const std::array kinds = {&uplink_series(), &speed_series(), &idle_series()};
    const SeriesKind& kind = *kinds.at(data[0] % kinds.size());
    return fuzz::parse([&] {
        const auto& file = fuzz::InputFile::with(fuzz::text(data + 1, size - 1));
        fuzz::check_series(Series::csv(file, kind));
    });
}
