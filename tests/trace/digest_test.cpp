#include "trace/digest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <SQLiteCpp/SQLiteCpp.h>

#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "trace/trace.hpp"

namespace oneadapt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Hash128 kDigest{1, 2};
const Hash128 kKey{3, 4};

class DigestTest : public ::testing::Test {
  protected:
    void save(std::vector<double> numbers) {
        Trace trace(file_, Trace::Mode::read_write);
        trace.digest(kDigest)->keep(kKey, std::move(numbers));
        trace.save_digests();
    }

    test::TempFolder folder_;
    std::filesystem::path file_ = folder_ / "a.trace";
};

TEST(Digest, TheFirstNumbersOfAKeyStay) {
    Digest digest;
    EXPECT_EQ(digest.find(kKey), std::nullopt);
    const auto first = digest.keep(kKey, {1, 2});
    EXPECT_THAT(digest.keep(kKey, {3}), ElementsAre(1, 2));
    for (std::uint64_t i = 0; i < 1000; ++i) digest.keep({i, i}, {});
    EXPECT_THAT(first, ElementsAre(1, 2)) << "where they are";
    EXPECT_EQ(digest.get(kKey, []() -> std::vector<double> { throw 1; }).size(), 2U);
}

TEST(Digest, IsAsBytesWhatWasKept) {
    Digest digest;
    digest.keep(kKey, {0.1, -0.0});
    digest.keep({5, 6}, {});
    const auto bytes = digest.changes();
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(digest.changes(), std::nullopt) << "nothing was added since";
    Digest again;
    again.read(*bytes);
    EXPECT_THAT(*again.find(kKey), ElementsAre(0.1, -0.0));
    EXPECT_THAT(*again.find({5, 6}), IsEmpty());
    EXPECT_EQ(again.changes(), std::nullopt);
    EXPECT_THROW(again.read(std::span(*bytes).first(bytes->size() - 1)), std::invalid_argument);
}

TEST_F(DigestTest, ComesBackFromTheTraceAndIsNoMeasurement) {
    save({0.25});
    Trace trace(file_, Trace::Mode::read_only);
    EXPECT_THAT(*trace.digest(kDigest)->find(kKey), ElementsAre(0.25));
    EXPECT_EQ(trace.digest({9, 9})->find(kKey), std::nullopt);
    EXPECT_EQ(trace.size(), 0);
    trace.digest(kDigest)->keep({5, 6}, {1});
    trace.save_digests();  // nothing, in a trace that is open for reading only
    EXPECT_EQ(Trace(file_, Trace::Mode::read_only).digest(kDigest)->find({5, 6}), std::nullopt);
}

TEST_F(DigestTest, ATraceThatNeverHadAnyIsReadAsWell) {
    save({0.25});
    {
        SQLite::Database database(file_.string(), SQLite::OPEN_READWRITE);
        database.exec("DROP TABLE digest");
    }
    EXPECT_EQ(Trace(file_, Trace::Mode::read_only).digest(kDigest)->find(kKey), std::nullopt);
    save({0.5});
    EXPECT_THAT(*Trace(file_, Trace::Mode::read_only).digest(kDigest)->find(kKey),
                ElementsAre(0.5));
}

TEST_F(DigestTest, RefusesWhatWasDamaged) {
    save({0.25});
    {
        SQLite::Database database(file_.string(), SQLite::OPEN_READWRITE);
        database.exec("UPDATE digest SET checksum = checksum + 1");
    }
    Trace trace(file_, Trace::Mode::read_only);
    EXPECT_THROW(trace.digest(kDigest), TraceError);
}

}  // namespace
}  // namespace oneadapt
