#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core.hpp>

#include "media/segment.hpp"
#include "support/hash.hpp"
#include "trace/digest.hpp"

namespace oneadapt {

/// A clip as it was cut into segments: what an offline replay needs instead of the media.
struct ClipIndex {
    std::string clip;     ///< ClipSpec::name
    std::string options;  ///< start, duration and ReadOptions, in one spelling
    Hash128 file;         ///< hash of the clip's bytes
    cv::Size size;        ///< analysis size
    double fps = 0;
    std::vector<SegmentInfo> segments;
};

/// The store of measurements: one SQLite file in WAL mode. It knows nothing of what they mean: a
/// measurement has the name of its kind, a key and bytes.
///
/// A measurement is whole or absent after kill -9 at any moment. Several threads and several
/// processes may use one file. Every method throws TraceError when the file is corrupt and
/// OutputError when it cannot be written (disk full).
class Trace {
  public:
    enum class Mode { read_write, read_only };

    /// Opens a trace, creating it in read_write mode. Throws TraceError when the file is not a
    /// trace, is corrupt or of another version, or (read_only) is missing; OutputError when it
    /// cannot be created.
    Trace(const std::filesystem::path& file, Mode mode);
    ~Trace();
    Trace(const Trace&) = delete;
    Trace& operator=(const Trace&) = delete;

    const std::filesystem::path& file() const;

    std::optional<std::vector<std::byte>> find(std::string_view kind, const Hash128& key) const;
    /// Stores a measurement in a transaction of its own. Storing a key again changes nothing.
    void store(std::string_view kind, const Hash128& key, std::span<const std::byte> value);

    /// The index of the clip of those bytes, whatever its name.
    std::optional<ClipIndex> find_clip(const Hash128& file, const std::string& options) const;
    /// The indices of all clips of that name: more than one where the name was of several files.
    std::vector<ClipIndex> clips_named(const std::string& clip, const std::string& options) const;
    void store_clip(const ClipIndex& index);

    /// A fact about how the measurements were taken ("encoder/h264/medium", "model/street-s", ...),
    /// so that a replay elsewhere can rebuild the keys.
    std::optional<std::string> find_fact(const std::string& name) const;
    void store_fact(const std::string& name, const std::string& value);
    /// The names of all facts that begin so, without that beginning, sorted.
    std::vector<std::string> facts_under(std::string_view beginning) const;

    /// Copies everything of `other` that is missing here. Returns the number of measurements
    /// copied. Throws TraceError when both know the same key with different content.
    std::int64_t merge(const std::filesystem::path& other);

    /// The digest of that key, read once and then kept in memory; a new one where there is none.
    std::shared_ptr<Digest> digest(const Hash128& key);
    /// Stores what digests were added to; nothing in a trace that is open for reading only.
    void save_digests();

    /// Number of measurements.
    std::int64_t size() const;

    /// Throws TraceError: the trace holds a value that does not read back.
    [[noreturn]] void throw_malformed(const std::string& reason) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace oneadapt
