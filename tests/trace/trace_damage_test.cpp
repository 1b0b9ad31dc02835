// Traces that cannot be used: each case ends with its own message, and never with a wrong number.

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

#include "support/errors.hpp"
#include "support/packing.hpp"
#include "support/temp_folder.hpp"
#include "trace/numbered.hpp"
#include "trace/trace.hpp"

namespace oneadapt::test {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Mode = Trace::Mode;
namespace fs = std::filesystem;

constexpr int kRows = 120;

class TraceDamage : public ::testing::Test {
  protected:
    TraceDamage() {
        Trace trace(file, Mode::read_write);
        for (int n = 0; n < kRows; ++n) store_nth(trace, n);
        trace.store_fact("encoder", "x264");
    }

    std::string read() const {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void write(const std::string& bytes) const { std::ofstream(file, std::ios::binary) << bytes; }
    void execute(const std::string& sql) const {
        SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
    }
    template <typename Wanted = TraceError>
    void expect_refused(const std::string& message, std::initializer_list<Mode> modes = {
                                                        Mode::read_write, Mode::read_only}) const {
        for (const Mode mode : modes) {
            EXPECT_THAT([&] { Trace(file, mode); }, ThrowsMessage<Wanted>(HasSubstr(message)));
        }
    }

    TempFolder folder;
    fs::path file = folder / "a.trace";
};

TEST_F(TraceDamage, MissingFile) {
    fs::remove(file);
    expect_refused("a.trace: does not exist", {Mode::read_only});
}

TEST_F(TraceDamage, MissingFolder) {
    EXPECT_THAT([&] { Trace(folder / "none" / "a.trace", Mode::read_write); },
                ThrowsMessage<OutputError>(HasSubstr("its folder does not exist")));
}

TEST_F(TraceDamage, Folder) {
    file = folder.path();
    expect_refused("is a folder, not a trace");
}

TEST_F(TraceDamage, NoName) {
    file.clear();
    expect_refused("has no name");
}

TEST_F(TraceDamage, EmptyFileIsANewTraceButHoldsNothingToRead) {
    write("");
    expect_refused("a.trace: is empty", {Mode::read_only});
    Trace trace(file, Mode::read_write);
    store_nth(trace, 1);
    EXPECT_TRUE(has_nth(trace, 1));
}

TEST_F(TraceDamage, SomethingElse) {
    write(std::string(5000, 'x'));
    expect_refused("a.trace: is not a trace");
    write("hello");
    expect_refused("a.trace: is not a trace");
}

TEST_F(TraceDamage, AnotherDatabaseIsLeftAlone) {
    fs::remove(file);
    execute("CREATE TABLE mine(x)");
    const std::string before = read();
    expect_refused("is a database, but not a trace");
    EXPECT_EQ(read(), before);
}

TEST_F(TraceDamage, AnotherVersion) {
    execute("PRAGMA user_version=7");
    expect_refused("is a trace of version 7, and this program reads version 6; record it again");
}

TEST_F(TraceDamage, TruncatedFile) {
    const std::string whole = read();
    for (const std::size_t part : {whole.size() / 2, whole.size() - 100, std::size_t{1000}}) {
        write(whole.substr(0, part));
        expect_refused("is corrupt");
    }
}

TEST_F(TraceDamage, MissingTable) {
    execute("DROP TABLE clip");
    expect_refused("is corrupt (no such table: clip)");
}

TEST_F(TraceDamage, FlippedBitInAValue) {
    std::string bytes = read();
    const auto value = pack(nth_value(100));
    const std::string needle(reinterpret_cast<const char*>(value.data()), value.size());
    const std::size_t at = bytes.find(needle);
    ASSERT_NE(at, std::string::npos);
    bytes[at + 50] = static_cast<char>(bytes[at + 50] ^ 4);
    write(bytes);

    const Trace trace(file, Mode::read_only);
    EXPECT_TRUE(has_nth(trace, 99));
    EXPECT_THAT([&] { return trace.find("output", nth_key(100)); },
                ThrowsMessage<TraceError>(HasSubstr("does not match its checksum")));
    Trace other(folder / "b.trace", Mode::read_write);
    EXPECT_THROW(other.merge(file), TraceError);
    EXPECT_EQ(other.size(), 0);
}

/// Written by a program that is at fault, since its checksum is right.
TEST_F(TraceDamage, AValueThatDoesNotUnpack) {
    const std::string name = "output";
    const Bytes value = nth_value(1);
    const std::uint64_t checksum = Hasher().add(name).add(nth_key(100)).bytes(value).finish().low;
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
    SQLite::Statement update(database,
                             "UPDATE measurement SET checksum=?, value=? WHERE rowid=101");
    update.bind(1, static_cast<std::int64_t>(checksum));
    update.bind(2, value.data(), static_cast<int>(value.size()));
    ASSERT_EQ(update.exec(), 1);

    const Trace trace(file, Mode::read_only);
    EXPECT_TRUE(has_nth(trace, 99));
    EXPECT_THAT([&] { return trace.find("output", nth_key(100)); },
                ThrowsMessage<TraceError>(
                    HasSubstr("a.trace: holds a malformed value (it is not packed)")));
}

TEST_F(TraceDamage, FlippedBitInAFact) {
    execute("UPDATE fact SET value='x265'");
    const Trace trace(file, Mode::read_only);
    EXPECT_THROW(trace.find_fact("encoder"), TraceError);
}

/// Opening checks every page of a small trace only.
TEST_F(TraceDamage, LostPagesOfALargeTraceAreFoundOnReading) {
    constexpr std::size_t kMiB = 1 << 20;
    fs::remove(file);
    {
        Trace trace(file, Mode::read_write);
        for (int n = 0; n < 20; ++n) {
            trace.store("encoding", nth_key(n), nth_value(n, kMiB));
        }
    }
    std::string bytes = read();
    std::fill(bytes.end() - 10 * kMiB, bytes.end(), '\0');
    write(bytes);

    const Trace trace(file, Mode::read_only);
    EXPECT_EQ(trace.find("encoding", nth_key(0)), nth_value(0, kMiB));
    EXPECT_THAT([&] { return trace.find("encoding", nth_key(15)); },
                ThrowsMessage<TraceError>(HasSubstr("a.trace: is corrupt")));
    Trace other(folder / "b.trace", Mode::read_write);
    EXPECT_THAT([&] { other.merge(file); },
                ThrowsMessage<TraceError>(HasSubstr("a.trace: is corrupt")));
    EXPECT_EQ(other.size(), 0);
}

/// Wherever a page is overwritten, the trace says so or gives what was stored or nothing, and
/// never crashes.
TEST_F(TraceDamage, NoiseAnywhere) {
    const std::string whole = read();
    std::mt19937 random(1);
    for (int trial = 0; trial < 80; ++trial) {
        std::string bytes = whole;
        const std::size_t at = random() % bytes.size();
        const std::size_t count = std::min<std::size_t>(1 + random() % 64, bytes.size() - at);
        std::generate_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count,
                        [&] { return static_cast<char>(random()); });
        write(bytes);
        try {
            const Trace trace(file, Mode::read_only);
            for (int n = 0; n < kRows; ++n) {
                const auto found = trace.find("output", nth_key(n));
                EXPECT_TRUE(!found || *found == nth_value(n));
            }
        } catch (const TraceError&) {
        }
    }
}

}  // namespace
}  // namespace oneadapt::test
