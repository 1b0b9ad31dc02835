#include "media/ts_continuity.hpp"

#include <array>
#include <fstream>
#include <optional>

namespace oneadapt {
namespace {

constexpr int kTsBytes = 188;
/// So many packets of other streams may lie between two of one.
constexpr int kFarthestPacket = 20'000;

/// What the header of a packet says (ISO/IEC 13818-1, 2.4.3.2).
struct Header {
    int stream = 0;
    int counter = 0;
};

std::optional<Header> header_at(std::ifstream& in, std::int64_t offset) {
    std::array<char, 4> bytes{};
    in.clear();
    if (offset < 0 || !in.seekg(offset) || !in.read(bytes.data(), bytes.size())) return {};
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (byte(0) != 0x47) return {};
    return Header{(byte(1) & 0x1f) << 8 | byte(2), byte(3) & 0x0f};
}

}  // namespace

bool breaks_continuity(const std::filesystem::path& file, std::int64_t offset, int packet_bytes) {
    std::ifstream in(file, std::ios::binary);
    // FFmpeg counts a packet's place back from its end, as if what is beside it came before.
    std::int64_t place = offset + packet_bytes - kTsBytes;
    const auto now = header_at(in, place);
    for (int i = 0; now && i < kFarthestPacket; ++i) {
        place -= packet_bytes;
        const auto before = header_at(in, place);
        if (!before) return false;
        if (before->stream == now->stream) return now->counter != (before->counter + 1) % 16;
    }
    return false;
}

}  // namespace oneadapt
