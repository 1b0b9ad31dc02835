#include <algorithm>

#include <gtest/gtest.h>

#include "schemes/stage.hpp"

// Nothing reads the future: on two clips that differ only after a segment, every scheme but the
// yardsticks does the same up to that segment.

namespace oneadapt {
namespace {

using test::FakeScene;
using test::Stage;

constexpr int kSegments = 16;
constexpr int kLastInCommon = 9;

Environment environment_for(const Needs& needs) {
    Environment environment;
    if (needs.link) environment.uplink = Series::constant(0.2, uplink_series());
    return environment;
}

/// The knobs of a run that has what a scheme needs.
std::vector<std::string> knobs_for(const Needs& needs) {
    std::vector<std::string> knobs = {needs.regions ? "macroblock" : "qp"};
    if (needs.filters) knobs.emplace_back("filter-pixel");
    if (needs.sizes) knobs.emplace_back("model");
    if (!needs.knob.empty()) knobs.push_back(needs.knob);
    return knobs;
}

/// A clip that after kLastInCommon shows something else when `other`.
class Clip : public Stage {
  public:
    Clip(const Needs& needs, bool other)
        : Stage(kSegments, knobs_for(needs), environment_for(needs), {}, {}, [other](int segment) {
              const bool parted = other && segment > kLastInCommon;
              return parted ? FakeScene{.contrast_low = 110, .shift = 7} : FakeScene{};
          }) {}
};

/// Whether what is done differs in a segment.
bool differ(const Stage::Played& a, const Stage::Played& b) {
    return a.configuration != b.configuration || a.ledger != b.ledger || a.accuracy != b.accuracy ||
           a.delay != b.delay;
}

TEST(Future, DecidesNothingUpToWhereTwoClipsPart) {
    for (const SchemeKind& kind : scheme_table()) {
        // A program or a trained policy of the user's own decides.
        const bool users = std::ranges::any_of(kind.parameters, [](const ParameterSpec& spec) {
            return spec.any_text || !spec.folder.empty();
        });
        // What is played for constraints has this test of its own (alert_test.cpp).
        if (kind.needs.hindsight || kind.needs.constraints || users) continue;
        Clip one(kind.needs, false);
        Clip other(kind.needs, true);
        for (const double weight : {0.1, 1.0, 10.0}) {
            const Configuration fixed = one.space().grid().back();
            const auto a = one.play(kind.name, weight, {}, fixed);
            const auto b = other.play(kind.name, weight, {}, fixed);
            for (std::size_t i = 0; i <= kLastInCommon; ++i) {
                EXPECT_FALSE(differ(a[i], b[i]))
                    << kind.name << " at " << weight << " in segment " << i;
            }
        }
    }
}

TEST(Future, IsWhatAYardstickKnows) {
    const Needs needs = find_scheme("oracle-static").needs;
    Clip one(needs, false);
    Clip other(needs, true);
    bool knew = false;
    for (const double weight : {0.1, 0.3, 1.0, 3.0}) {
        const auto a = one.play("oracle-static", weight, {{"window", "0"}});
        const auto b = other.play("oracle-static", weight, {{"window", "0"}});
        knew = knew || differ(a.front(), b.front());
    }
    EXPECT_TRUE(knew);
}

}  // namespace
}  // namespace oneadapt
