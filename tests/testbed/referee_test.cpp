#include <fstream>

#include <nlohmann/json.hpp>

#include "testbed/testbed_fixture.hpp"

/// What is delivered, held to labels.
namespace oneadapt {
namespace {

using nlohmann::json;
using test::TestbedTest;

/// The fake scene's objects, labelled at twice its size.
json labels_at_twice_the_size(const test::FakeScene& scene) {
    json labels = {
        {"format", "oneadapt-labels-1"}, {"width", 128},           {"height", 64}, {"fps", 10},
        {"classes", {"object"}},         {"frames", json::array()}};
    for (int frame = 0; frame < scene.frames; ++frame) {
        json objects = json::array();
        for (int object = 0; object < scene.objects; ++object) {
            const cv::Rect box = fake_cell_box(scene, fake_cell(scene, object, frame));
            objects.push_back({{"class", "object"},
                               {"box", {2 * box.x, 2 * box.y, 2 * box.x + 32, 2 * box.y + 32}}});
        }
        labels["frames"].push_back(std::move(objects));
    }
    return labels;
}

std::unique_ptr<GroundTruth> truth_of(const json& labels, const Sidecar& sidecar,
                                      const test::FakeScene& scene) {
    const test::TempFolder folder;
    ClipSpec clip;
    clip.labels = folder / "labels.json";
    std::ofstream(*clip.labels) << labels;
    return load_truth(clip, sidecar, scene.size);
}

TEST_F(TestbedTest, LabelsAreScaledToTheAnalysisSize) {
    const test::FakeScene scene;
    const Referee judge =
        referee(truth_of(labels_at_twice_the_size(scene), fake_.model.sidecar(), scene));
    Scores scores(judge, at(0));
    EXPECT_DOUBLE_EQ(scores.accuracy(space_.reference()), 1.0);
    EXPECT_LT(scores.accuracy(Configuration::parse("qp=46")), 1.0);
}

TEST_F(TestbedTest, FindingIgnoredObjectsCountsNeitherForNorAgainst) {
    const test::FakeScene scene;
    json labels = labels_at_twice_the_size(scene);
    for (json& frame : labels["frames"]) frame.front()["ignored"] = true;
    const auto accuracy_of = [&](const Output& delivered) {
        const Referee judge = referee(truth_of(labels, fake_.model.sidecar(), scene));
        return Scores(judge, at(0)).accuracy(std::make_shared<const Output>(delivered));
    };
    make();
    Output found = *output(at(0), space_.reference());
    EXPECT_DOUBLE_EQ(accuracy_of(found), 1.0);
    for (json& frame : labels["frames"]) frame.erase(frame.begin());
    EXPECT_LT(accuracy_of(found), 1.0);
    for (json& frame : labels["frames"]) frame = json::array();
    for (auto& frame : found.frames) frame.detections.clear();
    EXPECT_DOUBLE_EQ(accuracy_of(found), 1.0);
}

}  // namespace
}  // namespace oneadapt
