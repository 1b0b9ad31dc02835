#pragma once

#include <concepts>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <opencv2/core.hpp>

#include "measure/instruments.hpp"
#include "measure/later.hpp"
#include "measure/memo.hpp"
#include "measure/recipe.hpp"
#include "measure/stored.hpp"
#include "trace/fields.hpp"
#include "trace/trace.hpp"

namespace oneadapt {

class Lab;

/// Something to find out about a segment: what is to be known, how it is named in the trace, how it
/// is measured, and how its value is spelled. A query is a file pair; nothing else knows of it.
template <class Q>
concept Query = requires(const Q& query, Hasher& hasher, const Lab& named, Lab& lab,
                         typename Q::Value& value, std::span<const std::byte> bytes) {
    /// Names the kind in the trace.
    { Q::kName } -> std::convertible_to<std::string_view>;
    /// Adds all that the value depends on, beside the segment.
    query.key(hasher, named);
    { query.measure(lab) } -> std::same_as<typename Q::Value>;
    { to_bytes(std::as_const(value)) } -> std::same_as<Bytes>;
    from_bytes(bytes, value);
};

/// A query with settings that are applied to the value after it was read, and cost no measurement
/// when they change.
template <class Q>
concept Settled = Query<Q> && requires(const Q& query, Hasher& hasher, typename Q::Value& value) {
    query.settings(hasher);
    query.settle(value);
};

/// A query whose value is outlined by a few numbers, kept in the segment's digest, so that the rest
/// of it can stay in the trace until somebody looks at it.
template <class Q>
concept Outlined = Query<Q> && requires(const typename Q::Value& value) {
    { Q::outline(value) } -> std::same_as<std::vector<double>>;
};

/// A query whose value is made of its outline and what is read when somebody looks at it, and says
/// of its parts what they are of.
template <class Q>
concept Sketched = Outlined<Q> && requires(typename Q::Value& value, std::span<const double> told,
                                           const Later<typename Q::Value>& rest,
                                           const Hash128& name, std::shared_ptr<Digest> digest) {
    { Q::sketch(told, rest) } -> std::same_as<typename Q::Value>;
    Q::sign(value, name, digest);
};

using PicturesPtr = std::shared_ptr<const std::vector<cv::Mat>>;

/// Where a segment is measured: what is asked for comes from memory, else from the trace, else it
/// is measured now and stored.
///
/// Several threads may ask at once; the same thing is never measured twice (the second asker
/// waits). An exception of a measurement reaches everyone who asked for it.
class Lab {
  public:
    /// `instruments` and `trace` must outlive it.
    Lab(SegmentRef segment, const Instruments& instruments, Trace& trace);
    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;

    template <Query Q>
    std::shared_ptr<const typename Q::Value> take(const Q& query) {
        using Taken = typename Q::Value;
        Hasher hasher = segment_key();
        query.key(hasher, std::as_const(*this));
        const Hash128 key = hasher.finish();
        if constexpr (Settled<Q>) query.settings(hasher);
        return remember<Taken>({hasher.finish(), Q::kName}, [&] {
            auto value = sketched_or_stored(query, key);
            if constexpr (Settled<Q>) query.settle(*value);
            return value;
        });
    }

    /// The same, left in the trace until somebody looks at it.
    template <Outlined Q>
    requires Settled<Q>
    const Later<typename Q::Value>& later(const Q& query) {
        using Taken = typename Q::Value;
        Hasher hasher = segment_key();
        query.key(hasher, std::as_const(*this));
        const Hash128 key = hasher.finish();
        query.settings(hasher);
        const Hash128 name = hasher.finish();
        const auto found = remember<Later<Taken>>({name, Q::kLater}, [&] {
            auto told = digest()->find(outline_name(Q::kName, key));
            std::shared_ptr<const Taken> now;
            if (!told) {
                now = take(query);
                told = digest()->keep(outline_name(Q::kName, key), Q::outline(*now));
            }
            const auto read = [query, now, key, &trace = trace_] {
                if (now) return now;
                auto value = read_back<Taken>(trace, Q::kName, key);
                query.settle(*value);
                return std::shared_ptr<const Taken>(std::move(value));
            };
            return std::make_shared<const Later<Taken>>(name, *told, read);
        });
        return *found;  // stays in memo_
    }

