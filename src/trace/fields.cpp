#include "trace/fields.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace oneadapt {
namespace {

static_assert(std::endian::native == std::endian::little, "traces are little-endian");

std::size_t row_bytes(const cv::Mat& map) {
    return static_cast<std::size_t>(map.cols) * map.elemSize();
}

}  // namespace

FieldWriter& FieldWriter::put_raw(std::span<const std::byte> data) {
    bytes_.insert(bytes_.end(), data.begin(), data.end());
    return *this;
}

FieldWriter& FieldWriter::put(std::string_view text) {
    return put_count(text.size()).put_raw(std::as_bytes(std::span(text)));
}

FieldWriter& FieldWriter::put_count(std::size_t count) {
    if (count > std::numeric_limits<std::uint32_t>::max()) {
        throw std::logic_error("a value of too many items to store");
    }
    return put(static_cast<std::uint32_t>(count));
}

FieldWriter& FieldWriter::put(const cv::Mat& map) {
    CV_Assert(map.empty() || map.type() == CV_32F || map.type() == CV_8U);
    put(std::int32_t{map.rows}).put(std::int32_t{map.cols});
    const std::size_t width = map.elemSize();
    bytes_.reserve(bytes_.size() + map.total() * width);
    for (std::size_t place = 0; place < width; ++place) {
        for (int row = 0; row < map.rows; ++row) {
            const auto numbers = std::as_bytes(std::span(map.ptr(row), row_bytes(map)));
            for (std::size_t at = place; at < numbers.size(); at += width) {
                bytes_.push_back(numbers[at]);
            }
        }
    }
    return *this;
}

void FieldReader::take(std::span<std::byte> into) {
    if (into.size() > rest_.size()) throw std::invalid_argument("it ends early");
    std::ranges::copy(rest_.first(into.size()), into.begin());
    rest_ = rest_.subspan(into.size());
}

Hash128 FieldReader::get_hash() {
    const auto high = get<std::uint64_t>();
    return {high, get<std::uint64_t>()};
}

std::string FieldReader::get_text() {
    std::string text(get_count(1), '\0');
    take(std::as_writable_bytes(std::span(text)));
    return text;
}

std::size_t FieldReader::get_count(std::size_t item_bytes) {
    const std::size_t count = get<std::uint32_t>();
    if (count > rest_.size() / item_bytes) throw std::invalid_argument("it ends early");
    return count;
}

bool FieldReader::next_is(std::uint32_t word) {
    FieldReader ahead = *this;
    if (ahead.get<std::uint32_t>() != word) return false;
    *this = ahead;
    return true;
}

cv::Mat FieldReader::get_map(int type) {
    const auto rows = get<std::int32_t>();
    const auto cols = get<std::int32_t>();
    if (rows < 0 || cols < 0) throw std::invalid_argument("a map has a negative size");
    const std::uint64_t cells = std::uint64_t(rows) * std::uint64_t(cols);
    if (cells == 0) return {};
    if (cells > rest_.size() / CV_ELEM_SIZE(type)) throw std::invalid_argument("it ends early");
    cv::Mat map(rows, cols, type);
    const std::size_t width = map.elemSize();
    const auto numbers = std::as_writable_bytes(std::span(map.data, map.total() * width));
    std::size_t next = 0;
    for (std::size_t place = 0; place < width; ++place) {
        for (std::size_t at = place; at < numbers.size(); at += width) numbers[at] = rest_[next++];
    }
    rest_ = rest_.subspan(next);
    return map;
}

void FieldReader::finish() const {
    if (!rest_.empty()) throw std::invalid_argument("it has bytes left over");
}

}  // namespace oneadapt
