#include "media/lidar_reader.hpp"

#include <array>
#include <fstream>
#include <limits>
#include <set>

#include <sys/stat.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
namespace fs = std::filesystem;

class LidarReader : public ::testing::Test {
  protected:
    /// Sweep i has i+1 points, all of them at x = i.
    void write_sweep(const std::string& name, int sweep) const {
        std::ofstream out(folder_ / name, std::ios::binary);
        for (int i = 0; i <= sweep; ++i) {
            const std::array<float, 4> point = {static_cast<float>(sweep), 0, 0, 0};
            out.write(reinterpret_cast<const char*>(point.data()), sizeof point);
        }
    }
    void write_sweeps(int count, const std::string& times = "") const {
        for (int i = 0; i < count; ++i) write_sweep(fmt::format("{:06}.bin", i), i);
        if (!times.empty()) test::write_text(folder_ / "timestamps.txt", times);
    }
    ClipSpec clip() const {
        ClipSpec spec;
        spec.name = "turns";
        spec.kind = "lidar";
        spec.file = folder_.path();
        return spec;
    }

    /// The sweep that each frame shows, segment by segment.
    static std::vector<std::vector<int>> shown(const ClipSpec& clip, const ReadOptions& options) {
        std::vector<std::vector<int>> all;
        const auto reader = open_clip(clip, options);
        while (const auto segment = reader->next()) {
            auto& sweeps = all.emplace_back();
            for (const cv::Mat& frame : segment->frames) sweeps.push_back(frame.rows - 1);
        }
        return all;
    }
    static ReadOptions at(std::optional<double> fps, int segment_frames = 10) {
        ReadOptions options;
        options.fps = fps;
        options.segment_frames = segment_frames;
        return options;
    }
    void refuses(const std::string& message) const {
        EXPECT_THAT([&] { open_clip(clip(), at(10)); },
                    ThrowsMessage<InputError>(HasSubstr(message)));
    }

    test::TempFolder folder_;
};

TEST_F(LidarReader, CutsTenSweepsASecondIntoSegments) {
    write_sweeps(5);
    const auto reader = open_clip(clip(), at(10, 3));
    EXPECT_EQ(reader->info().segments, 2);
    EXPECT_EQ(reader->info().size, cv::Size(1, 1)) << "points of the first sweep";
    const auto segment = reader->next();
    ASSERT_TRUE(segment.has_value());
    EXPECT_EQ(segment->frames[2].size(), cv::Size(4, 3));
    EXPECT_EQ(segment->frames[2].at<float>(0, 0), 2);
    EXPECT_NEAR(segment->info.duration.value, 0.3, 1e-12);
    EXPECT_THAT(shown(clip(), at(10, 3)), ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4)));
}

TEST_F(LidarReader, AFrameIsTheLatestSweepThatIsNotLater) {
    write_sweeps(5, "100\n100.103\n100.198\n100.301\n100.4\n");
    EXPECT_THAT(shown(clip(), at(10)), ElementsAre(ElementsAre(0, 1, 2, 3, 4)));
    EXPECT_THAT(shown(clip(), at(5)), ElementsAre(ElementsAre(0, 2, 4)));
    EXPECT_THAT(shown(clip(), at(20)), ElementsAre(ElementsAre(0, 0, 1, 1, 2, 2, 3, 3, 4, 4)));
    EXPECT_THAT(shown(clip(), at(std::nullopt)), ElementsAre(ElementsAre(0, 1, 2, 3, 4)));
    EXPECT_NEAR(open_clip(clip(), at(std::nullopt))->info().fps, 10, 1e-9);
}

TEST_F(LidarReader, ReadsKittisTimes) {
    write_sweeps(3,
                 "2011-09-26 23:59:59.900000000\n2011-09-27 00:00:00.000000000\n"
                 "2011-09-27 00:00:00.300000000\n");
    EXPECT_THAT(shown(clip(), at(10)), ElementsAre(ElementsAre(0, 1, 1, 1, 2)));
}

