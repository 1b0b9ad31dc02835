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

/// The tables of a sweep, by their places in its folder.
std::vector<std::filesystem::path> tables_of(const std::filesystem::path& sweep) {
    std::vector<std::filesystem::path> tables;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(sweep)) {
        const std::filesystem::path place = entry.path().lexically_relative(sweep);
        // Estimates are floating-point sums over gradients: their last digits are the processor's.
        const std::string name = place.filename();
        if (name.ends_with(".csv") && name != "accgrad.csv" && name != "agreement.csv") {
            tables.push_back(place);
        }
    }
    std::sort(tables.begin(), tables.end());
    return tables;
}

TEST(Golden, ASweepByteForByteHoweverItIsPlayed) {
    const test::TempFolder folder;
    for (const char* file : {"street.mkv", "sweep.json"}) {
        std::filesystem::copy_file(kFolder / file, folder.path() / file);
    }
    const auto sweep = [&](const std::string& options) {
        const test::Ran ran =
            test::run_program(folder.path(), "sweep sweep.json --trace t.trace --quiet " + options);
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
    };
    sweep("--out cold --jobs 1");
    sweep("--out warm --jobs 3 --shard 1/2");
    sweep("--out warm --offline --shard 0/2");
    sweep("--out warm --collect");
    const std::vector<std::filesystem::path> tables = tables_of(folder / "cold");
    ASSERT_EQ(tables.size(), 3U + 4U * 3U);
    std::filesystem::create_directories(kFolder / "sweep");
    for (const std::filesystem::path& table : tables) {
        const std::string written = test::file_text(folder / "cold" / table);
        EXPECT_EQ(written, test::file_text(folder / "warm" / table)) << table;
        // Those of the whole sweep are made of the cells'.
        if (!table.has_parent_path()) compare("sweep/" + table.string(), written);
    }
}

}  // namespace
}  // namespace oneadapt
