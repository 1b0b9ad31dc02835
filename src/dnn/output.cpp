#include "dnn/output.hpp"

#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <type_traits>

namespace oneadapt {
namespace {

static_assert(std::endian::native == std::endian::little, "stored outputs are little-endian");
static_assert(std::is_trivially_copyable_v<Detection> && sizeof(Detection) == 24);

/// In place of a number of detections: the frame says what the one before it said. Frames that a
/// configuration drops repeat the last one, so most of a low frame rate's output is this word.
constexpr std::uint32_t kRepeat = std::numeric_limits<std::uint32_t>::max();

void append(std::vector<std::byte>& out, const void* data, std::size_t size) {
    const std::size_t end = out.size();
    out.resize(end + size);
    if (size > 0) std::memcpy(out.data() + end, data, size);
}

void append_word(std::vector<std::byte>& out, std::uint32_t word) {
    append(out, &word, sizeof word);
}

/// Takes fields off the front of the bytes.
class Reader {
  public:
    explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

    std::uint32_t word() {
        std::uint32_t value = 0;
        std::memcpy(&value, take(sizeof value), sizeof value);
        return value;
    }

    /// Refuses counts that the bytes cannot hold before anything is allocated for them.
    void expect(std::size_t items, std::size_t item_bytes) const {
        if (items > rest_.size() / item_bytes) throw std::invalid_argument("output ends early");
    }

    std::vector<Detection> detections(std::size_t count) {
        expect(count, sizeof(Detection));
        std::vector<Detection> out(count);
        const std::size_t size = count * sizeof(Detection);
        if (size > 0) std::memcpy(out.data(), take(size), size);
        return out;
    }

    void finish() const {
        if (!rest_.empty()) throw std::invalid_argument("output has bytes left over");
    }

  private:
    const std::byte* take(std::size_t size) {
        expect(size, 1);
        const std::byte* data = rest_.data();
        rest_ = rest_.subspan(size);
        return data;
    }

    std::span<const std::byte> rest_;
};

}  // namespace

std::vector<std::byte> Output::to_bytes() const {
    std::vector<std::byte> out;
    append_word(out, static_cast<std::uint32_t>(frames.size()));
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto& detections = frames[i].detections;
        if (i > 0 && frames[i] == frames[i - 1]) {
            append_word(out, kRepeat);
            continue;
        }
        append_word(out, static_cast<std::uint32_t>(detections.size()));
        append(out, detections.data(), detections.size() * sizeof(Detection));
    }
    return out;
}

Output Output::from_bytes(std::span<const std::byte> bytes) {
    Reader reader(bytes);
    const std::uint32_t frames = reader.word();
    reader.expect(frames, sizeof(std::uint32_t));
    Output out;
    out.frames.reserve(frames);
    for (std::uint32_t i = 0; i < frames; ++i) {
        const std::uint32_t count = reader.word();
        if (count != kRepeat) {
            out.frames.push_back({reader.detections(count)});
        } else if (i > 0) {
            out.frames.push_back(out.frames.back());
        } else {
            throw std::invalid_argument("output's first frame repeats nothing");
        }
    }
    reader.finish();
    return out;
}

}  // namespace oneadapt
