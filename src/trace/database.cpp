#include "trace/database.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <new>
#include <string>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

constexpr int kApplicationId = 0x31414454;  // "1ADT"
constexpr int kVersion = 6;
constexpr int kBusyTimeoutMs = 60'000;
/// Up to this size every page is checked on opening (about 1 ms per MiB). In a larger trace the
/// checksum of each value still catches damage, when the value is read.
constexpr std::uintmax_t kFullCheckBytes = 16 << 20;

// A table with row ids and its index: values append in the order of recording, so that a replay
// reads neighbouring pages, while the random keys only move the small index about.
constexpr const char* kSchema = R"(
CREATE TABLE measurement(
    kind TEXT NOT NULL, key BLOB NOT NULL, checksum INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY(kind, key));
CREATE TABLE clip(
    file BLOB NOT NULL, options TEXT NOT NULL, clip TEXT NOT NULL, checksum INTEGER NOT NULL,
    value BLOB NOT NULL, PRIMARY KEY(file, options, clip));
CREATE TABLE fact(name TEXT NOT NULL PRIMARY KEY, checksum INTEGER NOT NULL, value TEXT NOT NULL);
)";

// What can be worked out again: a trace that lacks it is none the worse.
constexpr const char* kDigestSchema = R"(
CREATE TABLE IF NOT EXISTS digest(
    key BLOB NOT NULL PRIMARY KEY, checksum INTEGER NOT NULL, value BLOB NOT NULL);
)";

constexpr const char* kNameATrace = "name a file that 'oneadapt-sim record' wrote, or a new one";

/// Where a file is that links lead to: there SQLite keeps its log.
fs::path behind_links(const fs::path& file) {
    std::error_code unknown;
    const fs::path real = fs::weakly_canonical(file, unknown);
    return unknown ? file : real;
}

/// Size of the write-ahead log beside the file; 0 when there is none.
std::uintmax_t log_bytes(const fs::path& file) {
    std::error_code missing;
    const std::uintmax_t bytes = fs::file_size(behind_links(file).string() + "-wal", missing);
    return missing ? 0 : bytes;
}

fs::path folder_of(const fs::path& file) {
    const fs::path real = behind_links(file);
    return real.has_parent_path() ? real.parent_path() : fs::path(".");
}

bool may_write(const fs::path& path) {
    return access(path.c_str(), W_OK) == 0;
}

/// The file as an SQLite URI that promises that nobody changes it.
std::string frozen_uri(const fs::path& file) {
    std::string uri = "file:";
    for (const char c : fs::absolute(file).string()) {
        const bool special = c == '?' || c == '#' || c == '%';
        uri += special ? fmt::format("%{:02x}", static_cast<unsigned>(c)) : std::string(1, c);
    }
    return uri + "?immutable=1";
}

/// Two processes that create the file at once can refuse each other the switch without asking the
/// busy handler; one of them wins in the end.
void switch_to_log(SQLite::Database& database) {
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyTimeoutMs);
    while (true) {
        try {
            database.exec("PRAGMA journal_mode=WAL");
            return;
        } catch (const SQLite::Exception& e) {
            if (e.getErrorCode() != SQLITE_BUSY || std::chrono::steady_clock::now() > deadline) {
                throw;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
}

struct Identity {
    int application = 0;
    int version = 0;
    bool empty = false;

    bool is_new() const { return empty && application == 0 && version == 0; }
};

/// In one statement, so that it never sees half of what another process creates.
Identity read_identity(SQLite::Database& database) {
    SQLite::Statement row(database,
                          "SELECT application_id, user_version, (SELECT count(*) FROM "
                          "sqlite_master) FROM pragma_application_id, pragma_user_version");
    row.executeStep();
    return {.application = row.getColumn(0).getInt(),
            .version = row.getColumn(1).getInt(),
            .empty = row.getColumn(2).getInt() == 0};
}

/// In one transaction: a process killed here leaves a new file or a trace, nothing between.
void create_schema(SQLite::Database& database) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    if (!read_identity(database).is_new()) return;  // another process was faster
    database.exec(kSchema);
    database.exec(fmt::format("PRAGMA application_id={}", kApplicationId));
    database.exec(fmt::format("PRAGMA user_version={}", kVersion));
    transaction.commit();
}

void check_identity(const Identity& identity, const fs::path& file) {
    if (identity.is_new()) throw TraceError(file.string(), "is empty", kNameATrace);
    if (identity.application != kApplicationId) {
        throw TraceError(file.string(), "is a database, but not a trace", kNameATrace);
    }
    if (identity.version != kVersion) {
        throw TraceError(file.string(),
                         fmt::format("is a trace of version {}, and this program reads version {}",
                                     identity.version, kVersion),
                         "record it again, or use the program that wrote it");
    }
}

/// SQLite reads a last page that is cut short as if zeros followed. The order matters: pages that
/// were counted and are not in the log any more are in the file.
bool is_cut_short(SQLite::Database& database, const fs::path& file) {
    const std::int64_t pages = database.execAndGet("PRAGMA page_count").getInt64();
    const std::int64_t page_bytes = database.execAndGet("PRAGMA page_size").getInt64();
    return log_bytes(file) == 0 &&
           fs::file_size(file) < static_cast<std::uintmax_t>(pages * page_bytes);
}

void check_pages(SQLite::Database& database, const fs::path& file) {
    if (is_cut_short(database, file)) {
        throw TraceError(file.string(), "is corrupt (cut short)", kRecordAnew);
    }
    if (fs::file_size(file) > kFullCheckBytes) return;
    const std::string verdict = database.execAndGet("PRAGMA quick_check(1)").getString();
    if (verdict != "ok") {
        const std::string reason = verdict.substr(0, verdict.find('\n'));
        throw TraceError(file.string(), "is corrupt (" + reason + ")", kRecordAnew);
    }
}

}  // namespace

