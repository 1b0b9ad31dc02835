#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "media/segment.hpp"
#include "support/hash.hpp"

namespace oneadapt {

/// Frames per second that a clip may have or be read at: from one an hour on.
inline constexpr double kLowestFps = 1.0 / 3600;
inline constexpr double kHighestFps = 1000;

/// What files of points do not say of themselves; what is absent is found out, see PointReader.
struct PointForm {
    std::optional<std::string> layout;  ///< of `.bin` files: a row of point_layouts()
    std::optional<double> brightest;    ///< intensity that counts as 1

    /// One spelling of what is given, for trace keys; empty when nothing is.
    std::string text() const;
};

/// A recorded clip, as named on the command line or by a dataset manifest.
struct ClipSpec {
    std::string name;            ///< unique in a run; the CSVs' `clip` column
    std::string kind = "video";  ///< a row of the media table
    std::filesystem::path file;
    double start_s = 0.0;                         ///< seconds to skip
    std::optional<double> duration_s;             ///< seconds to read; all when absent
    PointForm points;                             ///< of a point cloud
    std::optional<std::filesystem::path> labels;  ///< ground truth
    std::optional<std::filesystem::path> scene;   ///< renders `file` when it is missing
    std::optional<Hash128> content;  ///< of the recording, where it is known beforehand
};

/// How clips are cut into segments.
struct ReadOptions {
    std::optional<double> fps = 10.0;  ///< analysis rate; absent = every frame ("native")
    int segment_frames = 10;
    /// Analysis size; absent = the source's, rounded down.
    std::optional<cv::Size> size = std::nullopt;
    int size_multiple = 32;   ///< what the model's sidecar asks for
    int sample_rate = 16000;  ///< sound: what the model's sidecar asks for

    /// One spelling of all of it, for trace keys.
    std::string text() const;
};

/// What opening a clip tells.
struct ClipInfo {
    cv::Size size;                  ///< analysis size, see Segment
    double fps = 0;                 ///< analysis rate
    std::optional<int> segments;    ///< an estimate for progress bars, when the container knows
    std::optional<double> seconds;  ///< likewise, from the clip's start to its end
};

/// Reads a clip as a stream, one segment after the other; memory does not grow with its length.
class ClipReader {
  public:
    virtual ~ClipReader() = default;

    virtual const ClipInfo& info() const = 0;

    /// The next segment, or nothing at the clip's end. The last one may be shorter. Throws
    /// InputError when the recording is damaged or yields no frame at all.
    virtual std::optional<Segment> next() = 0;
};

/// A row of the media table.
struct MediaKind {
    std::string name;
    std::string summary;
    double fps;          ///< default analysis rate
    int segment_frames;  ///< default length of a segment
    std::unique_ptr<ClipReader> (*open)(const ClipSpec&, const ReadOptions&);
    /// Files outside of ClipSpec::file that reading it needs.
    std::vector<std::filesystem::path> (*files_beside)(const ClipSpec&);
    bool in_folder = false;  ///< a clip is a folder, not a file
    bool points = false;     ///< its frames are points, which a PointForm tells of
};

/// Every media kind there is, in the order of `oneadapt-sim list`.
const std::vector<MediaKind>& media_table();

/// The row of that name; throws UsageError with the list of valid ones.
const MediaKind& find_media(const std::string& name);

/// Refuses, before a byte of it is read, a clip that is missing or not stored as its kind is: as a
/// regular file or a folder. Throws InputError; UsageError for an unknown kind.
void check_stored(const ClipSpec& clip);

/// Refuses a PointForm of a clip that is none of points. Throws UsageError.
void check_point_form(const ClipSpec& clip);

/// Opens a clip. Throws InputError when it is missing, empty, not of its kind or has no such start;
/// UsageError for an unknown kind or a size that is not a positive even multiple.
std::unique_ptr<ClipReader> open_clip(const ClipSpec& clip, const ReadOptions& options);

/// What to tell of a clip in which more than a few segments equal the one before them; nothing of
/// others.
std::optional<std::string> standstill_remark(const std::vector<SegmentInfo>& segments);

/// Hash of every byte that is recorded of a clip. Throws InputError when one cannot be read.
Hash128 hash_recording(const ClipSpec& clip);

}  // namespace oneadapt
