#include "measure/lab.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

#include "measure/frames.hpp"
#include "measure/passes.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

constexpr std::size_t kBulkBytes = 128 << 20;

std::size_t bytes_of(const Encoded& encoded) {
    std::size_t bytes = 0;
    for (const auto& packet : encoded.packets) bytes += packet.size();
    return bytes;
}

std::size_t bytes_of(const std::vector<cv::Mat>& pictures) {
    std::size_t bytes = 0;
    for (const cv::Mat& picture : pictures) bytes += picture.total() * picture.elemSize();
    return bytes;
}

template <class Plan>
Hash128 hash_of(const Plan& plan) {
    Hasher hasher;
    plan.add_to(hasher);
    return hasher.finish();
}

}  // namespace

Lab::Lab(SegmentRef segment, const Instruments& instruments, Trace& trace)
    : segment_(std::move(segment)), instruments_(&instruments), trace_(trace) {}

Hasher Lab::segment_key() const {
    Hasher hasher;
    // The duration tells the analysis rate, which decides what a frame rate drops.
    hasher.add(segment_.info.hash).add(segment_.info.frames).add(segment_.info.duration.value);
    return hasher;
}

Hash128 Lab::outline_name(std::string_view kind, const Hash128& key) {
    return Hasher()
        .add(Digest::kVersion)
        .add(std::string_view("outline"))
        .add(kind)
        .add(key)
        .finish();
}

const std::shared_ptr<Digest>& Lab::digest() {
    std::call_once(digest_found_, [this] {
        Hasher hasher = segment_key();
        hasher.add(instruments_->encoder).add(instruments_->dnns.front().identity);
        digest_ = trace_.digest(hasher.finish());
    });
    return digest_;
}

const Segment& Lab::media() {
    const Segment& frames = segment_.media();
    if (frames.info.hash != segment_.info.hash) {
        throw InputError(fmt::format("segment {}", segment_.info.index),
                         "its frames are not those that the trace has an index of",
                         "do not change a clip while it is in use, and record again");
    }
    return frames;
}

const std::vector<cv::Mat>& Lab::source() {
    const Segment& frames = media();
    std::call_once(source_converted_,
                   [&] { source_ = pictures_of(frames.frames, instruments_->input); });
    return source_;
}

std::shared_ptr<const Encoded> Lab::encoded(const EncodePlan& plan) {
    return remember_bulk<Encoded>(packets_, {hash_of(plan), "packets"}, [&] {
        const Segment part = offered(media(), plan, instruments_->input);
        Encoded made = instruments_->codec().encode(part, plan.how);
        if (!plan.frames.empty()) {
            for (int& place : made.kept) place = plan.frames.at(static_cast<std::size_t>(place));
        }
        return std::make_shared<const Encoded>(std::move(made));
    });
}

std::shared_ptr<const Encoded> Lab::encoded_again(const Recipe& recipe) {
    if (!recipe.again || recipe.enlarged || !recipe.pasted.empty()) {
        throw std::logic_error("the server encodes what it has of a single pass");
    }
    return remember_bulk<Encoded>(packets_, {hash_of(recipe), "packets again"}, [&] {
        const auto first = encoded(recipe.plan);
        const std::vector<cv::Mat> decoded = instruments_->codec().decode(*first);
        Segment had = media();
        had.frames = for_each_frame(decoded, first->kept, had.info.frames);
        return std::make_shared<const Encoded>(instruments_->codec().encode(had, *recipe.again));
    });
}

std::vector<cv::Mat> Lab::decode(const Encoded& encoded) const {
    return pictures_of(instruments_->codec().decode(encoded), instruments_->input);
}

std::vector<cv::Mat> Lab::paste(const Recipe& recipe) {
    const InputSpace& input = instruments_->input;
    const cv::Size size = media().size;
    const RegionGrid regions = input.regions(size);
    const auto blank = [&] {
        const RegionMask none(static_cast<std::size_t>(regions.size.area()), false);
        return input.picture(input.only(input.blank(size), none));
    };
    const auto sight = [&](const EncodePlan& plan) {
        return Sight{encoded(plan)->kept, *received(plan)};
    };
    Sight seen = sight(recipe.plan);
    for (const EncodePlan& later : recipe.pasted) {
        seen = pasted(seen, sight(later), later.only, regions.of_tile,
                      later.only ? blank() : cv::Mat());
    }
    return std::move(seen.pictures);
}

std::vector<cv::Mat> Lab::enlarge(const Recipe& recipe) {
    const auto& all = instruments_->auxiliaries;
    const auto with = std::ranges::find(all, *recipe.enlarged, &Auxiliary::identity);
    if (with == all.end()) throw std::logic_error("no such network in this run");
    Recipe before = recipe;
    before.enlarged.reset();
    std::vector<cv::Mat> pictures;
    for (const cv::Mat& picture : *received(before)) {
        pictures.push_back(with->network().run(picture));
    }
    return pictures;
}

std::vector<int> Lab::kept(const Recipe& recipe) {
    if (recipe.again) return encoded_again(recipe)->kept;
    std::vector<int> frames = encoded(recipe.plan)->kept;
    for (const EncodePlan& later : recipe.pasted) {
        std::vector<int> all;
        std::ranges::set_union(frames, encoded(later)->kept, std::back_inserter(all));
        frames = std::move(all);
    }
    return frames;
}

PicturesPtr Lab::received(const Recipe& recipe) {
    using Pictures = std::vector<cv::Mat>;
    return remember_bulk<Pictures>(pictures_, {hash_of(recipe), "received"}, [&] {
        return std::make_shared<const Pictures>(recipe.again      ? decode(*encoded_again(recipe))
                                                : recipe.enlarged ? enlarge(recipe)
                                                : recipe.pasted.empty()
                                                    ? decode(*encoded(recipe.plan))
                                                    : paste(recipe));
    });
}

template <typename Value, typename Make>
std::shared_ptr<const Value> Lab::remember_bulk(Bulk& bulk, const Name& name, const Make& make) {
    bool fresh = false;
    auto value = remember<Value>(name, [&] {
        fresh = true;
        return make();
    });
    if (!fresh) return value;
    const std::lock_guard lock(bulk.mutex);
    bulk.names.emplace_back(name, bytes_of(*value));
    bulk.bytes += bulk.names.back().second;
    while (bulk.bytes > kBulkBytes && bulk.names.size() > 1) {
        memo_.forget(bulk.names.front().first);
        bulk.bytes -= bulk.names.front().second;
        bulk.names.pop_front();
    }
    return value;
}

}  // namespace oneadapt
