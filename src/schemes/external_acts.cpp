#include "schemes/external_acts.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "schemes/external_values.hpp"
#include "schemes/reference_size.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

namespace wire = external_values;

constexpr FileRole kRole = FileRole::input;
constexpr double kLongestWait = 1e6;  ///< seconds, far beyond any clip's end
constexpr std::int64_t kMostBytes = std::int64_t{1} << 40;
constexpr std::size_t kLongestLabel = std::size_t{1} << 16;

template <class T>
struct IsOnCamera : std::false_type {};
template <class T>
struct IsOnCamera<OnCamera<T>> : std::true_type {};

/// What a place is called in messages.
Place read_place(const nlohmann::json& request, const std::string& where) {
    const auto name = required<std::string>(request, "at", where, kRole);
    check_among(name, {"camera", "server"}, json_detail::place(where, "at"), kRole);
    return name == "camera" ? Place::camera : Place::server;
}

/// The bytes of a message; `otherwise` where the request does not say, nothing where it must.
std::int64_t read_bytes_of(const nlohmann::json& request, std::optional<std::int64_t> otherwise,
                           const std::string& where) {
    const auto bytes = otherwise && !request.contains("bytes")
                           ? *otherwise
                           : required<std::int64_t>(request, "bytes", where, kRole);
    check_range(static_cast<double>(bytes), 0, static_cast<double>(kMostBytes),
                json_detail::place(where, "bytes"), kRole);
    return bytes;
}

void check_label(const std::string& label, const std::string& where) {
    const bool plain = std::ranges::none_of(
        label, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
    if (plain && label.size() <= kLongestLabel) return;
    throw InputError(json_detail::place(where, "played"), "is not a label",
                     fmt::format("write one line of at most {} bytes", kLongestLabel));
}

}  // namespace

const std::vector<ExternalActs::Row>& ExternalActs::table() {
    using A = ExternalActs;
    static const std::vector<Row> rows = {
        {"encode", {"configuration", "only", "frames"}, &A::encode},
        {"demand", {"configuration"}, &A::demand},
        {"up", {"of", "bytes"}, &A::up},
        {"down", {"of", "bytes"}, &A::down},
        {"infer", {"of", "configuration", "until"}, &A::infer},
        {"gradient", {"of", "configuration", "floor"}, &A::gradient},
        {"profile", {"of", "configuration"}, &A::profile},
        {"paste", {"of", "over"}, &A::paste},
        {"make", {"at", "value", "output"}, &A::make},
        {"read", {"of"}, &A::read},
        {"arrived", {"of"}, &A::arrived},
        {"mean", {"of"}, &A::mean},
        {"mean_product", {"of", "with"}, &A::mean_product},
        {"tiles", {"of"}, &A::tiles},
        {"note", {"knob", "dearer", "cheaper", "estimate"}, &A::note},
        {"wait", {"at", "until", "frame"}, &A::wait},
        {"pad", {"bytes"}, &A::pad},
    };
    return rows;
}

void ExternalActs::begin(Testbed& testbed) {
    testbed_ = &testbed;
}

std::variant<nlohmann::json, Delivery> ExternalActs::answer(const json& request,
                                                            const std::string& where) {
    const auto name = required<std::string>(request, "act", where, kRole);
    const std::string place = fmt::format("{} ('{}')", where, name);
    const auto check = [&](std::vector<std::string> keys) {
        keys.emplace_back("act");
        check_keys(request, keys, place, kRole);
    };
    if (name == "deliver") {
        check({"of", "configuration", "played", "frames"});
        return deliver({request, place});
    }
    const auto row = std::ranges::find(table(), name, &Row::name);
    if (row == table().end()) {
        std::vector<std::string> names = {"deliver"};
        for (const Row& each : table()) names.emplace_back(each.name);
        throw InputError(place, "is an unknown act",
                         fmt::format("choose from {}", fmt::join(names, ", ")));
    }
    check(row->keys);
    json done = (this->*row->carry_out)({request, place});
    done["type"] = "done";
    done["camera"] = testbed_->camera().now().value;
    done["server"] = testbed_->server().now().value;
    return done;
}

