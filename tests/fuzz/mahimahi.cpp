// Mahimahi's packet-delivery traces.

#include "fuzz/series.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oneadapt;
    return fuzz::parse([&] {
        fuzz::check_series(Series::mahimahi(fuzz::InputFile::with(fuzz::text(data, size))));
    });
}
