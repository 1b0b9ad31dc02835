// Every option that takes a file, given each thing that is not what it wants: refused in one line
// with the exit code of its kind, in bounded time.

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
    std::string file;       ///< that the options name
    std::string arguments;  ///< `{}` is the file
    int code;               ///< of what cannot be used
    std::string valid;      ///< a file that can, to be cut off and marked; none where empty
    std::vector<std::string> hostile = {};  ///< whole texts with values out of all range
};

void PrintTo(const Place& place, std::ostream* out) {
    *out << place.name;
}

const std::string kTail = " --scheme static --values qp=40 --weights 1 --out out --trace t.trace";
const std::string kOnTiny = "--clip tiny.mkv" + kTail;
const std::string kModels = ONEADAPT_SOURCE_DIR "/datasets/models/";
const std::string kDataset = R"({"name": "d", "clips": [{"name": "c", "file": "tiny.mkv"%}]})";
const std::string kBoxes =
    R"({"format": "oneadapt-labels-1", "width": 96, "height": 70, "fps": 10, "classes": ["car"],
        "frames": [[{"class": "car", "box": [1, 2, 30, 40]}], [], [], [], [], [], [], [], [], []]})";

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

std::vector<Place> places() {
    const std::string device = file_text(ONEADAPT_SOURCE_DIR "/datasets/devices/default.json");
    const std::string sidecar = file_text(kModels + "street-n.json");
    std::vector<Place> all = {
        {"dataset", "f", "--dataset {}" + kTail, 3, dataset(""),
         with_each(kDataset, "%", R"(, "start": )", kNoNumbers)},
        {"labels", "f", "--dataset labelled.json --score labels" + kTail, 3, kBoxes,
         with_each(kBoxes, "40]", "", {"1e308]", "-1e308]", "NaN]", "1e999]"})},
        {"rate", "f", "--dataset labelled.json --score labels" + kTail, 3, "",
         with_each(kBoxes, "10, \"classes", "",
                   {"1e308, \"classes", "1e-308, \"classes", "-1, \"classes", "0, \"classes"})},
        {"profile", "f", "--profile {} " + kOnTiny, 3, device,
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
        {"sidecar", "f", "--sidecar {} " + kOnTiny, 4, sidecar,
         with_each(sidecar, "10000", "", kNoNumbers)},
    };
    return all;
}

class HostileTest : public ::testing::TestWithParam<Place> {
  protected:
    HostileTest() {
        test::write_recording(folder_ / "tiny.mkv",
                              {.size = {96, 70}, .times_ms = test::constant_rate(10, 10)});
        std::filesystem::copy(kModels + "street-n.json", folder_ / "good.json");
        test::write_text(folder_ / "labelled.json", dataset(R"(, "labels": "f")"));
    }
    Ran run() { return test::run_program(folder_.path(), command()); }
    std::string command() const {
        return fmt::format(fmt::runtime(GetParam().arguments), GetParam().file);
    }
    void refuses(const std::string& what) {
        const Ran ran = run();
        EXPECT_EQ(ran.exit_code, GetParam().code) << what << '\n' << ran.err;
        EXPECT_THAT(ran.err, StartsWith("oneadapt-sim: ")) << what;
        EXPECT_THAT(ran.err, Not(HasSubstr("internal error"))) << what;
        EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << what << '\n' << ran.err;
        EXPECT_FALSE(std::filesystem::exists(folder_ / "out")) << what;
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
    if (place.valid.empty()) return;
    test::write_text(file_, place.valid.substr(0, place.valid.find_last_not_of("\n0, ") / 2));
    const Ran cut = run();  // half of a list of numbers is a list, too
    EXPECT_TRUE(cut.exit_code == place.code || cut.exit_code == 0) << cut.err;
    std::filesystem::remove_all(folder_ / "out");
    test::write_text(file_, "\xEF\xBB\xBF" + place.valid);
    const Ran marked = run();
    EXPECT_EQ(marked.exit_code, 0) << marked.err;
}

INSTANTIATE_TEST_SUITE_P(Places, HostileTest, ::testing::ValuesIn(places()),
                         [](const auto& place) { return place.param.name; });

}  // namespace
}  // namespace oneadapt
