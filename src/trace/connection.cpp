#include "trace/connection.hpp"

#include <array>
#include <cstring>

#include "support/errors.hpp"
#include "support/packing.hpp"
#include "trace/database.hpp"

namespace oneadapt {
namespace {

/// Covers a row's name and value, so that a flipped bit in either is found.
std::int64_t checksum(const Hasher& row) {
    return static_cast<std::int64_t>(row.finish().low);
}

std::int64_t measurement_checksum(std::string_view kind, const Hash128& key,
                                  std::span<const std::byte> value) {
    return checksum(Hasher().add(kind).add(key).bytes(value));
}

std::int64_t clip_checksum(const ClipRow& row, std::span<const std::byte> packed) {
    return checksum(Hasher().add(row.file).add(row.options).add(row.clip).bytes(packed));
}

std::int64_t digest_checksum(const Hash128& key, std::span<const std::byte> value) {
    return checksum(Hasher().add(key).bytes(value));
}

std::int64_t fact_checksum(const std::string& name, const std::string& value) {
    return checksum(Hasher().add(name).add(value));
}

using KeyBytes = std::array<std::byte, sizeof(Hash128::high) + sizeof(Hash128::low)>;

KeyBytes to_bytes(const Hash128& key) {
    KeyBytes bytes;
    std::memcpy(bytes.data(), &key.high, sizeof key.high);
    std::memcpy(bytes.data() + sizeof key.high, &key.low, sizeof key.low);
    return bytes;
}

/// A key of another length can only be damage: its zero hash fails the checksum.
Hash128 to_key(std::span<const std::byte> bytes) {
    Hash128 key;
    if (bytes.size() != KeyBytes().size()) return key;
    std::memcpy(&key.high, bytes.data(), sizeof key.high);
    std::memcpy(&key.low, bytes.data() + sizeof key.high, sizeof key.low);
    return key;
}

void bind_bytes(SQLite::Statement& statement, int index, std::span<const std::byte> bytes) {
    statement.bindNoCopy(index, bytes.data(), static_cast<int>(bytes.size()));
}

/// Valid until the statement's next step.
std::span<const std::byte> view(const SQLite::Column& column) {
    const auto* data = static_cast<const std::byte*>(column.getBlob());
    return {data, static_cast<std::size_t>(column.size())};
}

constexpr const char* kClips = "SELECT checksum, value, file, options, clip FROM clip";

/// Frees a statement for its next use, also after a failure; without it the connection would keep
/// its read lock.
class Use {
  public:
    explicit Use(SQLite::Statement& statement) : statement_(statement) {}
    ~Use() { statement_.tryReset(); }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