template <Place P>
Machine<P>& ExternalActs::machine() {
    if constexpr (P == Place::camera) return testbed_->camera();
    if constexpr (P == Place::server) return testbed_->server();
}

template <Place P, class T>
nlohmann::json ExternalActs::keep(At<T, P> thing) {
    Thing kept{.stuff = {}, .segment = testbed_->segment().index, .frames = 0, .map = {}};
    if constexpr (std::is_same_v<T, Output>) kept.frames = Delivery::frames_of(thing);
    kept.stuff = std::move(thing);
    things_.emplace(++made_, std::move(kept));
    if (things_.size() > kKept) things_.erase(things_.begin());
    return {{"handle", made_}};
}

ExternalActs::Thing& ExternalActs::thing(std::int64_t handle, const std::string& where) {
    const auto found = things_.find(handle);
    if (found != things_.end()) return found->second;
    const bool was = handle > 0 && handle <= made_;
    throw InputError(
        where, fmt::format("{} is the handle of nothing{}", handle, was ? " any more" : ""),
        was ? fmt::format("the last {} things are kept", kKept) : "use those that acts yielded");
}

ExternalActs::Thing& ExternalActs::thing(const Asked& asked, const char* key) {
    return thing(required<std::int64_t>(asked.request, key, asked.where, kRole),
                 json_detail::place(asked.where, key));
}

template <class A>
const A& ExternalActs::of_type(const Asked& asked, const char* key, const char* what) {
    const Thing& found = thing(asked, key);
    const std::string place = json_detail::place(asked.where, key);
    const A* stuff = std::get_if<A>(&found.stuff);
    if (stuff == nullptr) {
        throw InputError(place, "is something else", fmt::format("name {}", what));
    }
    if (found.segment != testbed_->segment().index) {
        throw InputError(place, "is of an earlier segment", fmt::format("name {} of this", what));
    }
    return *stuff;
}

const TileMap& ExternalActs::map(std::int64_t handle, const std::string& where) {
    const Thing& found = thing(handle, where);
    if (!found.map) {
        throw InputError(where, "is nothing with a map that was read",
                         "read it first: footage, or a gradient");
    }
    return *found.map;
}

Configuration ExternalActs::configuration(const Asked& asked, const char* key) const {
    return wire::read_configuration(required<json>(asked.request, key, asked.where, kRole), space_,
                                    regions_, json_detail::place(asked.where, key));
}

DnnId ExternalActs::dnn(const Asked& asked) const {
    if (!asked.request.contains("configuration")) return testbed_->dnn(space_.reference());
    return testbed_->dnn(configuration(asked));
}

nlohmann::json ExternalActs::encode(const Asked& asked) {
    EncodePlan plan(configuration(asked));
    const json& request = asked.request;
    if (request.contains("only")) {
        plan.only =
            wire::read_regions(request["only"], regions_, json_detail::place(asked.where, "only"));
    }
    plan.frames = optional_or<std::vector<int>>(request, "frames", {}, asked.where, kRole);
    const bool ascending = std::ranges::is_sorted(plan.frames, std::less_equal{}) &&
                           (plan.frames.empty() || plan.frames.front() >= 0);
    if (!ascending || (!plan.frames.empty() && plan.frames.back() >= testbed_->segment().frames)) {
        throw InputError(json_detail::place(asked.where, "frames"),
                         "are not ascending numbers of the segment's frames",
                         fmt::format("they count from 0 to {}", testbed_->segment().frames - 1));
    }
    return keep(testbed_->camera().encode(plan));
}

nlohmann::json ExternalActs::demand(const Asked& asked) {
    return {{"ledger", wire::written(testbed_->camera().demand(configuration(asked)))}};
}