    /// The key under which the trace holds what the query is about, once it is measured.
    template <Query Q>
    Hash128 key_of(const Q& query) const {
        Hasher hasher = segment_key();
        query.key(hasher, *this);
        return hasher.finish();
    }

    /// Numbers worked out of the segment's measurements.
    const std::shared_ptr<Digest>& digest();

    const SegmentInfo& segment() const { return segment_.info; }
    const Instruments& instruments() const { return *instruments_; }

    // --- what measurements are made of; kept in memory alone, up to 128 MB of what was encoded
    // and as much of what was received, for who asks next
    /// The segment's frames. Throws InputError when the clip changed since it was indexed.
    const Segment& media();
    /// The segment's frames as the DNN sees them.
    const std::vector<cv::Mat>& source();
    /// `kept` holds frame numbers of the segment, whatever was offered to the encoder.
    std::shared_ptr<const Encoded> encoded(const EncodePlan& plan);
    /// What the server makes of what it has when it encodes it once more (Recipe::again). Throws
    /// std::logic_error for a recipe without that, of several passes, or with a network.
    std::shared_ptr<const Encoded> encoded_again(const Recipe& recipe);
    /// The pictures that the DNN sees, one for each frame of kept().
    PicturesPtr received(const Recipe& recipe);
    /// The frames that some pass of `recipe` kept.
    std::vector<int> kept(const Recipe& recipe);

  private:
    /// Hash of all that the value depends on, and kind.
    using Name = std::pair<Hash128, std::string_view>;

    Hasher segment_key() const;
    static Hash128 outline_name(std::string_view kind, const Hash128& key);

    template <Query Q>
    std::shared_ptr<typename Q::Value> sketched_or_stored(const Q& query, const Hash128& key) {
        using Taken = typename Q::Value;
        const auto measure = [&] { return query.measure(*this); };
        if constexpr (Sketched<Q>) {
            const auto digested = digest();
            const Hash128 name = outline_name(Q::kName, key);
            std::shared_ptr<Taken> value;
            if (const auto told = digested->find(name)) {
                value = std::make_shared<Taken>(
                    Q::sketch(*told, Later<Taken>(name, *told, [&trace = trace_, key] {
                        return std::shared_ptr<const Taken>(read_back<Taken>(trace, Q::kName, key));
                    })));
            } else {
                value = stored<Taken>(trace_, Q::kName, key, measure);
                digested->keep(name, Q::outline(*value));
            }
            Q::sign(*value, name, digested);
            return value;
        } else {
            return stored<Taken>(trace_, Q::kName, key, measure);
        }
    }

    std::vector<cv::Mat> decode(const Encoded& encoded) const;
    std::vector<cv::Mat> paste(const Recipe& recipe);
    std::vector<cv::Mat> enlarge(const Recipe& recipe);

    template <typename Value, typename Make>
    std::shared_ptr<const Value> remember(const Name& name, const Make& make) {
        return std::static_pointer_cast<const Value>(memo_.get(name, make));
    }
    /// What takes much memory, of one kind.
    struct Bulk {
        std::mutex mutex;                                ///< guards what follows
        std::deque<std::pair<Name, std::size_t>> names;  ///< with their bytes, oldest first
        std::size_t bytes = 0;
    };
    /// The same, and the oldest of its kind is forgotten where there is too much of it.
    template <typename Value, typename Make>
    std::shared_ptr<const Value> remember_bulk(Bulk& bulk, const Name& name, const Make& make);

    const SegmentRef segment_;
    const Instruments* instruments_;
    Trace& trace_;
    Memo<Name, void> memo_;
    std::once_flag digest_found_;
    std::shared_ptr<Digest> digest_;
    std::once_flag source_converted_;
    std::vector<cv::Mat> source_;
    Bulk packets_;
    Bulk pictures_;
};

}  // namespace oneadapt
