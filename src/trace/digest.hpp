#pragma once

#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "support/hash.hpp"
#include "support/packing.hpp"

namespace oneadapt {

/// Numbers worked out of measurements, so that nobody need unpack those to work them out again:
/// what an accuracy or a sum over a map came to. Each has a key, a hash of all that it derives
/// from. Nothing is lost with them: they are no measurements, are not merged, and what is missing
/// is worked out anew. Safe to use from several threads.
class Digest {
  public:
    /// Goes into every key. Whoever changes how a number is worked out raises it.
    static constexpr int kVersion = 1;

    /// The numbers stay where they are as long as the digest lives.
    std::optional<std::span<const double>> find(const Hash128& key) const;
    /// Keeps numbers, unless there are some of that key; returns those there are.
    std::span<const double> keep(const Hash128& key, std::vector<double> numbers);

    /// What is known of `key`, else what `make` makes of it.
    template <class Make>
    std::span<const double> get(const Hash128& key, const Make& make) {
        if (const auto known = find(key)) return *known;
        return keep(key, make());
    }

    /// All numbers as bytes, when some were added since it was read or this was last called.
    std::optional<Bytes> changes();
    /// Takes over what changes() gave. Throws std::invalid_argument for other bytes.
    void read(std::span<const std::byte> bytes);

  private:
    struct KeyHash {
        std::size_t operator()(const Hash128& key) const { return key.low; }
    };

    mutable std::shared_mutex mutex_;
    std::unordered_map<Hash128, std::vector<double>, KeyHash> numbers_;
    bool changed_ = false;
};

}  // namespace oneadapt
