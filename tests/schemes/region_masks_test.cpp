#include "schemes/region_masks.hpp"

#include <gtest/gtest.h>

#include "support/fake_instruments.hpp"

namespace oneadapt {
namespace {

TEST(RegionMasks, HoldWhatABoxTouches) {
    const RegionGrid grid = input_space(test::FakeModel().sidecar()).regions({64, 32});
    const auto touched = [&](const Detection& box, int margin = 0) {
        RegionMask mask = no_regions(grid);
        mark_touched(mask, box, grid, margin);
        return mask;
    };
    const Detection box{17, 1, 31, 15};
    EXPECT_EQ(touched(box), (RegionMask{false, true, false, false, false, false, false, false}));
    EXPECT_EQ(touched({16, 0, 32, 16}), touched(box)) << "it ends where the next tile begins";
    EXPECT_EQ(touched({17, 1, 33, 17}),
              (RegionMask{false, true, true, false, false, true, true, false}));
    EXPECT_EQ(touched(grown(box, 2, 0)),
              (RegionMask{true, true, true, false, false, false, false, false}));
    EXPECT_EQ(touched(grown(box, 0, 2)),
              (RegionMask{false, true, false, false, false, true, false, false}));
    EXPECT_EQ(touched(box, 1), (RegionMask{true, true, true, false, true, true, true, false}));
    EXPECT_EQ(touched({-1e30F, -1e30F, 1e30F, 1e30F}), RegionMask(8, true));
    for (const Detection& outside :
         {Detection{100, 100, 120, 120}, Detection{-40, 1, -20, 15}, Detection{64, 0, 90, 16}}) {
        EXPECT_EQ(touched(outside), no_regions(grid));
    }
    EXPECT_EQ(touched({64, 0, 90, 16}, 1), touched({48, 0, 64, 32})) << "grown before it is cut";
}

}  // namespace
}  // namespace oneadapt