void throw_malformed(const fs::path& file, const std::string& reason) {
    throw TraceError(file.string(), "holds a malformed value (" + reason + ")", kRecordAnew);
}

void rethrow_for_user(const fs::path& file, const SQLite::Exception& e, bool writing) {
    const std::string where = file.string();
    const std::string reason = fmt::format(" ({})", e.what());
    switch (e.getExtendedErrorCode()) {
        case SQLITE_IOERR_READ:
        case SQLITE_IOERR_SHORT_READ:
        case SQLITE_IOERR_CORRUPTFS:
            throw TraceError(where, "reading it failed" + reason, "check the disk");
        default:
            break;
    }
    switch (e.getErrorCode()) {
        case SQLITE_NOMEM:
            throw std::bad_alloc();
        case SQLITE_NOTADB:
            throw TraceError(where, "is not a trace", kNameATrace);
        case SQLITE_CORRUPT:
        case SQLITE_ERROR:  // a table is missing or has other columns
        case SQLITE_MISMATCH:
            throw TraceError(where, "is corrupt" + reason, kRecordAnew);
        case SQLITE_FULL:
            throw OutputError(where, "the disk is full",
                              "free some space and repeat the command: what was measured is kept");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            throw OutputError(where, "another process keeps it locked",
                              "wait for that process to end, or name another trace");
        default:
            break;
    }
    const char* remedy = "check the disk and the permissions of the file and its folder";
    if (writing) throw OutputError(where, "cannot be written" + reason, remedy);
    throw TraceError(where, "cannot be read" + reason, remedy);
}

Access read_access(const fs::path& file) {
    if (may_write(file) && may_write(folder_of(file))) return Access::shared;
    // Should another user write to it after all, the checksums of the values tell.
    return log_bytes(file) == 0 ? Access::frozen : Access::shared;
}

std::unique_ptr<SQLite::Database> connect(const fs::path& file, Access access) {
    const bool writable = access == Access::write || may_write(file);
    int flags = SQLite::OPEN_NOMUTEX | SQLite::OPEN_URI;
    flags |= writable && access != Access::frozen ? SQLite::OPEN_READWRITE : SQLite::OPEN_READONLY;
    if (access == Access::write) flags |= SQLite::OPEN_CREATE;
    // An absolute path never starts with "file:", which OPEN_URI would take for a URI.
    const std::string name =
        access == Access::frozen ? frozen_uri(file) : fs::absolute(file).string();
    auto database = std::make_unique<SQLite::Database>(name, flags, kBusyTimeoutMs);
    database->exec(
        "PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF; PRAGMA synchronous=NORMAL");
    // A reader opened for writing can take over and tidy away the log of a killed writer.
    if (access == Access::shared) database->exec("PRAGMA query_only=ON");
    return database;
}

void check_path(const fs::path& file, bool create) {
    if (file.empty()) throw TraceError("trace", "has no name", kNameATrace);
    const std::string where = file.string();
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (fs::is_directory(status)) {
        throw TraceError(where, "is a folder, not a trace", kNameATrace);
    }
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        throw TraceError(where, "is not a regular file, and so no trace", kNameATrace);
    }
    if (!create) {
        if (!fs::exists(status)) throw TraceError(where, "does not exist", kNameATrace);
        return;
    }
    if (!fs::exists(status) && !fs::is_directory(folder_of(file), error)) {
        throw OutputError(where, "cannot be created: its folder does not exist",
                          "create the folder or name another trace");
    }
    if ((fs::exists(status) && !may_write(file)) || !may_write(folder_of(file))) {
        throw OutputError(where, "cannot be written: no permission",
                          "replay it with --offline, or name a trace in a writable folder");
    }
}

void recognise(SQLite::Database& database, const fs::path& file, bool create) {
    Identity identity = read_identity(database);
    if (create && identity.is_new()) {
        switch_to_log(database);
        create_schema(database);
        identity = read_identity(database);
    }
    check_identity(identity, file);
    check_pages(database, file);
    if (!create) return;
    switch_to_log(database);  // no change, unless a tool switched it off
    if (!database.tableExists("digest")) database.exec(kDigestSchema);
}

}  // namespace oneadapt
