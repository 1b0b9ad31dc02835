// Values as a trace stores them, of three kinds and packed; the first byte chooses. What is read
// is written byte for byte, where one value has one spelling.

#include <span>
#include <stdexcept>

#include "fuzz/fuzz.hpp"
#include "measure/differentiate.hpp"
#include "measure/encode.hpp"
#include "measure/infer.hpp"
#include "support/packing.hpp"

namespace {

using namespace oneadapt;

/// Whether two spellings of a value are the same from the second on.
template <class Value>
void read_and_write(std::span<const std::byte> bytes) {
    Value value;
    from_bytes(bytes, value);
    const Bytes written = to_bytes(value);
    Value again;
    from_bytes(written, again);
    fuzz::demand(to_bytes(again) == written, "is written the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
    try {
        switch (data[0] % 4) {
            case 0:
                read_and_write<Encoding>(bytes);
                break;
            case 1:
                read_and_write<Output>(bytes);
                break;
            case 2:
                read_and_write<DnnGrad>(bytes);
                break;
            default: {
                const Bytes unpacked = unpack(bytes);
                fuzz::demand(unpack(pack(unpacked)) == unpacked, "unpacks to the same");
            }
        }
    } catch (const std::invalid_argument&) {  // which the trace says with its name
    }
    return 0;
}
