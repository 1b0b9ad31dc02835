#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lidar.hpp"

namespace oneadapt::render {

/// The file of a LiDAR clip that lists the seconds of its sweeps, one per line.
inline constexpr auto sweep_times_name = "timestamps.txt";

/// Records sweeps as a folder of KITTI files: `000000.bin` and so on, for each point the 32-bit
/// floats x, y, z and intensity, and the times of the sweeps.
class SweepWriter {
  public:
    /// Makes the folder. Throws OutputError when that fails.
    explicit SweepWriter(const std::filesystem::path& folder);

    /// Appends a sweep. Throws OutputError when it cannot be written.
    void write(const Sweep& sweep);

    /// Completes the folder and writes the boxes of all sweeps as JSON ("oneadapt-boxes3d-1").
    /// Throws OutputError when that fails.
    void finish(const std::filesystem::path& labels);

  private:
    std::filesystem::path folder_;
    std::ofstream times_;
    std::vector<std::string> frames_;  // the boxes of each sweep, as JSON
};

}  // namespace oneadapt::render
