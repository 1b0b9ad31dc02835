#include "media/piped_sound.hpp"

#include <bit>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

namespace oneadapt {
namespace {

/// How a container of chunks is laid out.
struct Chunks {
    const char* magic;
    int first;             ///< offset of the first chunk
    std::endian order;     ///< of sizes
    int size_bytes;        ///< of a size
    std::uint64_t padded;  ///< chunks begin at multiples of this
};

constexpr Chunks kContainers[] = {
    {"RIFF", 12, std::endian::little, 4, 2},  // WAV
    {"caff", 8, std::endian::big, 8, 1},
};

std::optional<std::string> read(std::istream& in, int bytes) {
    std::string text(static_cast<std::size_t>(bytes), '\0');
    if (!in.read(text.data(), bytes)) return std::nullopt;
    return text;
}

std::uint64_t number(const std::string& bytes, std::endian order) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::size_t place = order == std::endian::big ? i : bytes.size() - 1 - i;
        value = value << 8 | static_cast<unsigned char>(bytes[place]);
    }
    return value;
}

/// The size that the chunk `data` claims, when there is one.
std::optional<std::uint64_t> claimed_size(std::istream& in, const Chunks& form) {
    in.seekg(form.first);
    while (true) {
        const auto name = read(in, 4);
        const auto bytes = read(in, form.size_bytes);
        if (!name || !bytes) return std::nullopt;
        const std::uint64_t size = number(*bytes, form.order);
        if (*name == "data") return size;
        const std::uint64_t step = (size + form.padded - 1) / form.padded * form.padded;
        if (step > INT64_MAX || !in.seekg(static_cast<std::streamoff>(step), std::ios::cur)) {
            return std::nullopt;
        }
    }
}

/// What recorders write for a size that they do not know: 0 (GStreamer), just below or at 2^31
/// (SoX, arecord), all ones (FFmpeg).
bool means_unknown(std::uint64_t size, int size_bytes) {
    constexpr std::uint64_t kMargin = 0x1000;
    constexpr std::uint64_t kHalf = std::uint64_t{1} << 31;
    const std::uint64_t most = UINT64_MAX >> (64 - 8 * size_bytes);
    return size == 0 || (size >= kHalf - kMargin && size <= kHalf) || size > most - kMargin;
}

}  // namespace

bool written_to_pipe(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    const auto magic = read(in, 4);
    for (const Chunks& form : kContainers) {
        if (magic != form.magic) continue;
        const auto size = claimed_size(in, form);
        return size && means_unknown(*size, form.size_bytes);
    }
    return false;
}

}  // namespace oneadapt
