#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>

#include "support/hash.hpp"
#include "trace/trace.hpp"

namespace oneadapt {

/// What the trace holds as those bytes. Throws TraceError when they do not read back.
template <typename Value>
std::shared_ptr<Value> read_as(const Trace& trace, std::span<const std::byte> bytes) {
    auto value = std::make_shared<Value>();
    try {
        from_bytes(bytes, *value);
    } catch (const std::invalid_argument& e) {
        trace.throw_malformed(e.what());
    }
    return value;
}

/// The value of `key` from the trace, which has it. Throws TraceError when it does not read back.
template <typename Value>
std::shared_ptr<Value> read_back(const Trace& trace, std::string_view kind, const Hash128& key) {
    const auto bytes = trace.find(kind, key);
    if (!bytes) trace.throw_malformed("a digest of what is not there");
    return read_as<Value>(trace, *bytes);
}

/// The value of `key` from the trace, else what `measure` makes, stored before anyone sees it.
/// Values are spelled by their to_bytes() and from_bytes(), of which the latter throws
/// std::invalid_argument. Throws TraceError when what the trace holds does not read back.
template <typename Value, typename Measure>
std::shared_ptr<Value> stored(Trace& trace, std::string_view kind, const Hash128& key,
                              const Measure& measure) {
    if (const auto bytes = trace.find(kind, key)) return read_as<Value>(trace, *bytes);
    auto value = std::make_shared<Value>(measure());
    trace.store(kind, key, to_bytes(*value));
    return value;
}

}  // namespace oneadapt
