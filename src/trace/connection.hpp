#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "trace/fields.hpp"
#include "trace/trace.hpp"

namespace oneadapt {

/// A clip as it was cut into segments; the first three tell it from others.
struct ClipRow {
    Hash128 file;  ///< hash of its bytes
    std::string options;
    std::string clip;
    Bytes value;
};

/// A connection with its prepared questions; for one thread at a time. Every answer is checked
/// against its checksum, and unpacked: values lie packed in the file. Throws TraceError on a
/// mismatch or when a value does not unpack, and SQLite::Exception.
class Connection {
  public:
    /// `file` names the trace in messages and must outlive the connection.
    Connection(const std::filesystem::path& file, std::unique_ptr<SQLite::Database> database);

    SQLite::Database& database() { return *database_; }

    std::optional<Bytes> measurement(std::string_view kind, const Hash128& key);
    /// The rows of those bytes, by name, and of that name, by bytes.
    std::vector<ClipRow> clips_of(const Hash128& file, const std::string& options);
    std::vector<ClipRow> clips_named(const std::string& clip, const std::string& options);
    std::optional<std::string> fact(const std::string& name);
    std::optional<Bytes> digest(const Hash128& key);
    std::int64_t count();

    /// Calls `visit` with every row.
    void each_measurement(
        const std::function<void(std::string_view, const Hash128&, const Bytes&)>& visit);
    void each_clip(const std::function<void(const ClipRow&)>& visit);
    void each_fact(const std::function<void(const std::string&, const std::string&)>& visit);

  private:
    /// Steps on, naming this trace when that fails: a visitor's failure is another trace's.
    bool next(SQLite::Statement& rows) const;
    void verify(std::int64_t stored, std::int64_t right) const;
    Bytes unpacked(std::span<const std::byte> value) const;
    ClipRow clip_row(const SQLite::Statement& rows) const;

    const std::filesystem::path& file_;
    std::unique_ptr<SQLite::Database> database_;
    SQLite::Statement measurement_;
    SQLite::Statement clips_of_;
    SQLite::Statement clips_named_;
    SQLite::Statement fact_;
    std::optional<SQLite::Statement> digest_;  ///< absent in a trace that never had any
};

/// A connection that writes too, each order in a transaction of its own unless one is open.
class Writer : public Connection {
  public:
    Writer(const std::filesystem::path& file, std::unique_ptr<SQLite::Database> database);

    /// False when the key is there already; nothing changes then.
    bool store(std::string_view kind, const Hash128& key, std::span<const std::byte> value);
    /// The latest index of a clip wins, and so does the latest fact of a name.
    void store_clip(const ClipRow& row);
    void store_fact(const std::string& name, const std::string& value);
    /// In place of what was there.
    void store_digest(const Hash128& key, std::span<const std::byte> value);

  private:
    SQLite::Statement store_measurement_;
    SQLite::Statement store_clip_;
    SQLite::Statement store_fact_;
    SQLite::Statement store_digest_;
};

}  // namespace oneadapt