nlohmann::json ExternalActs::up(const Asked& asked) {
    Thing& from = thing(asked);
    if (std::holds_alternative<OnCamera<Footage>>(from.stuff)) {
        check_keys(asked.request, {"act", "of"}, asked.where, kRole);
        return keep(testbed_->link().up(of_type<OnCamera<Footage>>(asked, "of", "footage")));
    }
    return std::visit(
        [&](const auto& stuff) -> json {
            using A = std::decay_t<decltype(stuff)>;
            if constexpr (IsOnCamera<A>::value && !std::is_same_v<A, OnCamera<Footage>>) {
                std::optional<std::int64_t> bytes;
                if constexpr (std::is_same_v<A, OnCamera<Message>>) {
                    bytes = testbed_->camera().read(stuff).value.dump().size();
                }
                return keep(
                    testbed_->link().up(stuff, read_bytes_of(asked.request, bytes, asked.where)));
            } else {
                throw InputError(json_detail::place(asked.where, "of"), "is on the server",
                                 "send up what is on the camera");
            }
        },
        from.stuff);
}

nlohmann::json ExternalActs::down(const Asked& asked) {
    return std::visit(
        [&](const auto& stuff) -> json {
            using A = std::decay_t<decltype(stuff)>;
            if constexpr (!IsOnCamera<A>::value && !std::is_same_v<A, OnServer<Received>>) {
                std::optional<std::int64_t> bytes;
                Server& server = testbed_->server();
                if constexpr (std::is_same_v<A, OnServer<Message>>) {
                    bytes = server.read(stuff).value.dump().size();
                }
                if constexpr (std::is_same_v<A, OnServer<DnnGrad>>) {
                    bytes = saliency_bytes(server.read(stuff));
                }
                return keep(
                    testbed_->link().down(stuff, read_bytes_of(asked.request, bytes, asked.where)));
            } else {
                throw InputError(
                    json_detail::place(asked.where, "of"), "cannot be sent down",
                    "send an output, a gradient, a profile or a message of the server");
            }
        },
        thing(asked).stuff);
}

nlohmann::json ExternalActs::infer(const Asked& asked) {
    const auto& received = of_type<OnServer<Received>>(asked, "of", "something received");
    if (!asked.request.contains("until")) {
        return keep(testbed_->server().infer(received, dnn(asked)));
    }
    const auto until = required<double>(asked.request, "until", asked.where, kRole);
    check_range(until, 0, kLongestWait, json_detail::place(asked.where, "until"), kRole);
    return keep(testbed_->server().infer_until(received, dnn(asked), {until}));
}

nlohmann::json ExternalActs::gradient(const Asked& asked) {
    const auto& received = of_type<OnServer<Received>>(asked, "of", "something received");
    const auto floor = optional_or<double>(asked.request, "floor", 0.0, asked.where, kRole);
    check_range(floor, 0, 1, json_detail::place(asked.where, "floor"), kRole);
    return keep(testbed_->server().gradient(received, dnn(asked), floor));
}

nlohmann::json ExternalActs::profile(const Asked& asked) {
    const auto& received = of_type<OnServer<Received>>(asked, "of", "the reference received");
    return keep(testbed_->server().profile(received, configuration(asked)));
}

nlohmann::json ExternalActs::paste(const Asked& asked) {
    const auto& under = of_type<OnServer<Received>>(asked, "of", "something received");
    const auto& over = of_type<OnServer<Received>>(asked, "over", "something received");
    return keep(testbed_->server().paste(under, over));
}

nlohmann::json ExternalActs::make(const Asked& asked) {
    const Place place = read_place(asked.request, asked.where);
    const auto made = [&](auto value) -> json {
        if (place == Place::camera) return keep(testbed_->camera().make(std::move(value)));
        return keep(testbed_->server().make(std::move(value)));
    };
    if (asked.request.contains("output")) {
        return made(
            wire::read_output(asked.request["output"], json_detail::place(asked.where, "output")));
    }
    return made(Message{required<json>(asked.request, "value", asked.where, kRole)});
}

