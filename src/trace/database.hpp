#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>

namespace oneadapt {

/// What to do about a damaged trace.
inline constexpr const char* kRecordAnew = "move it away and record again, or restore a copy of it";

/// Throws TraceError: `file` holds a value that does not read back.
[[noreturn]] void throw_malformed(const std::filesystem::path& file, const std::string& reason);

/// Rethrows an SQLite failure on `file` as the error that the user can mend: TraceError for damage
/// and for what keeps it from being read, OutputError for what keeps it from being written.
[[noreturn]] void rethrow_for_user(const std::filesystem::path& file, const SQLite::Exception& e,
                                   bool writing);

/// How a connection may use the file.
enum class Access {
    write,   ///< reads and writes, creates the file
    shared,  ///< reads beside writers; takes over the log of a killed writer
    frozen   ///< reads a file that nobody changes, without locks: the only way on a read-only disk
};

/// The way to read `file` that its permissions and those of its folder allow.
Access read_access(const std::filesystem::path& file);

/// Opens a connection. Throws SQLite::Exception.
std::unique_ptr<SQLite::Database> connect(const std::filesystem::path& file, Access access);

/// Throws TraceError when `file` is a folder or (unless `create`) missing, OutputError when it is
/// to be created where that is impossible or written without permission.
void check_path(const std::filesystem::path& file, bool create);

/// Makes sure that the database is a trace of this version and, if small, undamaged; a new file
/// becomes an empty trace if `create`. Throws TraceError and SQLite::Exception.
void recognise(SQLite::Database& database, const std::filesystem::path& file, bool create);

}  // namespace oneadapt
