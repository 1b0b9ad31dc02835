#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"
#include "testbed/driver.hpp"
#include "testbed/referee.hpp"
#include "testbed/testbed.hpp"

namespace oneadapt::test {

inline const DeviceProfile kDevice{.name = "test",
                                   .encode_s_per_megapixel = 1.0,
                                   .camera_watts = 3.0,
                                   .server_encode_s_per_megapixel = 2.0,
                                   .forward_s_per_gflop = 10.0,
                                   .camera_s_per_gflop = 10.0,
                                   .backward_ratio = 0.5,
                                   .server_watts = 7.0,
                                   .latency_s = 0.05};

/// A frame takes 2,048 pixels, and 1 MFLOP of the largest DNN, 10 ms.
class TestbedTest : public ::testing::Test {
  protected:
    explicit TestbedTest(const std::vector<std::string>& knobs = {"qp"}, bool sizes = false)
        : space_(KnobSpace::from_names(knobs, {})) {
        if (sizes) fake_.use_sizes();
    }

    Lab& at(int segment) {
        lab_ = std::make_unique<Lab>(fake_segment_ref({}, segment), fake_.instruments, trace_);
        return *lab_;
    }
    Driver& make(Environment environment = {}) {
        world_.emplace(World{.task = find_task("detect"),
                             .sidecar = fake_.model.sidecar(),
                             .space = space_,
                             .regions = fake_.instruments.input.regions(FakeScene{}.size),
                             .device = kDevice,
                             .environment = std::move(environment),
                             .dnns = {}});
        for (const Dnn& dnn : fake_.instruments.dnns) {
            const double share = world_->dnns.empty() ? 1.0 : dnn.size == "s" ? 0.8 : 0.5;
            world_->dnns.push_back(
                {.dnn = &dnn, .gflop = 0.001 * share, .seconds = 0.01 * share, .watts = 7});
        }
        driver_ = std::make_unique<Driver>(*world_, Goal{.weight = 1});
        return *driver_;
    }
    Referee referee(std::unique_ptr<GroundTruth> truth = nullptr) {
        make();
        return Referee(*world_, std::move(truth));
    }
    OutputPtr output(Lab& lab, const Configuration& c) { return lab.take(world_->infer(c)); }

    TempFolder folder_;
    Trace trace_{folder_ / "t.trace", Trace::Mode::read_write};
    FakeInstruments fake_;
    KnobSpace space_;
    std::optional<World> world_;
    std::unique_ptr<Lab> lab_;
    std::unique_ptr<Driver> driver_;
};

inline constexpr double kSegmentMegapixels = 0.02048;

}  // namespace oneadapt::test
