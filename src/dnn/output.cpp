#include "dnn/output.hpp"

#include <zstd.h>

#include <algorithm>
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

    /// The number of items that follow, each of at least `item_bytes`.
    std::size_t count(std::size_t item_bytes) {
        const std::size_t items = word();
        expect(items, item_bytes);
        return items;
    }

    template <class Item>
    void take_all(std::size_t count, Item* into) {
        const std::size_t size = count * sizeof(Item);
        if (size > 0) std::memcpy(into, take(size), size);
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

void append_words(std::vector<std::byte>& out, const std::vector<std::string>& words) {
    append_word(out, static_cast<std::uint32_t>(words.size()));
    for (const std::string& text : words) {
        append_word(out, static_cast<std::uint32_t>(text.size()));
        append(out, text.data(), text.size());
    }
}

std::vector<std::string> read_words(Reader& reader) {
    std::vector<std::string> words(reader.count(sizeof(std::uint32_t)));
    for (std::string& text : words) {
        text.resize(reader.count(1));
        reader.take_all(text.size(), text.data());
    }
    return words;
}

/// Rows, columns and, unless there are none, the packed map.
void append_classes(std::vector<std::byte>& out, const cv::Mat& classes) {
    append_word(out, static_cast<std::uint32_t>(classes.rows));
    append_word(out, static_cast<std::uint32_t>(classes.cols));
    if (classes.empty()) return;
    CV_Assert(classes.type() == CV_8U && classes.isContinuous());
    std::vector<std::byte> packed(ZSTD_compressBound(classes.total()));
    const std::size_t size = ZSTD_compress(packed.data(), packed.size(), classes.data,
                                           classes.total(), ZSTD_CLEVEL_DEFAULT);
    if (ZSTD_isError(size) != 0) throw std::runtime_error(ZSTD_getErrorName(size));
    append_word(out, static_cast<std::uint32_t>(size));
    append(out, packed.data(), size);
}

cv::Mat read_classes(Reader& reader) {
    constexpr std::uint32_t kLargestSide = 1 << 14;
    const std::uint32_t rows = reader.word();
    const std::uint32_t columns = reader.word();
    if (rows == 0 && columns == 0) return {};
    if (std::min(rows, columns) == 0 || std::max(rows, columns) > kLargestSide) {
        throw std::invalid_argument("output has a class map without size");
    }
    std::vector<std::byte> packed(reader.count(1));
    reader.take_all(packed.size(), packed.data());
    if (ZSTD_getFrameContentSize(packed.data(), packed.size()) !=
        std::uint64_t{rows} * std::uint64_t{columns}) {
        throw std::invalid_argument("output has a class map of another size");
    }
    cv::Mat classes(static_cast<int>(rows), static_cast<int>(columns), CV_8U);
    const std::size_t size =
        ZSTD_decompress(classes.data, classes.total(), packed.data(), packed.size());
    if (size != classes.total()) throw std::invalid_argument("output has a damaged class map");
    return classes;
}

}  // namespace

bool operator==(const FrameOutput& a, const FrameOutput& b) {
    return a.detections == b.detections && a.words == b.words &&
           a.classes.size() == b.classes.size() &&
           std::equal(a.classes.datastart, a.classes.dataend, b.classes.datastart,
                      b.classes.dataend);
}

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
        append_words(out, frames[i].words);
        append_classes(out, frames[i].classes);
    }
    return out;
}

Output Output::from_bytes(std::span<const std::byte> bytes) {
    Reader reader(bytes);
    const std::size_t frames = reader.count(sizeof(std::uint32_t));
    Output out;
    out.frames.reserve(frames);
    for (std::size_t i = 0; i < frames; ++i) {
        const std::uint32_t count = reader.word();
        if (count != kRepeat) {
            reader.expect(count, sizeof(Detection));
            FrameOutput& frame = out.frames.emplace_back();
            frame.detections.resize(count);
            reader.take_all(count, frame.detections.data());
            frame.words = read_words(reader);
            frame.classes = read_classes(reader);
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
