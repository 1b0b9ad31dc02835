#include "schemes/toys/toy.hpp"

// Two passes as DDS makes them: all of it cheaply, then what the server asks for once more and
// better; both results merged.

namespace oneadapt {
namespace {

/// The regions in which the first pass found something that it is not sure of.
RegionMask unsure_regions(const Output& output, const RegionGrid& regions) {
    RegionMask mask(static_cast<std::size_t>(regions.size.area()), false);
    for (const FrameOutput& frame : output.frames) {
        for (const Detection& seen : frame.detections) {
            if (seen.score > 0.9F) continue;
            const auto row = static_cast<int>(seen.y1) / kTileSize;
            const auto column = static_cast<int>(seen.x1) / kTileSize;
            mask[static_cast<std::size_t>(regions.of_tile.at<int>(row, column))] = true;
        }
    }
    return mask;
}

/// What the first pass is sure of, and beside it what the second found.
Output merged(const Output& first, const Output& second) {
    Output output = second;
    for (std::size_t i = 0; i < first.frames.size(); ++i) {
        for (const Detection& seen : first.frames[i].detections) {
            if (seen.score > 0.9F) output.frames[i].detections.push_back(seen);
        }
    }
    return output;
}

class TwoPasses final : public Scheme {
  public:
    Delivery play(Testbed& testbed) override {
        Server& server = testbed.server();
        Link& link = testbed.link();
        const Configuration low = Configuration::parse("qp=38");
        const Configuration high = Configuration::parse("qp=20");
        const DnnId dnn = testbed.dnn(low);

        const auto cheap = link.up(testbed.camera().encode(low));
        const auto first = server.infer(cheap, dnn);
        const auto asked = server.make(unsure_regions(server.read(first), testbed.regions()));
        const auto mask = testbed.camera().read(
            link.down(asked, static_cast<std::int64_t>(server.read(asked).size()) / 8 + 1));

        EncodePlan again(high);
        again.only = mask;
        const auto better = link.up(testbed.camera().encode(again));
        const auto second = server.infer(server.paste(cheap, better), dnn);
        const auto both = server.make(merged(server.read(first), server.read(second)));
        return Delivery::of(both, low);
    }
};

class TwoPassesTest : public test::ToyTest {};

TEST_F(TwoPassesTest, PaysForBothPassesAndTwoWays) {
    TwoPasses toy;
    const auto played = play(toy);
    acts_.resize(9);
    EXPECT_THAT(acts_, ::testing::ElementsAre(
                           "camera encode qp=38 1.000-1.100", "uplink footage 1.100-1.110",
                           "server infer 10 1.110-1.310", "downlink message 1.310-1.320",
                           ::testing::HasSubstr("camera encode qp=20"),
                           "uplink footage 1.420-1.430", "server infer 10 1.430-1.630",
                           "downlink results 1.630-1.640", "camera encode qp=38 2.000-2.100"));
    EXPECT_NEAR(played[0].delay->value, 0.64, 1e-9);
    EXPECT_EQ(played[0].ledger.camera_encodes, 20);
    EXPECT_EQ(played[0].ledger.forward_frames, 20);
    EXPECT_EQ(played[0].ledger.downlink_bytes, 2);  // eight regions and one byte
    // What the fake codec spends does not depend on what a frame shows.
    EXPECT_EQ(played[0].ledger.uplink_bytes,
              stage_.encoding(0, Configuration::parse("qp=38"))->bytes +
                  stage_.encoding(0, Configuration::parse("qp=20"))->bytes);
}

TEST_F(TwoPassesTest, TheSecondPassSeesMoreThanTheFirst) {
    TwoPasses toy;
    const auto both = play(toy);
    const auto low = stage_.play("static", 1, {}, Configuration::parse("qp=38"));
    EXPECT_GT(both[0].accuracy, low[0].accuracy);
}

}  // namespace
}  // namespace oneadapt
