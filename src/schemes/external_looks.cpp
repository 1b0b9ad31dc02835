#include <algorithm>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "schemes/external_acts.hpp"
#include "schemes/external_values.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"

/// The acts of external schemes that look at something, and the one that ends a segment.
namespace oneadapt {
namespace {

void check_label(const std::string& label, const std::string& where) {
    const bool plain = std::ranges::none_of(
        label, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
    constexpr std::size_t kLongestLabel = std::size_t{1} << 16;
    if (plain && label.size() <= kLongestLabel) return;
    throw InputError(json_detail::place(where, "played"), "is not a label",
                     fmt::format("write one line of at most {} bytes", kLongestLabel));
}

}  // namespace

nlohmann::json ExternalActs::read(const Asked& asked) {
    Thing& found = thing(asked);
    const auto look = [&]<class T, Place P>(const At<T, P>& stuff) -> json {
        const T& is = machine<P>().read(stuff);
        if constexpr (std::is_same_v<T, Footage>) {
            found.map = is.encoding->difference;
            return {{"bytes", is.encoding->bytes},
                    {"kept", is.encoding->kept},
                    {"megapixels", is.encoding->megapixels()},
                    {"difference", external_values::written(is.encoding->difference)}};
        } else if constexpr (std::is_same_v<T, Received>) {
            return {{"kept", is.kept}};
        } else if constexpr (std::is_same_v<T, Output>) {
            return {{"frames", external_values::written(is)}};
        } else if constexpr (std::is_same_v<T, DnnGrad>) {
            found.map = is.saliency;
            return {{"utility", is.utility}, {"saliency", external_values::written(is.saliency)}};
        } else if constexpr (std::is_same_v<T, Profiled>) {
            return {{"ledger", external_values::written(is.plain)}, {"accuracy", is.accuracy}};
        } else {
            return {{"value", is.value}};
        }
    };
    return std::visit([&](const auto& stuff) { return look(stuff); }, found.stuff);
}

nlohmann::json ExternalActs::arrived(const Asked& asked) {
    const auto look = [&]<class T, Place P>(const At<T, P>& stuff) {
        return machine<P>().arrived(stuff);
    };
    return {{"arrived",
             std::visit([&](const auto& stuff) { return look(stuff); }, thing(asked).stuff)}};
}

nlohmann::json ExternalActs::mean(const Asked& asked) {
    const auto of = required<std::int64_t>(asked.request, "of", asked.where, kExternalRole);
    return {{"value", map(of, asked.where).mean()}};
}

nlohmann::json ExternalActs::mean_product(const Asked& asked) {
    const auto of = required<std::int64_t>(asked.request, "of", asked.where, kExternalRole);
    const auto with = required<std::int64_t>(asked.request, "with", asked.where, kExternalRole);
    const TileMap& a = map(of, asked.where);
    const TileMap& b = map(with, asked.where);
    if (a.size() != b.size()) {
        throw InputError(asked.where, "has maps of different sizes", "name maps of one clip");
    }
    return {{"value", a.mean_product(b)}};
}

nlohmann::json ExternalActs::tiles(const Asked& asked) {
    const auto of = required<std::int64_t>(asked.request, "of", asked.where, kExternalRole);
    return {{"tiles", external_values::tiles(map(of, asked.where))}};
}

Delivery ExternalActs::deliver(const Asked& asked) {
    const json& request = asked.request;
    std::string played;
    if (request.contains("configuration")) {
        played = configuration(asked).text();
    } else {
        played = required<std::string>(request, "played", asked.where, kExternalRole);
        check_label(played, asked.where);
    }
    Delivery delivery(std::move(played));
    if (request.contains("of")) {
        const int frames = std::min(thing(asked).frames, testbed_->segment().frames);
        if (!std::holds_alternative<OnServer<Output>>(thing(asked).stuff) &&
            !std::holds_alternative<OnCamera<Output>>(thing(asked).stuff)) {
            throw InputError(json_detail::place(asked.where, "of"), "is no output", "name one");
        }
        for (int frame = 0; frame < frames; ++frame) {
            show(delivery, {frame, request["of"], frame}, asked.where);
        }
    }
    for (const json& row :
         optional_or<std::vector<json>>(request, "frames", {}, asked.where, kExternalRole)) {
        show(delivery, row, json_detail::place(asked.where, "frames"));
    }
    return delivery;
}

void ExternalActs::show(Delivery& delivery, const json& row, const std::string& where) {
    std::vector<int> numbers;
    json_detail::read(row, numbers, where, kExternalRole);
    if (numbers.size() != 3) {
        throw InputError(where, "is not a frame", "write [frame, output's handle, its frame]");
    }
    const Thing& shown = thing(numbers[1], where);
    check_range(numbers[0], 0, testbed_->segment().frames - 1, where, kExternalRole);
    check_range(numbers[2], 0, shown.frames - 1, where, kExternalRole);
    const auto put = [&]<class T, Place P>(const At<T, P>& stuff) {
        if constexpr (std::is_same_v<T, Output>) delivery.show(numbers[0], stuff, numbers[2]);
    };
    std::visit([&](const auto& stuff) { put(stuff); }, shown.stuff);
}

}  // namespace oneadapt
