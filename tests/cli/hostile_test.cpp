// Every place on the command line that takes a file, given each thing that is not what it wants:
// refused in one line with the exit code of its kind, in bounded time.

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using test::file_text;
using test::Ran;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// A place for a file on the command line, and what may be there.
struct Place {
    std::string name;
    std::string file;        ///< that the options name
    std::string arguments;   ///< `{}` is the file
    int code;                ///< of what cannot be used
    std::string valid = {};  ///< a text that can, to be cut off and marked; none where empty
    std::vector<std::string> hostile = {};  ///< whole texts with values out of all range
    std::string whole = {};                 ///< a file that can, to be cut off; not a text
    std::string lead = "oneadapt-sim: ";    ///< of the line that says no
};

void PrintTo(const Place& place, std::ostream* out) {
    *out << place.name;
}

const std::string kTail = " --scheme static --values qp=40 --weights 1 --out out --trace t.trace";
const std::string kOnTiny = "--clip tiny.mkv" + kTail;
const std::string kSound = " --task transcribe --scheme static --values sample-rate=8" +
                           std::string(" --weights 1 --out out --trace t.trace");
const std::string kSweeps = "--task lidar --clip sweeps --scheme static --values lidar-bits=8" +
                            std::string(" --weights 1 --out out --trace t.trace");
const std::string kModels = ONEADAPT_SOURCE_DIR "/datasets/models/";
const std::string kDataset = R"({"name": "d", "clips": [{"name": "c", "file": "tiny.mkv"%}]})";
const std::string kBoxes =
    R"({"format": "oneadapt-labels-1", "width": 96, "height": 70, "fps": 10, "classes": ["car"],
        "frames": [[{"class": "car", "box": [1, 2, 30, 40]}], [], [], [], [], [], [], [], [], []]})";

const std::string kSpec = R"({"clips": ["tiny.mkv"], "schemes": ["static"], "weights": [1],
    "values": {"qp": [40]}, "start_s": 0})";
const std::string kPcd =
    "VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 2\nHEIGHT 1\n"
    "VIEWPOINT 0 0 0 1 0 0 0\nPOINTS 2\nDATA ascii\n9 1 -1\n10 1 -1\n";

/// The text once with each of the values in place of `old`.
std::vector<std::string> with_each(const std::string& text, const std::string& old,
                                   const std::string& lead,
                                   const std::vector<std::string>& values) {
    std::vector<std::string> texts;
    for (const std::string& value : values) {
        texts.push_back(text);
        texts.back().replace(text.find(old), old.size(), lead + value);
    }
    return texts;
}

const std::vector<std::string> kNoNumbers = {"1e308", "-1e308", "-1",      "NaN",
                                             "1e999", "null",   "\"\\n\"", "[[[[]]]]"};

std::string dataset(const std::string& more) {
    std::string text = kDataset;
    return text.replace(text.find('%'), 1, more);
}

std::vector<Place> media_places() {
    return {
        {"clip", "f", "--clip {}" + kTail, 3, "", {}, "tiny.mkv"},
        {"sound", "f", "--clip {}" + kSound, 3, "", {}, "tiny.wav"},
        {.name = "sweep",
         .file = "sweeps/0.bin",
         .arguments = kSweeps,
         .code = 3,
         .whole = "tiny.bin"},
        {"points", "sweeps/0.pcd", kSweeps, 3, kPcd, with_each(kPcd, "H 2", "H ", kNoNumbers)},
        {"count", "sweeps/0.pcd", kSweeps, 3, "", with_each(kPcd, "S 2", "S ", kNoNumbers)},
        {"point", "sweeps/0.pcd", kSweeps, 3, "",
         with_each(kPcd, "9 1", "", {"1e999 1", "- 1", "x 1", "9", "9 1 1"})},
        {"dataset", "f", "--dataset {}" + kTail, 3, dataset(""),
         with_each(kDataset, "%", R"(, "start": )", kNoNumbers)},
        {"duration", "f", "--dataset {}" + kTail, 3, dataset(R"(, "duration": 1)"),
         with_each(kDataset, "%", R"(, "duration": )", kNoNumbers)},
        {"labels", "f", "--dataset labelled.json --score labels" + kTail, 3, kBoxes,
         with_each(kBoxes, "40]", "", {"1e308]", "-1e308]", "NaN]", "1e999]"})},
        {"rate", "f", "--dataset labelled.json --score labels" + kTail, 3, "",
         with_each(kBoxes, "10, \"classes", "",
                   {"1e308, \"classes", "1e-308, \"classes", "-1, \"classes", "0, \"classes"})},
    };
}

std::vector<Place> model_places() {
    const std::string sidecar = file_text(kModels + "street-n.json");
    return {
        {"model", "f", "--model {} --sidecar good.json " + kOnTiny, 4, "", {}, "tiny.pt"},
        {"model_check",
         "f",
         "model check {} --sidecar good.json",
         4,
         "",
         {},
         "tiny.pt",
         "PROBLEM: "},
        {"sidecar", "f", "--sidecar {} " + kOnTiny, 4, sidecar,
         with_each(sidecar, "10000", "", kNoNumbers)},
    };
}

