#include "media/dataset.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class DatasetTest : public ::testing::Test {
  protected:
    template <class Load>
    std::string message(Load load, const std::string& text) {
        test::write_text(file_, text);
        try {
            load(file_);
        } catch (const InputError& error) {
            return error.what();
        }
        return "no error";
    }
    std::string manifest(const std::string& text) { return message(load_dataset, text); }
    std::string clips(const std::string& text) {
        return manifest(R"({"name": "d", "clips": [)" + text + "]}");
    }
    std::string labels(const std::string& frames) {
        return message(load_labels,
                       R"({"format": "oneadapt-labels-1", "width": 64, "height": 48, "fps": 10,
                           "classes": ["car"], "frames": [)" +
                           frames + "]}");
    }

    test::TempFolder folder_;
    std::filesystem::path file_ = folder_ / "file.json";
};

TEST_F(DatasetTest, ReadsAManifest) {
    test::write_text(file_, R"({"name": "roads", "clips": [
        {"name": "a", "file": "a.mp4"},
        {"name": "b", "kind": "video", "file": "/abs/b.mkv", "start": 2.5, "duration": 10,
         "labels": "b.json", "scene": "scenes/b.json"},
        {"name": "c", "kind": "lidar", "file": "c", "point-layout": "xyzir",
         "intensity-max": 255}]})");
    const Dataset dataset = load_dataset(file_);
    EXPECT_EQ(dataset.name, "roads");
    ASSERT_EQ(dataset.clips.size(), 3U);
    EXPECT_EQ(dataset.clips[0].kind, "video");
    EXPECT_EQ(dataset.clips[0].file, folder_ / "a.mp4");
    EXPECT_EQ(dataset.clips[0].duration_s, std::nullopt);
    EXPECT_EQ(dataset.clips[1].file, "/abs/b.mkv");
    EXPECT_EQ(dataset.clips[1].start_s, 2.5);
    EXPECT_EQ(dataset.clips[1].duration_s, 10);
    EXPECT_EQ(dataset.clips[1].labels, folder_ / "b.json");
    EXPECT_EQ(dataset.clips[1].scene, folder_ / "scenes/b.json");
    EXPECT_EQ(dataset.clips[1].points.text(), "");
    EXPECT_EQ(dataset.clips[2].points.text(), "point-layout=xyzir,intensity-max=255,");
}

TEST_F(DatasetTest, ShippedManifestsAreReadWithoutTheirClips) {
    const std::filesystem::path shipped = ONEADAPT_SOURCE_DIR "/datasets";
    std::set<std::string> names;
    for (const auto& folder : {shipped, shipped / "real"}) {
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            if (entry.path().extension() != ".json") continue;
            SCOPED_TRACE(entry.path());
            const Dataset dataset = load_dataset(entry.path());
            EXPECT_TRUE(names.insert(dataset.name).second) << dataset.name;
            for (const ClipSpec& clip : dataset.clips) {
                EXPECT_EQ(clip.file.parent_path(), folder / "clips");
            }
        }
    }
    EXPECT_TRUE(names.contains("vtest"));
    EXPECT_TRUE(names.contains("real-speech"));
}

TEST_F(DatasetTest, SaysWhatIsWrongWithAManifest) {
    EXPECT_THAT(manifest(""), HasSubstr("is empty"));
    EXPECT_THAT(manifest("{\n\"name\": \"d\",\n\"clips\": [,]}"), HasSubstr("file.json:3: is not"));
    EXPECT_THAT(manifest("[]"), HasSubstr("is an array; write an object"));
    EXPECT_THAT(manifest(R"({"clips": []})"), HasSubstr("lacks the key 'name'"));
    EXPECT_THAT(manifest(R"({"name": "d", "clips": []})"), HasSubstr("has no clips"));
    EXPECT_THAT(manifest(R"({"name": "d", "clip": []})"),
                HasSubstr("unknown key 'clip'; valid keys are name, clips"));
    EXPECT_THAT(manifest(R"({"name": "d", "name": "e", "clips": []})"),
                HasSubstr("has the key 'name' twice"));
    EXPECT_THAT(manifest(R"({"name": "d", "clips": {}})"), HasSubstr("key 'clips': is an object"));
    EXPECT_THAT(clips("3"), HasSubstr("clip 1: is a number"));
    EXPECT_THAT(clips(R"({"file": "a"})"), HasSubstr("clip 1: lacks the key 'name'"));
    EXPECT_THAT(clips(R"({"name": "a"})"), HasSubstr("clip 1 'a': lacks the key 'file'"));
    EXPECT_THAT(clips(R"({"name": "a", "file": ""})"), HasSubstr("key 'file' is empty"));
    EXPECT_THAT(clips(R"({"name": "a", "file": "f", "begin": 3})"),
                AllOf(HasSubstr("clip 1: has the unknown key 'begin'"), HasSubstr("start")));
    EXPECT_THAT(clips(R"({"name": "a", "file": "f", "start": "3"})"),
                HasSubstr("clip 1 'a': key 'start': is a string; write a number"));
    EXPECT_THAT(clips(R"({"name": "a", "file": "f", "start": -1})"),
                HasSubstr("key 'start': -1 is out of range"));
    EXPECT_THAT(clips(R"({"name": "a", "file": "f", "start": 1e999})"), HasSubstr("1e999"));
    EXPECT_THAT(clips(R"({"name": "a", "file": "f", "duration": 0})"),
                HasSubstr("key 'duration': 0 is out of range"));
    EXPECT_THAT(clips(R"({"name": "a", "file": "f", "intensity-max": 0})"),
                HasSubstr("intensity-max 0 is not positive"));
    EXPECT_THAT(clips(R"({"name": "a", "file": "f", "point-layout": ""})"),
                HasSubstr("key 'point-layout' is empty"));
    EXPECT_THAT(clips(R"({"name": "a", "file": "f"}, {"name": "a", "file": "g"})"),
                HasSubstr("clip 2: name 'a' is taken"));
    EXPECT_THROW(load_dataset(folder_ / "none.json"), InputError);
    EXPECT_THROW(load_dataset(folder_ / ""), InputError);
}

