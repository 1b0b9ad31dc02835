#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "schemes/scheme.hpp"
#include "support/errors.hpp"
#include "support/input_file.hpp"
#include "support/json.hpp"

namespace oneadapt {

/// What a program says wrong is a fault of an input.
inline constexpr FileRole kExternalRole = FileRole::input;
inline constexpr double kLongestExternalWait = 1e6;  ///< seconds, far beyond any clip's end

/// The acts of docs/external.md, carried out in the testbed.
///
/// What an act yields is known to the scheme by its handle, and stays on its machine until the
/// scheme reads it there. The last kKept things are kept.
class ExternalActs {
  public:
    using json = nlohmann::json;

    static constexpr std::size_t kKept = 1024;

    explicit ExternalActs(const SchemeSetting& setting)
        : space_(setting.space), regions_(setting.regions) {}

    /// Begins a segment; `testbed` outlives it.
    void begin(Testbed& testbed);

    /// Carries a request out. The answer to it, or the segment's delivery. Throws InputError,
    /// naming `where` and the key, for an unknown act, what the run does not have, and what the
    /// testbed does not allow.
    std::variant<json, Delivery> answer(const json& request, const std::string& where);

  private:
    struct Message {
        json value;
    };
    using Stuff =
        std::variant<OnCamera<Footage>, OnServer<Received>, OnServer<Output>, OnCamera<Output>,
                     OnServer<DnnGrad>, OnCamera<DnnGrad>, OnServer<Profiled>, OnCamera<Profiled>,
                     OnServer<Message>, OnCamera<Message>>;
    /// Something that an act yielded.
    struct Thing {
        Stuff stuff;
        int segment = 0;             ///< of which it is
        int frames = 0;              ///< of an output
        std::optional<TileMap> map;  ///< once it is read, where it has one
    };
    /// A request that is carried out.
    struct Asked {
        const json& request;
        const std::string& where;
    };
    struct Row {
        const char* name;
        std::vector<std::string> keys;
        json (ExternalActs::*carry_out)(const Asked&);
    };

    static const std::vector<Row>& table();

    json encode(const Asked& asked);
    json demand(const Asked& asked);
    json up(const Asked& asked);
    json down(const Asked& asked);
    json infer(const Asked& asked);
    json think(const Asked& asked);
    json idle_watts(const Asked& asked);
    json gradient(const Asked& asked);
    json profile(const Asked& asked);
    json paste(const Asked& asked);
    json make(const Asked& asked);
    json read(const Asked& asked);
    json arrived(const Asked& asked);
    json mean(const Asked& asked);
    json mean_product(const Asked& asked);
    json tiles(const Asked& asked);
    json note(const Asked& asked);
    json wait(const Asked& asked);
    json pad(const Asked& asked);
    Delivery deliver(const Asked& asked);
    /// For a frame, that frame of an output: [frame, handle, frame].
    void show(Delivery& delivery, const json& row, const std::string& where);

    template <Place P, class T>
    json keep(At<T, P> thing);
    Thing& thing(std::int64_t handle, const std::string& where);
    Thing& thing(const Asked& asked, const char* key = "of");
    /// A thing of that type; of this segment, where it is about to be measured with.
    template <class A>
    const A& of_type(const Asked& asked, const char* key, const char* what);
    const TileMap& map(std::int64_t handle, const std::string& where);
    Configuration configuration(const Asked& asked, const char* key = "configuration") const;
    DnnId dnn(const Asked& asked) const;
    static Place place_asked(const json& request, const std::string& where);
    /// The bytes of a message; `otherwise` where the request does not say, nothing where it must.
    static std::int64_t bytes_asked(const json& request, std::optional<std::int64_t> otherwise,
                                    const std::string& where);
    template <Place P>
    Machine<P>& machine();

    const KnobSpace& space_;
    const RegionGrid& regions_;
    Testbed* testbed_ = nullptr;
    std::map<std::int64_t, Thing> things_;
    std::int64_t made_ = 0;
};

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

}  // namespace oneadapt
