#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemes/stage.hpp"

namespace oneadapt::test {

/// A world of round numbers: a segment of ten frames takes the camera 0.1 s to encode and the
/// server 0.2 s to infer; a way between them takes 10 ms.
class ToyTest : public ::testing::Test {
  protected:
    explicit ToyTest(int segments = 2) : stage_(segments) {
        World& world = stage_.world();
        const double megapixels = FakeScene{}.size.area() * FakeScene{}.frames / 1e6;
        world.device.encode_s_per_megapixel = 0.1 / megapixels;
        world.device.camera_s_per_gflop = 1;
        world.dnns.front().seconds = 0.02;
    }

    std::vector<Stage::Played> play(Scheme& toy) {
        acts_.clear();
        return stage_.play(toy, {.weight = 1}, [this](const Act& act) {
            static constexpr const char* kNames[] = {"camera", "uplink", "server", "downlink"};
            acts_.push_back(fmt::format("{} {} {:.3f}-{:.3f}",
                                        kNames[static_cast<std::size_t>(act.actor)], act.what,
                                        act.from.value, act.to.value));
        });
    }

    Stage stage_;
    std::vector<std::string> acts_;
};

}  // namespace oneadapt::test
