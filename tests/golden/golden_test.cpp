#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "support/temp_folder.hpp"

// What the program writes for a short clip, held against the committed files beside this one.
// README.md here says how they are renewed.

namespace oneadapt {
namespace {

const std::filesystem::path kFolder = ONEADAPT_SOURCE_DIR "/tests/golden";

using Row = std::vector<std::string>;

/// A line's fields; none of ours is quoted, since one knob is adapted.
Row fields(const std::string& line) {
    Row row;
    std::istringstream text(line + ',');
    for (std::string field; std::getline(text, field, ',');) row.push_back(field);
    return row;
}

/// A fraction to six decimals, since its last digits depend on the processor.
std::string rounded(const std::string& field) {
    char* end = nullptr;
    const double value = std::strtod(field.c_str(), &end);
    const bool fraction = field.find('.') != std::string::npos && *end == '\0';
    return fraction ? fmt::format("{:.6f}", value) : field;
}

/// The named columns of a CSV file, in that order.
std::string columns_of(const std::filesystem::path& file, const Row& names) {
    std::istringstream text(test::file_text(file));
    std::string line;
    std::getline(text, line);
    const Row header = fields(line);
    std::vector<std::size_t> places;
    std::string out;
    for (const std::string& name : names) {
        const auto found = std::find(header.begin(), header.end(), name);
        EXPECT_NE(found, header.end()) << file << " has no column " << name;
        if (found == header.end()) return {};
        places.push_back(static_cast<std::size_t>(found - header.begin()));
        if (!out.empty()) out += ',';
        out += name;
    }
    out += '\n';
    while (std::getline(text, line)) {
        const Row row = fields(line);
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (i > 0) out += ',';
            out += rounded(row.at(places[i]));
        }
        out += '\n';
    }
    return out;
}

void compare(const std::string& name, const std::string& written) {
    const std::filesystem::path golden = kFolder / name;
    if (std::getenv("ONEADAPT_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(golden, std::ios::binary) << written;
        return;
    }
    EXPECT_EQ(test::file_text(golden), written)
        << "tests/golden/" << name << " says otherwise. If the change is meant, renew it with\n"
        << "    make golden\nand commit the difference with the reason.";
}

TEST(Golden, AShortClipUnderThreeSchemes) {
    const test::TempFolder folder;
    const test::Ran ran = test::run_program(
        folder.path(),
        fmt::format("--clip '{}' --values qp=20,26,34,42 --scheme static,oneadapt,awstream "
                    "--weights 1 --trace t.trace --out out",
                    (kFolder / "street.mkv").string()));
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    compare("segments.csv",
            columns_of(folder / "out" / "segments.csv",
                       {"clip", "scheme", "weight", "segment", "configuration", "uplink_bytes",
                        "downlink_bytes", "kept_frames", "forward_frames", "backward_frames",
                        "camera_encodes", "accuracy", "status"}));
    compare("summary.csv",
            columns_of(
                folder / "out" / "summary.csv",
                {"clip", "part", "scheme", "weight", "configuration", "segments", "failed_segments",
                 "accuracy", "kbps", "gpu_frames", "camera_encodes", "uplink_bytes", "kept_frames",
                 "accuracy_ci_lo", "accuracy_ci_hi", "kbps_ci_lo", "kbps_ci_hi", "blocks"}));
}

}  // namespace
}  // namespace oneadapt