TEST_F(LidarReader, AByteOrderMarkIsNoPartOfTheTimes) {
    write_sweeps(2,
                 "\xEF\xBB\xBF"
                 "0.5\r\n0.7\r\n");
    EXPECT_THAT(shown(clip(), at(10)), ElementsAre(ElementsAre(0, 0, 1, 1)));
}

TEST_F(LidarReader, StartAndDurationAreObeyed) {
    write_sweeps(6);
    ClipSpec spec = clip();
    spec.start_s = 0.2;
    spec.duration_s = 0.3;
    EXPECT_THAT(shown(spec, at(10)), ElementsAre(ElementsAre(2, 3, 4)));
    EXPECT_THAT(shown(spec, at(std::nullopt)), ElementsAre(ElementsAre(2, 3, 4)));
    spec.start_s = 1e300;
    EXPECT_THAT([&] { open_clip(spec, at(10)); },
                ThrowsMessage<UsageError>(HasSubstr("or either above 1e9")));
    spec.start_s = 2;
    EXPECT_THAT([&] { open_clip(spec, at(10)); },
                ThrowsMessage<InputError>(HasSubstr("has no sweep at or after its start at 2 s")));
}

TEST_F(LidarReader, RefusesWhatCannotBeASweep) {
    write_sweeps(4);
    test::write_text(folder_ / "000001.bin", "");
    refuses("000001.bin: has no bytes");
    fs::remove(folder_ / "000001.bin");
    ASSERT_EQ(mkfifo((folder_ / "000001.bin").c_str(), 0600), 0);
    refuses("000001.bin: is a pipe, not a regular file");
    fs::remove(folder_ / "000001.bin");
    fs::create_symlink("nowhere", folder_ / "000001.bin");
    refuses("000001.bin: does not exist");
    fs::remove(folder_ / "000001.bin");
    EXPECT_THAT(shown(clip(), at(10)), ElementsAre(ElementsAre(0, 0, 2, 3)));
}

TEST_F(LidarReader, NamesCountUpAndOtherFilesAreLeftAlone) {
    write_sweep("10.bin", 2);
    write_sweep("9.bin", 1);
    write_sweep("8.bin", 0);
    test::write_text(folder_ / "calibration.txt", "none");
    EXPECT_THAT(shown(clip(), at(10)), ElementsAre(ElementsAre(0, 1, 2)));
}

TEST_F(LidarReader, SweepsWithoutPointsAreFrames) {
    const float none = std::numeric_limits<float>::quiet_NaN();
    const std::array<float, 4> no_return = {none, none, none, 0};
    std::ofstream(folder_ / "0.bin", std::ios::binary)
        .write(reinterpret_cast<const char*>(no_return.data()), sizeof no_return);
    write_sweep("1.bin", 1);
    EXPECT_THAT(shown(clip(), at(10)), ElementsAre(ElementsAre(-1, 1)));
    EXPECT_EQ(open_clip(clip(), at(10))->info().size, cv::Size(1, 1));
}

TEST_F(LidarReader, SaysWhatIsWrongWithTheFolder) {
    refuses("has no sweeps");
    write_sweeps(2, "0\n0.1\n0.2\n");
    EXPECT_THAT(shown(clip(), at(10)), ElementsAre(ElementsAre(0, 1))) << "the third was lost";
    test::write_text(folder_ / "timestamps.txt", "0\n");
    refuses(
        "timestamps.txt: has no time for 000001.bin: line 2 is missing; give each sweep a line");
    test::write_text(folder_ / "timestamps.txt", "0\nnoon\n");
    refuses("timestamps.txt, line 2: 'noon' is no time");
    test::write_text(folder_ / "timestamps.txt", "0\n0\n");
    refuses("timestamps.txt, line 2: is not later");
    test::write_text(folder_ / "000002.pcd", "# .PCD v0.7");
    refuses("has sweeps of two formats, 000000.bin and 000002.pcd");
    ClipSpec spec = clip();
    spec.file = folder_ / "none";
    EXPECT_THAT([&] { open_clip(spec, at(10)); },
                ThrowsMessage<InputError>(HasSubstr("does not exist")));
    spec.file = folder_ / "000000.bin";
    EXPECT_THAT([&] { open_clip(spec, at(10)); },
                ThrowsMessage<InputError>(HasSubstr("cannot be read as a folder")));
}