TEST_F(DatasetTest, ReadsLabels) {
    EXPECT_EQ(labels(R"([], [{"class": "car", "box": [1, 2, 11, 22.5], "id": 3, "visible": 0.8},
                             {"class": "car", "box": [0, 0, 4, 4], "ignored": true}])"),
              "no error");
    const Labels read = load_labels(file_);
    EXPECT_EQ(read.size, cv::Size(64, 48));
    EXPECT_EQ(read.fps, 10);
    ASSERT_EQ(read.frames.size(), 2U);
    EXPECT_TRUE(read.frames[0].empty());
    ASSERT_EQ(read.frames[1].size(), 2U);
    EXPECT_EQ(read.frames[1][0].label_class, "car");
    EXPECT_EQ(read.frames[1][0].box, cv::Rect2f(1, 2, 10, 20.5));
    EXPECT_FALSE(read.frames[1][0].ignored);
    EXPECT_TRUE(read.frames[1][1].ignored);
}

TEST_F(DatasetTest, SaysWhatIsWrongWithLabels) {
    EXPECT_THAT(message(load_labels, R"({"format": "coco"})"),
                HasSubstr("has the format 'coco'; this program reads 'oneadapt-labels-1'"));
    EXPECT_THAT(labels("3"), HasSubstr("key 'frames'[0]: is a number; write a list"));
    EXPECT_THAT(labels(R"([{"class": "cat", "box": [1, 2, 3, 4]}])"),
                HasSubstr("frame 0, object 0: class 'cat' is not among"));
    EXPECT_THAT(labels(R"([], [{"class": "car", "box": [1, 2, 3]}])"),
                HasSubstr("frame 1, object 0: key 'box' is not [x1, y1, x2, y2]"));
    EXPECT_THAT(labels(R"([{"class": "car", "box": [9, 2, 3, 4]}])"), HasSubstr("x1 <= x2"));
    EXPECT_THAT(labels(R"([{"class": "car", "box": [1, 2, 3, "4"]}])"),
                HasSubstr("key 'box'[3]: is a string"));
    EXPECT_THAT(labels(R"([{"class": "car", "box": [1, 2, 3, 4], "colour": 1}])"),
                HasSubstr("unknown key 'colour'"));
}

TEST_F(DatasetTest, ReadsBoxesInSpace) {
    const auto boxes = [&](const std::string& frames) {
        return message(load_boxes3d,
                       R"({"format": "oneadapt-boxes3d-1", "fps": 10, "classes": ["car"],
                           "frames": [)" +
                           frames + "]}");
    };
    EXPECT_EQ(boxes(R"([], [{"class": "car", "center": [9, 2, -1], "size": [4, 2, 1.5], "yaw": 0.5,
                             "id": 3, "points": 40, "ignored": true}])"),
              "no error");
    const Boxes3d read = load_boxes3d(file_);
    EXPECT_EQ(read.fps, 10);
    ASSERT_EQ(read.frames.size(), 2U);
    ASSERT_EQ(read.frames[1].size(), 1U);
    const Box3d& box = read.frames[1][0];
    EXPECT_EQ(box.label_class, "car");
    EXPECT_EQ(box.centre, cv::Vec3d(9, 2, -1));
    EXPECT_EQ(box.size, cv::Vec3d(4, 2, 1.5));
    EXPECT_EQ(box.yaw, 0.5);
    EXPECT_TRUE(box.ignored);

    EXPECT_THAT(boxes(R"([{"class": "car", "center": [9, 2], "size": [4, 2, 1], "yaw": 0}])"),
                HasSubstr("frame 0, object 0: key 'center' has 2 numbers; give three"));
    EXPECT_THAT(boxes(R"([{"class": "car", "center": [9, 2, 0], "size": [4, 0, 1], "yaw": 0}])"),
                HasSubstr("key 'size' is not positive"));
    EXPECT_THAT(boxes(R"([{"class": "car", "center": [9, 2, 0], "size": [4, 1, 1]}])"),
                HasSubstr("lacks the key 'yaw'"));
    EXPECT_THAT(boxes(R"([{"class": "cat", "center": [9, 2, 0], "size": [4, 1, 1]}])"),
                HasSubstr("class 'cat' is not among"));
    EXPECT_THAT(message(load_boxes3d, R"({"format": "oneadapt-labels-1"})"),
                HasSubstr("has the format 'oneadapt-labels-1'"));
}

}  // namespace
}  // namespace oneadapt
