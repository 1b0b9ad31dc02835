#include "schemes/external_acts.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "schemes/external_values.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"

namespace oneadapt {

const std::vector<ExternalActs::Row>& ExternalActs::table() {
    using A = ExternalActs;
    static const std::vector<Row> rows = {
        {"encode", {"configuration", "only", "frames"}, &A::encode},
        {"demand", {"configuration"}, &A::demand},
        {"up", {"of", "bytes"}, &A::up},
        {"down", {"of", "bytes"}, &A::down},
        {"infer", {"of", "configuration", "until", "place"}, &A::infer},
        {"think", {"gflop"}, &A::think},
        {"idle_watts", {}, &A::idle_watts},
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
    const auto name = required<std::string>(request, "act", where, kExternalRole);
    const std::string place = fmt::format("{} ('{}')", where, name);
    const auto check = [&](std::vector<std::string> keys) {
        keys.emplace_back("act");
        check_keys(request, keys, place, kExternalRole);
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

ExternalActs::Thing& ExternalActs::thing(std::int64_t handle, const std::string& where) {
    const auto found = things_.find(handle);
    if (found != things_.end()) return found->second;
    const bool was = handle > 0 && handle <= made_;
    throw InputError(
        where, fmt::format("{} is the handle of nothing{}", handle, was ? " any more" : ""),
        was ? fmt::format("the last {} things are kept", kKept) : "use those that acts yielded");
}

ExternalActs::Thing& ExternalActs::thing(const Asked& asked, const char* key) {
    return thing(required<std::int64_t>(asked.request, key, asked.where, kExternalRole),
                 json_detail::place(asked.where, key));
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
    return external_values::read_configuration(
        required<json>(asked.request, key, asked.where, kExternalRole), space_, regions_,
        json_detail::place(asked.where, key));
}

DnnId ExternalActs::dnn(const Asked& asked) const {
    if (!asked.request.contains("configuration")) return testbed_->dnn(space_.reference());
    return testbed_->dnn(configuration(asked));
}

nlohmann::json ExternalActs::note(const Asked& asked) {
    const auto knob = required<std::string>(asked.request, "knob", asked.where, kExternalRole);
    std::vector<std::string> names;
    for (const Knob& each : space_.knobs()) names.push_back(each.name);
    check_among(knob, names, json_detail::place(asked.where, "knob"), kExternalRole);
    testbed_->note({knob, configuration(asked, "dearer"), configuration(asked, "cheaper"),
                    required<double>(asked.request, "estimate", asked.where, kExternalRole)});
    return json::object();
}

nlohmann::json ExternalActs::wait(const Asked& asked) {
    const Place place = place_asked(asked.request, asked.where);
    if (asked.request.contains("frame")) {
        const int frame = required<int>(asked.request, "frame", asked.where, kExternalRole);
        check_range(frame, 0, testbed_->segment().frames - 1,
                    json_detail::place(asked.where, "frame"), kExternalRole);
        testbed_->camera().wait_for(frame);
        return json::object();
    }
    const auto until = required<double>(asked.request, "until", asked.where, kExternalRole);
    check_range(until, 0, kLongestExternalWait, json_detail::place(asked.where, "until"),
                kExternalRole);
    if (place == Place::camera) testbed_->camera().wait_until({until});
    if (place == Place::server) testbed_->server().wait_until({until});
    return json::object();
}

nlohmann::json ExternalActs::pad(const Asked& asked) {
    testbed_->link().pad(bytes_asked(asked.request, std::nullopt, asked.where));
    return json::object();
}

Place ExternalActs::place_asked(const nlohmann::json& request, const std::string& where) {
    const auto name = required<std::string>(request, "at", where, kExternalRole);
    check_among(name, {"camera", "server"}, json_detail::place(where, "at"), kExternalRole);
    return name == "camera" ? Place::camera : Place::server;
}

std::int64_t ExternalActs::bytes_asked(const nlohmann::json& request,
                                       std::optional<std::int64_t> otherwise,
                                       const std::string& where) {
    constexpr std::int64_t kMostBytes = std::int64_t{1} << 40;
    const auto bytes = otherwise && !request.contains("bytes")
                           ? *otherwise
                           : required<std::int64_t>(request, "bytes", where, kExternalRole);
    check_range(static_cast<double>(bytes), 0, static_cast<double>(kMostBytes),
                json_detail::place(where, "bytes"), kExternalRole);
    return bytes;
}

}  // namespace oneadapt