  private:
    SQLite::Statement& statement_;
};

}  // namespace

Connection::Connection(const std::filesystem::path& file,
                       std::unique_ptr<SQLite::Database> database)
    : file_(file),
      database_(std::move(database)),
      measurement_(*database_, "SELECT checksum, value FROM measurement WHERE kind=? AND key=?"),
      clips_of_(*database_, std::string(kClips) + " WHERE file=? AND options=? ORDER BY clip"),
      clips_named_(*database_, std::string(kClips) + " WHERE clip=? AND options=? ORDER BY file"),
      fact_(*database_, "SELECT checksum, value FROM fact WHERE name=?") {
    if (database_->tableExists("digest")) {
        digest_.emplace(*database_, "SELECT checksum, value FROM digest WHERE key=?");
    }
}

void Connection::verify(std::int64_t stored, std::int64_t right) const {
    if (stored == right) return;
    throw TraceError(file_.string(), "is corrupt (a stored value does not match its checksum)",
                     kRecordAnew);
}

Bytes Connection::unpacked(std::span<const std::byte> value) const {
    try {
        return unpack(value);
    } catch (const std::invalid_argument& e) {
        throw_malformed(file_, e.what());
    }
}

std::optional<Bytes> Connection::measurement(std::string_view kind, const Hash128& key) {
    const Use use(measurement_);
    const KeyBytes bytes = to_bytes(key);
    measurement_.bind(1, std::string(kind));
    bind_bytes(measurement_, 2, bytes);
    if (!measurement_.executeStep()) return std::nullopt;
    const auto value = view(measurement_.getColumn(1));
    verify(measurement_.getColumn(0).getInt64(), measurement_checksum(kind, key, value));
    return unpacked(value);
}

ClipRow Connection::clip_row(const SQLite::Statement& rows) const {
    const auto packed = view(rows.getColumn(1));
    const auto file = view(rows.getColumn(2));
    ClipRow row{to_key(file), rows.getColumn(3).getString(), rows.getColumn(4).getString(), {}};
    verify(rows.getColumn(0).getInt64(), clip_checksum(row, packed));
    row.value = unpacked(packed);
    return row;
}

std::vector<ClipRow> Connection::clips_of(const Hash128& file, const std::string& options) {
    const Use use(clips_of_);
    const KeyBytes bytes = to_bytes(file);
    bind_bytes(clips_of_, 1, bytes);
    clips_of_.bindNoCopy(2, options);
    std::vector<ClipRow> rows;
    while (clips_of_.executeStep()) rows.push_back(clip_row(clips_of_));
    return rows;
}

std::vector<ClipRow> Connection::clips_named(const std::string& clip, const std::string& options) {
    const Use use(clips_named_);
    clips_named_.bindNoCopy(1, clip);
    clips_named_.bindNoCopy(2, options);
    std::vector<ClipRow> rows;
    while (clips_named_.executeStep()) rows.push_back(clip_row(clips_named_));
    return rows;
}

std::optional<std::string> Connection::fact(const std::string& name) {
    const Use use(fact_);
    fact_.bindNoCopy(1, name);
    if (!fact_.executeStep()) return std::nullopt;
    std::string value = fact_.getColumn(1).getString();
    verify(fact_.getColumn(0).getInt64(), fact_checksum(name, value));
    return value;
}

std::optional<Bytes> Connection::digest(const Hash128& key) {
    if (!digest_) return std::nullopt;
    const Use use(*digest_);
    const KeyBytes bytes = to_bytes(key);
    bind_bytes(*digest_, 1, bytes);
    if (!digest_->executeStep()) return std::nullopt;
    const auto value = view(digest_->getColumn(1));
    verify(digest_->getColumn(0).getInt64(), digest_checksum(key, value));
    return unpacked(value);
}

bool Connection::next(SQLite::Statement& rows) const {
    try {
        return rows.executeStep();
    } catch (const SQLite::Exception& e) {
        rethrow_for_user(file_, e, false);
    }
}

std::int64_t Connection::count() {
    return database_->execAndGet("SELECT count(*) FROM measurement").getInt64();
}

void Connection::each_measurement(
    const std::function<void(std::string_view, const Hash128&, const Bytes&)>& visit) {
    SQLite::Statement rows(*database_, "SELECT checksum, value, kind, key FROM measurement");
    while (next(rows)) {
        const std::string kind = rows.getColumn(2).getString();
        const Hash128 key = to_key(view(rows.getColumn(3)));
        const auto value = view(rows.getColumn(1));
        verify(rows.getColumn(0).getInt64(), measurement_checksum(kind, key, value));
        visit(kind, key, unpacked(value));
    }
}

void Connection::each_clip(const std::function<void(const ClipRow&)>& visit) {
    SQLite::Statement rows(*database_, kClips);
    while (next(rows)) visit(clip_row(rows));
}

void Connection::each_fact(
    const std::function<void(const std::string&, const std::string&)>& visit) {
    SQLite::Statement rows(*database_, "SELECT checksum, value, name FROM fact");
    while (next(rows)) {
        const std::string name = rows.getColumn(2).getString();
        const std::string value = rows.getColumn(1).getString();
        verify(rows.getColumn(0).getInt64(), fact_checksum(name, value));
        visit(name, value);
    }
}

Writer::Writer(const std::filesystem::path& file, std::unique_ptr<SQLite::Database> opened)
    : Connection(file, std::move(opened)),
      store_measurement_(database(),
                         "INSERT INTO measurement VALUES(?,?,?,?) ON CONFLICT DO NOTHING"),
      store_clip_(database(), "INSERT OR REPLACE INTO clip VALUES(?,?,?,?,?)"),
      store_fact_(database(), "INSERT OR REPLACE INTO fact VALUES(?,?,?)"),
      store_digest_(database(), "INSERT OR REPLACE INTO digest VALUES(?,?,?)") {}

bool Writer::store(std::string_view kind, const Hash128& key, std::span<const std::byte> value) {
    const Use use(store_measurement_);
    const KeyBytes bytes = to_bytes(key);
    store_measurement_.bind(1, std::string(kind));
    bind_bytes(store_measurement_, 2, bytes);
    const Bytes packed = pack(value);
    store_measurement_.bind(3, measurement_checksum(kind, key, packed));
    bind_bytes(store_measurement_, 4, packed);
    return store_measurement_.exec() > 0;
}

void Writer::store_clip(const ClipRow& row) {
    const Use use(store_clip_);
    const KeyBytes bytes = to_bytes(row.file);
    const Bytes packed = pack(row.value);
    bind_bytes(store_clip_, 1, bytes);
    store_clip_.bindNoCopy(2, row.options);
    store_clip_.bindNoCopy(3, row.clip);
    store_clip_.bind(4, clip_checksum(row, packed));
    bind_bytes(store_clip_, 5, packed);
    store_clip_.exec();
}

void Writer::store_fact(const std::string& name, const std::string& value) {
    const Use use(store_fact_);
    store_fact_.bindNoCopy(1, name);
    store_fact_.bind(2, fact_checksum(name, value));
    store_fact_.bindNoCopy(3, value);
    store_fact_.exec();
}

void Writer::store_digest(const Hash128& key, std::span<const std::byte> value) {
    const Use use(store_digest_);
    const KeyBytes bytes = to_bytes(key);
    const Bytes packed = pack(value);
    bind_bytes(store_digest_, 1, bytes);
    store_digest_.bind(2, digest_checksum(key, packed));
    bind_bytes(store_digest_, 3, packed);
    store_digest_.exec();
}

}  // namespace oneadapt
