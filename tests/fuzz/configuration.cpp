// Configurations: what is read is spelled, and read, the same again.

#include "knobs/configuration.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oneadapt;
    return fuzz::parse([&] {
        const auto configuration = Configuration::parse(fuzz::text(data, size));
        const std::string spelled = configuration.text();
        fuzz::demand(Configuration::parse(spelled) == configuration, "reads back the same");
        fuzz::demand(Configuration::parse(spelled).text() == spelled, "has one spelling");
    });
}
