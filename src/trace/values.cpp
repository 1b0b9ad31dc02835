#include "trace/values.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "support/errors.hpp"
#include "trace/database.hpp"

namespace oneadapt {
namespace {

static_assert(std::endian::native == std::endian::little, "traces are little-endian");

/// Writes the fields of a value one after the other.
class FieldWriter {
  public:
    template <typename T>
    requires std::is_arithmetic_v<T> FieldWriter& put(T value) {
        return put(std::as_bytes(std::span(&value, 1)));
    }
    FieldWriter& put_count(std::size_t count) { return put(static_cast<std::uint32_t>(count)); }
    FieldWriter& put(const Hash128& hash) { return put(hash.high).put(hash.low); }
    FieldWriter& put(const cv::Mat& map) {
        CV_Assert(map.type() == CV_32F);
        put(std::int32_t{map.rows}).put(std::int32_t{map.cols});
        const auto cols = static_cast<std::size_t>(map.cols);
        for (int row = 0; row < map.rows; ++row) {
            put(std::as_bytes(std::span(map.ptr<float>(row), cols)));
        }
        return *this;
    }
    std::vector<std::byte> finish() { return std::move(bytes_); }

  private:
    FieldWriter& put(std::span<const std::byte> data) {
        bytes_.insert(bytes_.end(), data.begin(), data.end());
        return *this;
    }

    std::vector<std::byte> bytes_;
};

/// Reads the fields in the same order.
class FieldReader {
  public:
    explicit FieldReader(std::span<const std::byte> bytes) : rest_(bytes) {}

    template <typename T>
    requires std::is_arithmetic_v<T> T get() {
        T value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }
    /// The number of items that follow, each of at least `item_bytes`.
    std::size_t get_count(std::size_t item_bytes) {
        const std::size_t count = get<std::uint32_t>();
        if (count > rest_.size() / item_bytes) throw std::invalid_argument("it ends early");
        return count;
    }
    Hash128 get_hash() {
        const auto high = get<std::uint64_t>();
        return {high, get<std::uint64_t>()};
    }
    cv::Mat get_map() {
        const auto rows = get<std::int32_t>();
        const auto cols = get<std::int32_t>();
        if (rows < 0 || cols < 0) throw std::invalid_argument("a map has a negative size");
        const auto cells = static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
        const auto data = take(cells * sizeof(float));
        cv::Mat map(rows, cols, CV_32F);
        if (!data.empty()) std::memcpy(map.data, data.data(), data.size());
        return map;
    }
    /// Call after the last field.
    void finish() const {
        if (!rest_.empty()) throw std::invalid_argument("it has bytes left over");
    }

  private:
    std::span<const std::byte> take(std::size_t count) {
        if (count > rest_.size()) throw std::invalid_argument("it ends early");
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

    std::span<const std::byte> rest_;
};

}  // namespace

std::vector<std::byte> to_bytes(const Encoding& encoding) {
    FieldWriter out;
    out.put(encoding.bytes).put_count(encoding.kept.size());
    for (const int frame : encoding.kept) out.put(std::int32_t{frame});
    return out.put(encoding.difference).finish();
}

void from_bytes(std::span<const std::byte> bytes, Encoding& encoding) {
    FieldReader in(bytes);
    encoding.bytes = in.get<std::int64_t>();
    encoding.kept.resize(in.get_count(sizeof(std::int32_t)));
    for (int& frame : encoding.kept) frame = in.get<std::int32_t>();
    encoding.difference = in.get_map();
    in.finish();
}

std::vector<std::byte> to_bytes(const Gradient& gradient) {
    return FieldWriter().put(gradient.utility).put(gradient.saliency).finish();
}

void from_bytes(std::span<const std::byte> bytes, Gradient& gradient) {
    FieldReader in(bytes);
    gradient.utility = in.get<double>();
    gradient.saliency = in.get_map();
    in.finish();
}

std::vector<std::byte> to_bytes(const ClipIndex& index) {
    FieldWriter out;
    out.put(index.file);
    out.put(std::int32_t{index.size.width}).put(std::int32_t{index.size.height}).put(index.fps);
    out.put_count(index.segments.size());
    for (const SegmentInfo& segment : index.segments) {
        out.put(std::int32_t{segment.index}).put(std::int32_t{segment.frames});
        out.put(segment.start.value).put(segment.duration.value).put(segment.hash);
    }
    return out.finish();
}

void from_bytes(std::span<const std::byte> bytes, ClipIndex& index) {
    constexpr std::size_t kSegmentBytes = 2 * sizeof(std::int32_t) + 4 * sizeof(double);
    FieldReader in(bytes);
    index.file = in.get_hash();
    index.size.width = in.get<std::int32_t>();
    index.size.height = in.get<std::int32_t>();
    index.fps = in.get<double>();
    index.segments.resize(in.get_count(kSegmentBytes));
    for (SegmentInfo& segment : index.segments) {
        segment.index = in.get<std::int32_t>();
        segment.frames = in.get<std::int32_t>();
        segment.start.value = in.get<double>();
        segment.duration.value = in.get<double>();
        segment.hash = in.get_hash();
    }
    in.finish();
}

std::vector<std::byte> to_bytes(double number) {
    return FieldWriter().put(number).finish();
}

void from_bytes(std::span<const std::byte> bytes, double& number) {
    FieldReader in(bytes);
    number = in.get<double>();
    in.finish();
}

std::vector<std::byte> to_bytes(const Output& output) {
    return output.to_bytes();
}

void from_bytes(std::span<const std::byte> bytes, Output& output) {
    output = Output::from_bytes(bytes);
}

void throw_malformed(const std::filesystem::path& file, const std::string& reason) {
    throw TraceError(file.string(), "holds a malformed value (" + reason + ")", kRecordAnew);
}

}  // namespace oneadapt