nlohmann::json ExternalActs::read(const Asked& asked) {
    Thing& found = thing(asked);
    const auto look = [&]<class T, Place P>(const At<T, P>& stuff) -> json {
        const T& is = machine<P>().read(stuff);
        if constexpr (std::is_same_v<T, Footage>) {
            found.map = is.encoding->difference;
            return {{"bytes", is.encoding->bytes},
                    {"kept", is.encoding->kept},
                    {"megapixels", is.encoding->megapixels()},
                    {"difference", wire::written(is.encoding->difference)}};
        } else if constexpr (std::is_same_v<T, Received>) {
            return {{"kept", is.kept}};
        } else if constexpr (std::is_same_v<T, Output>) {
            return {{"frames", wire::written(is)}};
        } else if constexpr (std::is_same_v<T, DnnGrad>) {
            found.map = is.saliency;
            return {{"utility", is.utility}, {"saliency", wire::written(is.saliency)}};
        } else if constexpr (std::is_same_v<T, Profiled>) {
            return {{"ledger", wire::written(is.plain)}, {"accuracy", is.accuracy}};
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
    const auto of = required<std::int64_t>(asked.request, "of", asked.where, kRole);
    return {{"value", map(of, asked.where).mean()}};
}

nlohmann::json ExternalActs::mean_product(const Asked& asked) {
    const auto of = required<std::int64_t>(asked.request, "of", asked.where, kRole);
    const auto with = required<std::int64_t>(asked.request, "with", asked.where, kRole);
    const TileMap& a = map(of, asked.where);
    const TileMap& b = map(with, asked.where);
    if (a.size() != b.size()) {
        throw InputError(asked.where, "has maps of different sizes", "name maps of one clip");
    }
    return {{"value", a.mean_product(b)}};
}

nlohmann::json ExternalActs::tiles(const Asked& asked) {
    const auto of = required<std::int64_t>(asked.request, "of", asked.where, kRole);
    return {{"tiles", wire::tiles(map(of, asked.where))}};
}

nlohmann::json ExternalActs::note(const Asked& asked) {
    const auto knob = required<std::string>(asked.request, "knob", asked.where, kRole);
    std::vector<std::string> names;
    for (const Knob& each : space_.knobs()) names.push_back(each.name);
    check_among(knob, names, json_detail::place(asked.where, "knob"), kRole);
    testbed_->note({knob, configuration(asked, "dearer"), configuration(asked, "cheaper"),
                    required<double>(asked.request, "estimate", asked.where, kRole)});
    return json::object();
}

nlohmann::json ExternalActs::wait(const Asked& asked) {
    const Place place = read_place(asked.request, asked.where);
    if (asked.request.contains("frame")) {
        const int frame = required<int>(asked.request, "frame", asked.where, kRole);
        check_range(frame, 0, testbed_->segment().frames - 1,
                    json_detail::place(asked.where, "frame"), kRole);
        testbed_->camera().wait_for(frame);
        return json::object();
    }
    const auto until = required<double>(asked.request, "until", asked.where, kRole);
    check_range(until, 0, kLongestWait, json_detail::place(asked.where, "until"), kRole);
    if (place == Place::camera) testbed_->camera().wait_until({until});
    if (place == Place::server) testbed_->server().wait_until({until});
    return json::object();
}

nlohmann::json ExternalActs::pad(const Asked& asked) {
    testbed_->link().pad(read_bytes_of(asked.request, std::nullopt, asked.where));
    return json::object();
}

Delivery ExternalActs::deliver(const Asked& asked) {
    const json& request = asked.request;
    std::string played;
    if (request.contains("configuration")) {
        played = configuration(asked).text();
    } else {
        played = required<std::string>(request, "played", asked.where, kRole);
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
         optional_or<std::vector<json>>(request, "frames", {}, asked.where, kRole)) {
        show(delivery, row, json_detail::place(asked.where, "frames"));
    }
    return delivery;
}

void ExternalActs::show(Delivery& delivery, const json& row, const std::string& where) {
    std::vector<int> numbers;
    json_detail::read(row, numbers, where, kRole);
    if (numbers.size() != 3) {
        throw InputError(where, "is not a frame", "write [frame, output's handle, its frame]");
    }
    const Thing& shown = thing(numbers[1], where);
    check_range(numbers[0], 0, testbed_->segment().frames - 1, where, kRole);
    check_range(numbers[2], 0, shown.frames - 1, where, kRole);
    const auto put = [&]<class T, Place P>(const At<T, P>& stuff) {
        if constexpr (std::is_same_v<T, Output>) delivery.show(numbers[0], stuff, numbers[2]);
    };
    std::visit([&](const auto& stuff) { put(stuff); }, shown.stuff);
}

}  // namespace oneadapt