/// Fifty sweeps of which some were lost, as `shown` has them.
class LostSweeps : public LidarReader {
  protected:
    void write_sweeps_but(const std::set<int>& lost, const std::string& prefix = "") const {
        for (int i = 0; i < 50; ++i) {
            if (!lost.contains(i)) write_sweep(fmt::format("{}{:010}.bin", prefix, i), i);
        }
    }
    /// A line per sweep, at about ten a second.
    static std::string times(const std::set<int>& blank = {}) {
        std::string text;
        for (int i = 0; i < 50; ++i) {
            const std::string time = fmt::format("2011-09-26 13:02:{:.9f}", 25 + 0.1 * i);
            text += (blank.contains(i) ? "" : time) + "\n";
        }
        return text;
    }
    /// All sweeps in order, the one before a lost one in its place.
    static std::vector<int> held(const std::set<int>& lost) {
        std::vector<int> sweeps;
        for (int i = 0; i < 50; ++i) sweeps.push_back(lost.contains(i) ? sweeps.back() : i);
        return sweeps;
    }
    std::vector<int> frames() const { return shown(clip(), at(10, 1000)).at(0); }
    const std::set<int> lost_ = {10, 11, 12, 13, 30};
};

TEST_F(LostSweeps, KeepTheirTimeByName) {
    write_sweeps_but(lost_);
    EXPECT_EQ(frames(), held(lost_));
    ClipSpec spec = clip();
    spec.start_s = 1.4;
    spec.duration_s = 0.1;
    EXPECT_THAT(shown(spec, at(10)), ElementsAre(ElementsAre(14)));
    EXPECT_EQ(open_clip(clip(), at(10))->info().segments, 5);
}

TEST_F(LostSweeps, KeepTheirTimeByNamesWithAPrefix) {
    write_sweeps_but(lost_, "turn-");
    EXPECT_EQ(frames(), held(lost_));
}

TEST_F(LostSweeps, KeepTheirTimeByAListOfThoseThatAreThere) {
    write_sweeps_but(lost_);
    std::string list;
    for (int i = 0; i < 50; ++i) {
        if (!lost_.contains(i)) list += fmt::format("{:.1f}\n", 100 + 0.1 * i);
    }
    test::write_text(folder_ / "timestamps.txt", list);
    EXPECT_EQ(frames(), held(lost_)) << "and there is no frame after the last sweep's turn";
}

TEST_F(LostSweeps, KeepTheirTimeByAListOfAll) {
    write_sweeps_but(lost_);
    for (const auto& blank : {lost_, std::set<int>{}, std::set<int>{11, 30}}) {
        test::write_text(folder_ / "timestamps.txt", times(blank) + "\n\r\n");
        EXPECT_EQ(frames(), held(lost_));
    }
    test::write_text(folder_ / "timestamps.txt", times({14}));
    refuses("timestamps.txt: has no time for 0000000014.bin: line 15 is blank");
}

TEST_F(LostSweeps, NamesMayCountFromOne) {
    for (int i = 0; i < 50; ++i) {
        if (!lost_.contains(i)) write_sweep(fmt::format("{:03}.bin", i + 1), i);
    }
    EXPECT_EQ(frames(), held(lost_));
    test::write_text(folder_ / "timestamps.txt", times(lost_));
    EXPECT_EQ(frames(), held(lost_));
}

