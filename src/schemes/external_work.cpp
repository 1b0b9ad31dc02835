#include <algorithm>
#include <functional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "schemes/external_acts.hpp"
#include "schemes/external_values.hpp"
#include "schemes/reference_size.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"

/// The acts of external schemes in which camera, link and server work.
namespace oneadapt {
namespace {

template <class T>
struct IsOnCamera : std::false_type {};
template <class T>
struct IsOnCamera<OnCamera<T>> : std::true_type {};

}  // namespace

nlohmann::json ExternalActs::encode(const Asked& asked) {
    EncodePlan plan(configuration(asked));
    const json& request = asked.request;
    if (request.contains("only")) {
        plan.only = external_values::read_regions(request["only"], regions_,
                                                  json_detail::place(asked.where, "only"));
    }
    plan.frames = optional_or<std::vector<int>>(request, "frames", {}, asked.where, kExternalRole);
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
    return {{"ledger", external_values::written(testbed_->camera().demand(configuration(asked)))}};
}

nlohmann::json ExternalActs::up(const Asked& asked) {
    Thing& from = thing(asked);
    if (std::holds_alternative<OnCamera<Footage>>(from.stuff)) {
        check_keys(asked.request, {"act", "of"}, asked.where, kExternalRole);
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
                    testbed_->link().up(stuff, bytes_asked(asked.request, bytes, asked.where)));
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
                    testbed_->link().down(stuff, bytes_asked(asked.request, bytes, asked.where)));
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
    Server& server = testbed_->server();
    if (!asked.request.contains("until")) {
        check_keys(asked.request, {"act", "of", "configuration"}, asked.where, kExternalRole);
        return keep(server.infer(received, dnn(asked)));
    }
    const auto until = required<double>(asked.request, "until", asked.where, kExternalRole);
    check_range(until, 0, kLongestExternalWait, json_detail::place(asked.where, "until"),
                kExternalRole);
    json done;
    if (asked.request.contains("place")) {
        const int kept = static_cast<int>(server.read(received).kept.size());
        const auto place = required<int>(asked.request, "place", asked.where, kExternalRole);
        check_range(place, 0, kept - 1, json_detail::place(asked.where, "place"), kExternalRole);
        done = keep(
            server.infer_frame(received, dnn(asked), static_cast<std::size_t>(place), {until}));
    } else {
        done = keep(server.infer_until(received, dnn(asked), {until}));
    }
    done["pass"] = external_values::written(server.last_pass());
    return done;
}

nlohmann::json ExternalActs::think(const Asked& asked) {
    constexpr double kMostGflop = 1e9;
    const auto gflop = required<double>(asked.request, "gflop", asked.where, kExternalRole);
    check_range(gflop, 0, kMostGflop, json_detail::place(asked.where, "gflop"), kExternalRole);
    testbed_->server().think(gflop);
    return json::object();
}

nlohmann::json ExternalActs::idle_watts(const Asked& /*asked*/) {
    const std::optional<double> watts = testbed_->server().idle_watts();
    return {{"value", watts ? json(*watts) : json()}};
}

nlohmann::json ExternalActs::gradient(const Asked& asked) {
    const auto& received = of_type<OnServer<Received>>(asked, "of", "something received");
    const auto floor = optional_or<double>(asked.request, "floor", 0.0, asked.where, kExternalRole);
    check_range(floor, 0, 1, json_detail::place(asked.where, "floor"), kExternalRole);
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
    const Place place = place_asked(asked.request, asked.where);
    const auto made = [&](auto value) -> json {
        if (place == Place::camera) return keep(testbed_->camera().make(std::move(value)));
        return keep(testbed_->server().make(std::move(value)));
    };
    if (asked.request.contains("output")) {
        return made(external_values::read_output(asked.request["output"],
                                                 json_detail::place(asked.where, "output")));
    }
    return made(Message{required<json>(asked.request, "value", asked.where, kExternalRole)});
}

}  // namespace oneadapt
