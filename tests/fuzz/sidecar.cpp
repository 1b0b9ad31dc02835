// Sidecars of models.

#include <cmath>

#include "dnn/sidecar.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oneadapt;
    return fuzz::parse([&] {
        const Sidecar sidecar = load_sidecar(fuzz::InputFile::with(fuzz::text(data, size)));
        fuzz::demand(sidecar.range_low < sidecar.range_high, "white is above black");
        fuzz::demand(std::isfinite(sidecar.loss_scale) && sidecar.loss_scale > 0, "a loss scale");
        fuzz::demand(!sidecar.classes.empty() && sidecar.size_multiple > 0, "classes, a size");
        fuzz::demand(first_difference(sidecar, sidecar).empty(), "it is like itself");
        sidecar.output_hash();
    });
}