TEST_F(LostSweeps, KittisListLiesBesideItsFolderData) {
    fs::create_directory(folder_ / "data");
    for (int i = 0; i < 3; ++i) write_sweep(fmt::format("data/{:010}.bin", i), i);
    test::write_text(folder_ / "timestamps.txt", "0\n0.1\n0.4\n");
    ClipSpec spec = clip();
    for (const char* name : {"data", "data/"}) {
        spec.file = folder_ / name;
        EXPECT_THAT(shown(spec, at(10)), ElementsAre(ElementsAre(0, 1, 1, 1, 2)));
    }
    const Hash128 hash = hash_recording(spec);
    EXPECT_EQ(hash_recording(spec), hash);
    test::write_text(folder_ / "timestamps.txt", "0\n0.1\n0.2\n");
    EXPECT_NE(hash_recording(spec), hash) << "what lies beside belongs to the recording";
    EXPECT_THAT(shown(spec, at(10)), ElementsAre(ElementsAre(0, 1, 2)));
    fs::rename(folder_ / "data", folder_ / "sweeps");
    spec.file = folder_ / "sweeps";
    EXPECT_EQ(hash_recording(spec), hash_file(spec.file)) << "beside data alone";
}

TEST_F(LostSweeps, MakeTheSweepBeforeLastLongerAtTheNativeRate) {
    write_sweeps_but({10});
    const auto reader = open_clip(clip(), at(std::nullopt));
    double start = 0;
    for (int i = 0; i < 5; ++i) {
        const auto segment = reader->next();
        ASSERT_TRUE(segment.has_value());
        const SegmentInfo& info = segment->info;
        EXPECT_EQ(info.frames, i == 4 ? 9 : 10);
        EXPECT_NEAR(info.start.value, start, 0.0011) << i;
        start += i == 0 ? 1.1 : 0.1 * info.frames;
        EXPECT_NEAR(info.start.value + info.duration.value, start, 0.0011) << i;
        EXPECT_NEAR(info.seconds_to(9), 0.9, 0.0011) << i;
    }
    EXPECT_NEAR(start, 5, 1e-9);
}

TEST_F(LostSweeps, HolesHaveALimit) {
    write_sweeps(2, "0\n1e12\n");
    refuses("has no sweep for 1e+12 s after 000000.bin; mend timestamps.txt, or use --start");
    ClipSpec spec = clip();
    spec.duration_s = 1;
    EXPECT_THAT(shown(spec, at(2)), ElementsAre(ElementsAre(0, 0)));
    spec.duration_s.reset();
    test::write_text(folder_ / "timestamps.txt", "0\n1e8\n");
    spec.start_s = 1e8;
    EXPECT_EQ(shown(spec, at(10, 1000)).at(0).size(), 600U) << "a turn is no longer than a hole";
    test::write_text(folder_ / "timestamps.txt", "-1e308\n1e308\n");
    refuses("has no sweep for inf s after 000000.bin");
    fs::remove(folder_ / "timestamps.txt");
    write_sweep("999999999999.bin", 2);
    refuses("its names count ten sweeps a second: give their times in timestamps.txt");
    test::write_text(folder_ / "timestamps.txt", "2011-02-30 10:00:00.0\n");
    refuses("'2011-02-30 10:00:00.0' is no time");
}

TEST_F(LidarReader, TheHashOfAFolderCoversNamesAndContents) {
    write_sweeps(2);
    const Hash128 hash = hash_file(folder_.path());
    EXPECT_EQ(hash_file(folder_.path()), hash);
    write_sweep("000001.bin", 2);
    EXPECT_NE(hash_file(folder_.path()), hash);
    write_sweep("000001.bin", 1);
    EXPECT_EQ(hash_file(folder_.path()), hash);
    fs::rename(folder_ / "000001.bin", folder_ / "000002.bin");
    EXPECT_NE(hash_file(folder_.path()), hash);
}

TEST_F(LidarReader, ASizeMeansNothing) {
    write_sweeps(1);
    ReadOptions sized = at(10);
    sized.size = cv::Size(64, 64);
    EXPECT_THAT([&] { open_clip(clip(), sized); },
                ThrowsMessage<UsageError>(HasSubstr("--size: means nothing to point clouds")));
}

}  // namespace
}  // namespace oneadapt
