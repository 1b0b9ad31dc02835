#include "trace/digest.hpp"

#include <algorithm>
#include <utility>

#include "trace/fields.hpp"

namespace oneadapt {

std::optional<std::span<const double>> Digest::find(const Hash128& key) const {
    const std::shared_lock lock(mutex_);
    const auto found = numbers_.find(key);
    if (found == numbers_.end()) return std::nullopt;
    return found->second;
}

std::span<const double> Digest::keep(const Hash128& key, std::vector<double> numbers) {
    const std::lock_guard lock(mutex_);
    const auto [place, added] = numbers_.try_emplace(key, std::move(numbers));
    changed_ = changed_ || added;
    return place->second;
}

std::optional<Bytes> Digest::changes() {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(changed_, false)) return std::nullopt;
    std::vector<Hash128> keys;
    keys.reserve(numbers_.size());
    for (const auto& [key, numbers] : numbers_) keys.push_back(key);
    std::ranges::sort(keys);
    FieldWriter out;
    out.put_count(keys.size());
    for (const Hash128& key : keys) {
        const std::vector<double>& numbers = numbers_.at(key);
        out.put(key).put_count(numbers.size()).put_all(numbers);
    }
    return out.finish();
}

void Digest::read(std::span<const std::byte> bytes) {
    constexpr std::size_t kLeast = 2 * sizeof(std::uint64_t) + sizeof(std::uint32_t);
    FieldReader in(bytes);
    const std::lock_guard lock(mutex_);
    for (std::size_t left = in.get_count(kLeast); left > 0; --left) {
        const Hash128 key = in.get_hash();
        std::vector<double> numbers(in.get_count(sizeof(double)));
        in.get_all(numbers);
        numbers_.try_emplace(key, std::move(numbers));
    }
    in.finish();
}

}  // namespace oneadapt
