#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "media/clip.hpp"

namespace oneadapt {

/// What the command line says, before anything is looked up.
struct RunOptions {
    std::string task = "detect";
    std::string input;                ///< media kind; empty = the task's or the model's
    std::vector<std::string> knobs;   ///< empty = the first that means something to the input
    std::vector<std::string> values;  ///< "qp=20,30,40"
    std::vector<std::string> schemes;
    std::vector<std::string> settings;  ///< "oneadapt.lr=0.5"
    std::vector<std::string> weights;
    double gpu_share = 0;
    std::vector<std::filesystem::path> clips;
    std::filesystem::path dataset;
    std::string fps;  ///< empty = the medium's
    std::string size;
    int segment_frames = 0;  ///< 0 = the medium's
    std::optional<double> start_s;
    std::optional<double> duration_s;
    PointForm points;
    std::filesystem::path model;
    std::filesystem::path sidecar;
    std::string device = "cpu";
    std::string codec;   ///< empty = the first that obeys the knobs
    std::string preset;  ///< empty = the codec's
    std::string link;
    std::filesystem::path profile;
    std::string score = "reference";
    int warmup = 0;
    std::filesystem::path trace = "results/runs/oneadapt.trace";
    bool offline = false;
    std::filesystem::path out;
    int jobs = 0;  ///< 0 = one per core
    bool quiet = false;
    bool json = false;
};

/// Adds the options that say what files of points do not say of themselves.
void add_point_options(CLI::App& app, PointForm& points, const std::string& group);

/// Adds the options that decide what is measured and played.
void add_run_options(CLI::App& app, RunOptions& options);

/// Adds the options that decide what is written and printed.
void add_report_options(CLI::App& app, RunOptions& options);

/// The log-spaced weights of a default sweep, four decades.
std::vector<double> default_weights();

}  // namespace oneadapt
