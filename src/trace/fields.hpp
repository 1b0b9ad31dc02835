#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <opencv2/core.hpp>

#include "support/hash.hpp"
#include "support/packing.hpp"

namespace oneadapt {

// The one spelling of values in the trace: fields one after the other, little-endian. Numbers read
// back bit for bit, so that a warm run equals a cold one.

/// Writes the fields of a value.
class FieldWriter {
  public:
    template <typename T>
    requires std::is_arithmetic_v<T> FieldWriter& put(T value) {
        return put_raw(std::as_bytes(std::span(&value, 1)));
    }
    FieldWriter& put(const Hash128& hash) { return put(hash.high).put(hash.low); }
    FieldWriter& put(std::string_view text);
    /// Items without padding between their numbers, as they lie in memory.
    template <typename Item>
    requires std::is_trivially_copyable_v<Item> FieldWriter& put_all(
        const std::vector<Item>& items) {
        return put_raw(std::as_bytes(std::span(items)));
    }
    /// Throws std::logic_error for 2^32 items and more.
    FieldWriter& put_count(std::size_t count);
    /// A map of one channel of floats or bytes. Bytes of one place in the numbers lie together:
    /// they are alike, and pack better.
    FieldWriter& put(const cv::Mat& map);

    Bytes finish() { return std::move(bytes_); }

  private:
    FieldWriter& put_raw(std::span<const std::byte> data);

    Bytes bytes_;
};

/// Reads the fields in the same order. Every method throws std::invalid_argument when they are not
/// there, before anything is allocated for them.
class FieldReader {
  public:
    explicit FieldReader(std::span<const std::byte> bytes) : rest_(bytes) {}

    template <typename T>
    requires std::is_arithmetic_v<T> T get() {
        T value;
        take(std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }
    Hash128 get_hash();
    std::string get_text();
    /// As many items as there are.
    template <typename Item>
    requires std::is_trivially_copyable_v<Item>
    void get_all(std::vector<Item>& items) { take(std::as_writable_bytes(std::span(items))); }
    /// The number of items that follow, each of at least `item_bytes`.
    std::size_t get_count(std::size_t item_bytes);
    /// Takes `word` if it comes next.
    bool next_is(std::uint32_t word);
    /// A map of `type`, CV_32F or CV_8U.
    cv::Mat get_map(int type);
    /// Call after the last field.
    void finish() const;

  private:
    void take(std::span<std::byte> into);

    std::span<const std::byte> rest_;
};

}  // namespace oneadapt
