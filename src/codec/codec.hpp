#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "knobs/configuration.hpp"
#include "media/segment.hpp"

namespace oneadapt {

/// A segment as it travels to the server.
struct Encoded {
    std::vector<std::vector<std::uint8_t>> packets;  ///< in decoding order
    std::int64_t bytes = 0;                          ///< sum of the packets' sizes
    std::vector<int> kept;  ///< indices of the frames that were encoded, ascending, first is 0
    /// Pixels, samples or points that went through the encoder, of all kept frames together.
    std::int64_t encoded_units = 0;
    cv::Size sent_size;  ///< encoded picture size; of video alone
    cv::Size size;       ///< analysis size that the server scales back to
    double fps = 0;      ///< analysis rate
};

/// Encodes and decodes segments. Safe to use from several threads at once.
class Codec {
  public:
    virtual ~Codec() = default;

    /// Everything that the bytes depend on beside frames and configuration: encoder, its version,
    /// library versions, preset. Part of every trace key.
    virtual std::string identity() const = 0;

    /// Encodes the segment on its own (a segment never refers to another). Knobs that are not in
    /// use take their neutral value. Checks for Ctrl-C between frames. Throws Interrupted.
    virtual Encoded encode(const Segment& segment, const Configuration& configuration) const = 0;

    /// The kept frames as the server sees them, scaled back to the analysis size; same layout as
    /// Segment::frames.
    virtual std::vector<cv::Mat> decode(const Encoded& encoded) const = 0;
};

/// A row of the codec table.
struct CodecKind {
    std::string name;
    std::string summary;
    std::vector<std::string> media;  ///< the media kinds that it encodes
    std::vector<std::string> knobs;  ///< the knobs that it obeys
    std::string preset;              ///< unless the user names another
    std::string module;              ///< that it lies in, see support/module.hpp; or none
    /// Throws UsageError for an unknown preset, and when the library lacks the encoder.
    std::unique_ptr<Codec> (*create)(const std::string& preset);
};

/// Every codec there is, in the order of `oneadapt-sim list`.
const std::vector<CodecKind>& codec_table();

/// The row of that name; throws UsageError with the list of valid ones.
const CodecKind& find_codec(const std::string& name);

/// The codec to use for a medium when the user names none: the first that obeys all of the knobs.
/// Throws UsageError, with the knobs that mean something to the medium, when there is none.
const CodecKind& default_codec(const std::string& media, const std::vector<std::string>& knobs);

/// Every knob that some codec of the medium obeys, in the order of the codec table.
std::vector<std::string> knobs_of(const std::string& media);

/// Throws UsageError unless the codec encodes the medium and obeys all of the knobs.
void check_codec(const CodecKind& codec, const std::string& media,
                 const std::vector<std::string>& knobs);

/// For codecs without presets: throws UsageError unless the preset is "default".
void refuse_preset(const std::string& codec, const std::string& preset);

/// Which frames of a segment a `framerate` knob keeps: the first always, then frame i where
/// floor(i*rate/fps) grows.
std::vector<int> kept_frames(int frames, double fps, double rate);

/// The same of a segment; where its frames have times of their own, frame i where
/// floor(seconds to it * rate) grows, and all at the analysis rate or above.
std::vector<int> kept_frames(const Segment& segment, double rate);

}  // namespace oneadapt
