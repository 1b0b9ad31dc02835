#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace oneadapt {

/// One turn of a LiDAR.
struct Sweep {
    std::filesystem::path file;
    double seconds = 0;  ///< since the first sweep of the folder
};

/// The list of the sweeps' times, if there is one: `timestamps.txt` in the folder, or beside it
/// when the folder is called `data`, as KITTI's raw recordings have it.
std::optional<std::filesystem::path> times_file(const std::filesystem::path& folder);

/// The sweeps in a folder, `.bin` or `.pcd` files, in order; other files are left alone.
///
/// Names that are one prefix and a number (`000014.bin`, `turn-9.pcd`) count the sweeps, and a
/// number that is not there is a sweep that was lost. Other names are in alphabetical order,
/// shorter ones first.
///
/// The list of times has a line per sweep: seconds, or `2011-09-26 13:02:25.594360375` as KITTI
/// writes them. Where it has as many lines as there are sweeps, they are in order. Otherwise sweeps
/// were lost, and line n is that of the sweep with the n-th number: counted from the first one when
/// the lines reach to the last, else from 0. Lines of sweeps that were lost may be blank. Without a
/// list there are ten sweeps a second, those lost included.
///
/// Throws InputError when there is no sweep, for sweeps of two formats, and for lines that make no
/// sense or do not fit the sweeps.
std::vector<Sweep> find_sweeps(const std::filesystem::path& folder);

}  // namespace oneadapt