std::vector<Place> testbed_places() {
    const std::string device = file_text(ONEADAPT_SOURCE_DIR "/datasets/devices/default.json");
    return {
        {"profile", "f.json", "--profile {} " + kOnTiny, 3, device,
         with_each(device, "5.0", "", kNoNumbers)},
        {"link",
         "f.csv",
         "--link {} " + kOnTiny,
         3,
         "seconds,mbps\n0,2\n5,1\n10,0\n",
         {"0,1e308\n1,0\n", "0,1\n1e308,0\n", "0,-1\n1,0\n", "0,nan\n1,0\n", "0,inf\n1,0\n",
          "0,1e-308\n1,0\n", "0,1\n", std::string("\0\0\0", 3), "0,1\n1,1e999\n"}},
        {"mahimahi",
         "f",
         "--link {} " + kOnTiny,
         3,
         "10\n20\n",
         {"9223372036854775807\n", "99999999999999999999\n", "-1\n", "nan\n", "1e3\n", "0\n"}},
        {"spec", "f", "run {} --out out --trace t.trace", 3, kSpec,
         with_each(kSpec, R"("start_s": 0)", R"("start_s": )", kNoNumbers)},
    };
}

std::vector<Place> trace_places() {
    return {
        {"offline",
         "f",
         "--offline --clip tiny.mkv --scheme static --values qp=40 --weights 1 --out out"
         " --trace {}",
         5,
         "",
         {},
         "tiny.trace"},
        {"merge", "f", "merge out {}", 5, "", {}, "tiny.trace"},
    };
}

std::vector<Place> places() {
    std::vector<Place> all;
    for (const auto& some : {media_places(), model_places(), testbed_places(), trace_places()}) {
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

class HostileTest : public ::testing::TestWithParam<Place> {
  protected:
    HostileTest() {
        test::write_recording(folder_ / "tiny.mkv",
                              {.size = {96, 70}, .times_ms = test::constant_rate(10, 10)});
        test::write_wav(folder_ / "tiny.wav", 4, true);
        test::write_text(folder_ / "tiny.bin", std::string(32, '\0'));
        std::filesystem::create_directory(folder_ / "sweeps");
        std::filesystem::copy(kModels + "street-n.pt", folder_ / "tiny.pt");
        std::filesystem::copy(kModels + "street-n.json", folder_ / "good.json");
        test::write_text(folder_ / "labelled.json", dataset(R"(, "labels": "f")"));
    }
    Ran run() { return test::run_program(folder_.path(), command()); }
    std::string command() const {
        return fmt::format(fmt::runtime(GetParam().arguments), GetParam().file);
    }
    void refuses(const std::string& what) {
        const Ran ran = run();
        const std::string said = ran.out + ran.err;
        EXPECT_EQ(ran.exit_code, GetParam().code) << what << '\n' << said;
        EXPECT_THAT(said, StartsWith(GetParam().lead)) << what;
        EXPECT_THAT(said, Not(HasSubstr("internal error"))) << what;
        EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << what << '\n' << said;
        EXPECT_FALSE(std::filesystem::exists(folder_ / "out")) << what;
    }
    /// The whole file that the place names, which a run makes where it is a trace.
    std::string whole() {
        const std::filesystem::path file = folder_ / GetParam().whole;
        if (!std::filesystem::exists(file)) {
            test::run_program(folder_.path(),
                              "record --clip tiny.mkv --scheme static --values "
                              "qp=40 --weights 1 --quiet --trace " +
                                  file.string());
        }
        return file_text(file);
    }
    void takes(const std::string& bytes) {
        test::write_text(file_, bytes);
        const Ran ran = run();
        EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
        std::filesystem::remove_all(folder_ / "out");
    }
    /// Half of a list of numbers is a list, too, and half of a recording a shorter one.
    void takes_or_refuses(const std::string& bytes) {
        test::write_text(file_, bytes);
        const Ran ran = run();
        EXPECT_TRUE(ran.exit_code == GetParam().code || ran.exit_code == 0) << ran.out << ran.err;
        EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("internal error")));
        std::filesystem::remove_all(folder_ / "out");
    }

    test::TempFolder folder_;
    std::filesystem::path file_ = folder_ / GetParam().file;
};

TEST_P(HostileTest, WhatIsNoFileIsRefused) {
    refuses("missing");
    std::filesystem::create_directory(file_);
    refuses("a folder");
    std::filesystem::remove(file_);
    ASSERT_EQ(mkfifo(file_.c_str(), 0600), 0);
    refuses("a pipe");
    std::filesystem::remove(file_);
    std::filesystem::create_symlink("/dev/zero", file_);
    refuses("a device without end");
}

TEST_P(HostileTest, WhatIsWrongInItIsRefused) {
    const Place& place = GetParam();
    test::write_text(file_, "");
    refuses("an empty file");
    test::write_text(file_, std::string(3000, '\xEF'));
    refuses("bytes of nothing");
    for (const std::string& text : place.hostile) {
        test::write_text(file_, text);
        refuses(text);
    }
    if (!place.valid.empty()) {
        takes("\xEF\xBB\xBF" + place.valid);
        takes_or_refuses(place.valid.substr(0, place.valid.find_last_not_of("\n0, ") / 2));
    }
    if (!place.whole.empty()) {
        const std::string bytes = whole();
        ASSERT_FALSE(bytes.empty());
        takes(bytes);
        takes_or_refuses(bytes.substr(0, bytes.size() / 2));
    }
}

INSTANTIATE_TEST_SUITE_P(Places, HostileTest, ::testing::ValuesIn(places()),
                         [](const auto& place) { return place.param.name; });

}  // namespace
}  // namespace oneadapt
