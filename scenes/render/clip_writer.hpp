#pragma once

#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>

namespace oneadapt::render {

/// How frames are stored.
enum class PixelFormat {
    colour,  ///< H.264, nearly without loss; from CV_8UC3 (BGR)
    grey8,   ///< FFV1, without loss; from CV_8U
    grey16,  ///< FFV1, without loss; from CV_16U
};

/// Records frames in a Matroska file, the same bytes for the same frames and library versions.
class ClipWriter {
  public:
    /// Opens `file` for frames of the given even size in pixels. Throws OutputError when the file
    /// cannot be created or libavcodec lacks the encoder.
    ClipWriter(const std::filesystem::path& file, PixelFormat format, int width, int height,
               float fps);
    ~ClipWriter();
    ClipWriter(const ClipWriter&) = delete;
    ClipWriter& operator=(const ClipWriter&) = delete;

    /// Appends a frame, of the type that the format asks for. Throws OutputError when it cannot be
    /// written.
    void write(const cv::Mat& image);

    /// Writes what is pending and closes the file. Throws OutputError when that fails.
    void finish();

  private:
    struct Libav;
    std::unique_ptr<Libav> libav_;
};

}  // namespace oneadapt::render
