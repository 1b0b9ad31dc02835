// Device profiles: what is read is written, and read, the same again.

#include <nlohmann/json.hpp>

#include "fuzz/fuzz.hpp"
#include "testbed/device_profile.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oneadapt;
    return fuzz::parse([&] {
        const auto profile = load_device_profile(fuzz::InputFile::with(fuzz::text(data, size)));
        const std::string written = to_json(profile).dump();
        fuzz::demand(load_device_profile(fuzz::InputFile::with(written)) == profile,
                     "reads back the same");
    });
}
