#pragma once

#include <memory>
#include <stdexcept>
#include <string_view>

#include "support/hash.hpp"
#include "trace/trace.hpp"

namespace oneadapt {

/// The value of `key` from the trace, which has it. Throws TraceError when it does not read back.
template <typename Value>
std::shared_ptr<Value> read_back(Trace& trace, std::string_view kind, const Hash128& key) {
    const auto bytes = trace.find(kind, key);
    if (!bytes) trace.throw_malformed("a digest of what is not there");
    auto value = std::make_shared<Value>();
    try {
        from_bytes(*bytes, *value);
    } catch (const std::invalid_argument& e) {
        trace.throw_malformed(e.what());
    }
    return value;
}

/// The value of `key` from the trace, else what `measure` makes, stored before anyone sees it.
/// Values are spelled by their to_bytes() and from_bytes(), of which the latter throws
/// std::invalid_argument. Throws TraceError when what the trace holds does not read back.
template <typename Value, typename Measure>
std::shared_ptr<Value> stored(Trace& trace, std::string_view kind, const Hash128& key,
                              const Measure& measure) {
    if (const auto bytes = trace.find(kind, key)) {
        auto value = std::make_shared<Value>();
        try {
            from_bytes(*bytes, *value);
        } catch (const std::invalid_argument& e) {
            trace.throw_malformed(e.what());
        }
        return value;
    }
    auto value = std::make_shared<Value>(measure());
    trace.store(kind, key, to_bytes(*value));
    return value;
}

}  // namespace oneadapt
