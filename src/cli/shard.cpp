#include "cli/shard.hpp"

#include <fmt/format.h>

#include "support/errors.hpp"
#include "support/text.hpp"

namespace oneadapt {

Shard shard_in(const std::string& text) {
    const auto halves = split_once(text, '/');
    const auto index = halves ? number_in<int>(halves->first) : std::nullopt;
    const auto count = halves ? number_in<int>(halves->second) : std::nullopt;
    if (!index || !count || *count < 1 || *index < 0 || *index >= *count) {
        throw UsageError(fmt::format("--shard {}", text), "is no part of a whole",
                         "write INDEX/COUNT, counted from 0, e.g. --shard 0/4");
    }
    return {.index = *index, .count = *count};
}

}  // namespace oneadapt
