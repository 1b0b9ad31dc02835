#include "schemes/external.hpp"

#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "schemes/external_acts.hpp"
#include "schemes/external_values.hpp"
#include "support/child_process.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

class External final : public Scheme {
  public:
    explicit External(const SchemeSetting& setting)
        : setting_(setting),
          command_(setting.parameters.word("command")),
          limit_(setting.parameters.number("limit")),
          most_acts_(setting.parameters.whole("acts")),
          acts_(setting) {}

    /// A fault of the program ends it at once, and the cell.
    Delivery play(Testbed& testbed) override {
        segment_ = testbed.segment().index;
        act_ = 0;
        try {
            return played(testbed);
        } catch (const Interrupted&) {
            program_.reset();
            throw;
        } catch (const Error& error) {
            end_for(error.what());
            throw;
        } catch (const std::logic_error& error) {  // what the testbed does not allow
            end_for(error.what());
            throw InputError(place(), error.what(), "see docs/external.md");
        }
    }

  private:
    using json = nlohmann::json;

    Delivery played(Testbed& testbed) {
        if (!program_) start(testbed);
        acts_.begin(testbed);
        json message = external_values::segment_message(testbed);
        while (act_ < most_acts_) {
            const json request = ask(message);
            ++act_;
            auto answer = acts_.answer(request, place());
            if (auto* delivery = std::get_if<Delivery>(&answer)) return std::move(*delivery);
            message = std::move(std::get<json>(answer));
        }
        throw InputError(place(), "comes without a delivery before it",
                         fmt::format("deliver after at most {} acts", most_acts_));
    }

    void start(const Testbed& testbed) {
        program_.emplace(command_);
        const json ready = ask(external_values::start_message(setting_, testbed));
        constexpr FileRole kRole = FileRole::input;
        check_keys(ready, {"type", "protocol"}, place(), kRole);
        check_among(required<std::string>(ready, "type", place(), kRole), {"ready"},
                    json_detail::place(place(), "type"), kRole);
        const int protocol = required<int>(ready, "protocol", place(), kRole);
        if (protocol == kExternalProtocol) return;
        throw InputError(json_detail::place(place(), "protocol"),
                         fmt::format("{} is not spoken here", protocol),
                         fmt::format("speak version {}", kExternalProtocol));
    }

    json ask(const json& message) {
        const std::string line = message.dump(-1, ' ', false, json::error_handler_t::replace);
        return parse_json(program_->ask(line, ChildProcess::Seconds(limit_)), place(),
                          FileRole::input);
    }

    /// Where in the talk an answer stands.
    std::string place() const {
        return fmt::format("program '{}', segment {}, answer {}", command_, segment_, act_);
    }

    void end_for(const std::string& reason) {
        if (!program_) return;
        program_->dismiss(json{{"type", "error"}, {"message", reason}}.dump(
            -1, ' ', false, json::error_handler_t::replace));
        program_.reset();
    }

    const SchemeSetting setting_;
    std::string command_;
    double limit_;
    int most_acts_;
    ExternalActs acts_;
    std::optional<ChildProcess> program_;  ///< from the first segment on
    int segment_ = 0;
    int act_ = 0;  ///< of the segment
};

}  // namespace

SchemeKind external() {
    return {.name = "external",
            .summary = "a scheme of one's own, in any language (docs/external.md)",
            .paper = "-",
            .needs = {.any_goal = true},
            .by_default = false,
            .parameters = {{.name = "command",
                            .otherwise = std::string(),
                            .summary = "the program, as a shell reads it",
                            .any_text = true},
                           {"limit", 60.0, "seconds to wait for an answer", 0.001, 1e6, {}},
                           {"acts", 1e5, "most acts in a segment", 1, 1e9, {}}},
            .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                return std::make_unique<External>(setting);
            }};
}

}  // namespace oneadapt
