#pragma once

#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>

namespace oneadapt::render {

/// Records frames as H.264 in a Matroska file, the same bytes for the same frames and library
/// versions.
class ClipWriter {
  public:
    /// Opens `file` for frames of the given even size in pixels. Throws OutputError when the file
    /// cannot be created or libavcodec lacks libx264.
    ClipWriter(const std::filesystem::path& file, int width, int height, float fps);
    ~ClipWriter();
    ClipWriter(const ClipWriter&) = delete;
    ClipWriter& operator=(const ClipWriter&) = delete;

    /// Appends a frame (CV_8UC3, BGR). Throws OutputError when it cannot be written.
    void write(const cv::Mat& image);

    /// Writes what is pending and closes the file. Throws OutputError when that fails.
    void finish();

  private:
    struct Libav;
    std::unique_ptr<Libav> libav_;
};

}  // namespace oneadapt::render
