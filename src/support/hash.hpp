#pragma once

#include <array>
#include <compare>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

struct XXH3_state_s;

namespace oneadapt {

/// A 128-bit content hash (XXH3).
struct Hash128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend constexpr auto operator<=>(const Hash128&, const Hash128&) = default;

    /// 32 lower-case hexadecimal digits.
    std::string hex() const;
    /// The inverse of hex(); throws std::invalid_argument.
    static Hash128 from_hex(std::string_view text);
};

/// Hashes a sequence of fields. Strings are length-prefixed, so that ("ab","c") and ("a","bc")
/// differ.
class Hasher {
  public:
    Hasher& bytes(std::span<const std::byte> data);
    Hasher& add(std::string_view text);
    template <typename T>
    requires std::is_arithmetic_v<T> Hasher& add(T value) {
        return bytes(std::as_bytes(std::span(&value, 1)));
    }
    Hasher& add(const Hash128& hash) { return add(hash.high).add(hash.low); }

    Hash128 finish() const;

  private:
    struct Free {
        void operator()(XXH3_state_s* state) const;
    };
    /// What was added, as long as it is little; then all of it is in `state_`.
    std::array<std::byte, 512> little_;
    std::size_t size_ = 0;
    std::unique_ptr<XXH3_state_s, Free> state_;
};

/// Hash of a file's bytes, or of the names and bytes of the files in a folder. Throws InputError
/// when it cannot be read.
Hash128 hash_file(const std::filesystem::path& file);

}  // namespace oneadapt
