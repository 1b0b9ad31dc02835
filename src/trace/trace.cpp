#include "trace/trace.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>

#include <fmt/format.h>

#include "support/errors.hpp"
#include "support/interrupt.hpp"
#include "trace/connection.hpp"
#include "trace/database.hpp"
#include "trace/fields.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_conflict(const fs::path& file, const fs::path& other,
                                 const std::string& what) {
    throw TraceError(other.string(), fmt::format("disagrees with {} about {}", file.string(), what),
                     "keep the two apart, or record one of them again");
}

/// Without name and options, which are the row's key.
Bytes to_bytes(const ClipIndex& index) {
    FieldWriter out;
    out.put(index.file);
    out.put(std::int32_t{index.size.width}).put(std::int32_t{index.size.height}).put(index.fps);
    out.put_count(index.segments.size());
    for (const SegmentInfo& segment : index.segments) {
        out.put(std::int32_t{segment.index}).put(std::int32_t{segment.frames});
        out.put(segment.start.value).put(segment.duration.value).put(segment.hash);
        out.put_count(segment.times.size()).put_all(segment.times);
    }
    return out.finish();
}

void from_bytes(std::span<const std::byte> bytes, ClipIndex& index) {
    constexpr std::size_t kSegmentBytes = 3 * sizeof(std::int32_t) + 4 * sizeof(double);
    FieldReader in(bytes);
    index.file = in.get_hash();
    index.size.width = in.get<std::int32_t>();
    index.size.height = in.get<std::int32_t>();
    index.fps = in.get<double>();
    index.segments.resize(in.get_count(kSegmentBytes));
    for (SegmentInfo& segment : index.segments) {
        segment.index = in.get<std::int32_t>();
        segment.frames = in.get<std::int32_t>();
        segment.start.value = in.get<double>();
        segment.duration.value = in.get<double>();
        segment.hash = in.get_hash();
        segment.times.resize(in.get_count(sizeof(double)));
        in.get_all(segment.times);
    }
    in.finish();
}

ClipIndex to_index(const ClipRow& row, const fs::path& file) {
    ClipIndex index;
    index.clip = row.clip;
    index.options = row.options;
    try {
        from_bytes(row.value, index);
    } catch (const std::invalid_argument& e) {
        throw_malformed(file, e.what());
    }
    return index;
}

/// What is stored of the clip of that row's file, options and name.
std::optional<Bytes> value_of(Connection& connection, const ClipRow& row) {
    for (ClipRow& known : connection.clips_of(row.file, row.options)) {
        if (known.clip == row.clip) return std::move(known.value);
    }
    return std::nullopt;
}

}  // namespace

/// One connection writes, under a mutex. Readers take a connection of their own from a pool, so
/// that they wait neither for each other nor for a writer that waits for the disk.
struct Trace::Impl {
    Impl(const fs::path& trace_file, Mode mode)
        : file(trace_file), access(mode == Mode::read_write ? Access::write : read_access(file)) {
        const bool create = mode == Mode::read_write;
        auto database = connect(file, access);
        recognise(*database, file, create);
        if (create) {
            writer.emplace(file, std::move(database));
        } else {
            idle.push_back(std::make_unique<Connection>(file, std::move(database)));
        }
    }

    template <typename Question>
    auto read(const Question& question) {
        try {
            std::unique_ptr<Connection> connection = take();
            auto answer = question(*connection);
            const std::lock_guard lock(pool_mutex);
            idle.push_back(std::move(connection));
            return answer;
        } catch (const SQLite::Exception& e) {
            rethrow_for_user(file, e, false);
        }
    }

    template <typename Order>
    void write(const Order& order) {
        if (!writer) {
            throw OutputError(file.string(), "is open for reading only", "open it for writing");
        }
        try {
            const std::lock_guard lock(writer_mutex);
            order(*writer);
        } catch (const SQLite::Exception& e) {
            rethrow_for_user(file, e, true);
        }
    }

    const fs::path file;
    const Access access;
    std::mutex writer_mutex;
    std::optional<Writer> writer;  // closes last, and then empties the log into the file
    std::mutex pool_mutex;
    std::vector<std::unique_ptr<Connection>> idle;
    std::mutex digests_mutex;
    std::map<Hash128, std::shared_ptr<Digest>> digests;

  private:
    std::unique_ptr<Connection> take() {
        {
            const std::lock_guard lock(pool_mutex);
            if (!idle.empty()) {
                auto connection = std::move(idle.back());
                idle.pop_back();
                return connection;
            }
        }
        const Access reading = access == Access::write ? Access::shared : access;
        return std::make_unique<Connection>(file, connect(file, reading));
    }
};

Trace::Trace(const fs::path& file, Mode mode) {
    check_path(file, mode == Mode::read_write);
    try {
        impl_ = std::make_unique<Impl>(file, mode);
    } catch (const SQLite::Exception& e) {
        rethrow_for_user(file, e, mode == Mode::read_write);
    }
}

