// The module with FFmpeg's libraries: what a program calls in it by name (see load_module()). What
// is made belongs to the caller.

#include "codec/audio_codec.hpp"
#include "codec/video_codec.hpp"
#include "media/audio_reader.hpp"
#include "media/class_maps.hpp"
#include "media/video_reader.hpp"
#include "support/interface.hpp"

using namespace oneadapt;

extern "C" {

ClipReader* oneadapt_open_video(const ClipSpec& clip, const ReadOptions& options) {
    return open_video(clip, options).release();
}

ClipReader* oneadapt_open_audio(const ClipSpec& clip, const ReadOptions& options) {
    return open_audio(clip, options).release();
}

double oneadapt_decode_class_maps(const std::filesystem::path& file, const ClassMapVisitor& visit) {
    return decode_class_maps(file, visit);
}

Codec* oneadapt_make_h264(const std::string& preset) {
    return make_h264(preset).release();
}

Codec* oneadapt_make_h265(const std::string& preset) {
    return make_h265(preset).release();
}

Codec* oneadapt_make_flac(const std::string& preset) {
    return make_flac(preset).release();
}

Codec* oneadapt_make_opus(const std::string& preset) {
    return make_opus(preset).release();
}

const char* oneadapt_interface() {
    return kInterface;
}
}
