#include "report/parquet_ready.hpp"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/results.hpp"
#include "rows.hpp"
#include "support/csv_text.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

class ParquetReady : public ::testing::Test {
  protected:
    ParquetReady() {
        RunResult result;
        for (const std::string clip : {"7", "a, \"b\""}) {  // a number, and what needs quotes
            result.segments.push_back(segment_row(clip, fixed("qp=20"), 0, 800, 0.75));
            result.segments.push_back(segment_row(clip, weighted("mine", 2), 0, 300, 0.5));
        }
        ResultOptions options;
        options.manifest = {{"spec", nlohmann::json::object()}};
        write_results(run_, result, options);
    }

    test::TempFolder folder_;
    fs::path run_ = folder_.path() / "my run";
    fs::path out_ = folder_.path() / "out";
};

TEST_F(ParquetReady, IsEveryTableWithItsRunAndItsTypes) {
    parquet_ready().write(read_results(run_), out_);
    const nlohmann::json schema = read_json(out_ / "schema.json", FileRole::input);
    ASSERT_EQ(schema.size(), 3U) << "segments, summary, savings";
    for (const auto& [table, columns] : schema.items()) {
        const auto before = csv_lines(content(run_ / (table + ".csv")));
        const auto after = csv_lines(content(out_ / (table + ".csv")));
        ASSERT_EQ(after.size(), before.size()) << table;
        for (std::size_t i = 0; i < after.size(); ++i) {
            EXPECT_EQ(after[i], (i == 0 ? "run," : "my run,") + before[i]);
            EXPECT_EQ(csv_fields(after[i]).size(), columns.size());
        }
    }
    const auto type = [&](const std::string& name) -> std::string {
        for (const auto& column : schema["segments"]) {
            if (column["name"] == name) return column["type"];
        }
        return "none";
    };
    EXPECT_EQ(type("run"), "string");
    EXPECT_EQ(type("clip"), "string");
    EXPECT_EQ(type("weight"), "double") << "empty for what has none";
    EXPECT_EQ(type("kbps"), "double");
    EXPECT_EQ(type("status"), "string");
}

TEST_F(ParquetReady, RefusesATableWhoseLinesDiffer) {
    const StoredRun run = read_results(run_);
    std::ofstream(run_ / "summary.csv", std::ios::app) << "one,two\n";
    EXPECT_THROW(parquet_ready().write(run, out_), InputError);
}

}  // namespace
}  // namespace oneadapt