Trace::~Trace() = default;

const fs::path& Trace::file() const {
    return impl_->file;
}

std::optional<Bytes> Trace::find(std::string_view kind, const Hash128& key) const {
    return impl_->read([&](Connection& from) { return from.measurement(kind, key); });
}

void Trace::store(std::string_view kind, const Hash128& key, std::span<const std::byte> value) {
    impl_->write([&](Writer& to) { to.store(kind, key, value); });
}

std::optional<ClipIndex> Trace::find_clip(const Hash128& clip_file,
                                          const std::string& options) const {
    const auto rows =
        impl_->read([&](Connection& from) { return from.clips_of(clip_file, options); });
    if (rows.empty()) return std::nullopt;
    return to_index(rows.front(), file());
}

std::vector<ClipIndex> Trace::clips_named(const std::string& clip,
                                          const std::string& options) const {
    std::vector<ClipIndex> indices;
    for (const ClipRow& row :
         impl_->read([&](Connection& from) { return from.clips_named(clip, options); })) {
        indices.push_back(to_index(row, file()));
    }
    return indices;
}

void Trace::store_clip(const ClipIndex& index) {
    const ClipRow row{index.file, index.options, index.clip, to_bytes(index)};
    impl_->write([&](Writer& to) {
        if (value_of(to, row) != row.value) to.store_clip(row);
    });
}

std::optional<std::string> Trace::find_fact(const std::string& name) const {
    return impl_->read([&](Connection& from) { return from.fact(name); });
}

void Trace::store_fact(const std::string& name, const std::string& value) {
    impl_->write([&](Writer& to) {
        if (to.fact(name) != value) to.store_fact(name, value);
    });
}

std::vector<std::string> Trace::facts_under(std::string_view beginning) const {
    return impl_->read([&](Connection& from) {
        std::vector<std::string> names;
        from.each_fact([&](const std::string& name, const std::string& /*value*/) {
            if (name.starts_with(beginning)) names.push_back(name.substr(beginning.size()));
        });
        std::ranges::sort(names);
        return names;
    });
}

std::shared_ptr<Digest> Trace::digest(const Hash128& key) {
    const std::lock_guard lock(impl_->digests_mutex);
    std::shared_ptr<Digest>& digest = impl_->digests[key];
    if (digest) return digest;
    digest = std::make_shared<Digest>();
    if (const auto bytes = impl_->read([&](Connection& from) { return from.digest(key); })) {
        try {
            digest->read(*bytes);
        } catch (const std::invalid_argument& e) {
            throw_malformed(e.what());
        }
    }
    return digest;
}

void Trace::save_digests() {
    if (!impl_->writer) return;
    const std::lock_guard lock(impl_->digests_mutex);
    impl_->write([&](Writer& to) {
        std::optional<SQLite::Transaction> transaction;
        for (const auto& [key, digest] : impl_->digests) {
            const auto bytes = digest->changes();
            if (!bytes) continue;
            if (!transaction) {
                transaction.emplace(to.database(), SQLite::TransactionBehavior::IMMEDIATE);
            }
            to.store_digest(key, *bytes);
        }
        if (transaction) transaction->commit();
    });
}

namespace {

std::int64_t merge_measurements(Connection& from, Writer& to, const fs::path& file,
                                const fs::path& other) {
    std::int64_t copied = 0;
    from.each_measurement([&](std::string_view kind, const Hash128& key, const Bytes& value) {
        check_interrupt();
        if (to.store(kind, key, value)) {
            ++copied;
        } else if (to.measurement(kind, key) != value) {
            throw_conflict(file, other, "the measurement " + key.hex());
        }
    });
    return copied;
}

void merge_names(Connection& from, Writer& to, const fs::path& file, const fs::path& other) {
    from.each_clip([&](const ClipRow& row) {
        const auto known = value_of(to, row);
        if (known && *known != row.value)
            throw_conflict(file, other, "the clip '" + row.clip + "'");
        if (!known) to.store_clip(row);
    });
    from.each_fact([&](const std::string& name, const std::string& value) {
        const auto known = to.fact(name);
        if (known && *known != value) throw_conflict(file, other, "the fact '" + name + "'");
        if (!known) to.store_fact(name, value);
    });
}

}  // namespace

std::int64_t Trace::merge(const fs::path& other) {
    const Trace source(other, Mode::read_only);
    return source.impl_->read([&](Connection& from) {
        std::int64_t copied = 0;
        impl_->write([&](Writer& to) {
            SQLite::Transaction transaction(to.database(), SQLite::TransactionBehavior::IMMEDIATE);
            copied = merge_measurements(from, to, impl_->file, other);
            merge_names(from, to, impl_->file, other);
            transaction.commit();
        });
        return copied;
    });
}

std::int64_t Trace::size() const {
    return impl_->read([](Connection& from) { return from.count(); });
}

void Trace::throw_malformed(const std::string& reason) const {
    oneadapt::throw_malformed(file(), reason);
}

}  // namespace oneadapt
