#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "knobs/configuration.hpp"

namespace oneadapt {

/// A number or a word: what JSON tells apart by quotes, and a command line by its look.
using NumberOrWord = std::variant<double, std::string>;

/// Whatever decides a result, as a plain value. What is empty or absent stands for a default that
/// depends on the rest; resolve() fills it in. fields.hpp has the one table that says how each
/// member is called, read, written and checked.
///
/// Paths are relative to the folder that the program runs in.
struct RunSpec {
    std::string task = "detect";
    std::string input;               ///< media kind; empty = the task's or the model's
    std::vector<std::string> knobs;  ///< empty = the first that means something to the input
    /// By knob, most expensive first; absent = the knob table's.
    std::map<std::string, std::vector<KnobValue>> values;
    std::vector<std::string> schemes;  ///< empty = those of a default run
    /// By scheme and parameter; absent = the scheme's default.
    std::map<std::string, std::map<std::string, NumberOrWord>> settings;
    std::vector<double> weights;  ///< prices in accuracy; empty = default_weights()
    double weight_gpu = 0;        ///< share of GPU work in what is priced, in [0,1]
    std::string goal;  ///< a row of goal_table(): constraints instead of weights; empty = weights
    std::vector<double> min_accuracy;  ///< of goals
    std::vector<double> max_energy;    ///< of goals, joules of the server for a segment
    std::vector<double> max_power;     ///< of goals, mean watts of the server, instead of those
    std::vector<double> deadline_ms;   ///< of goals
    std::filesystem::path accuracies;  ///< of the DNNs on other recordings; empty = the shipped
    std::vector<std::filesystem::path> clips;
    std::filesystem::path dataset;        ///< instead of clips; empty = the input's
    std::optional<NumberOrWord> fps;      ///< or "native"; absent = the medium's
    std::optional<int> segment_frames;    ///< absent = the medium's
    std::string size;                     ///< WIDTHxHEIGHT in pixels; empty = the clip's
    std::optional<double> start_s;        ///< absent = the clip's
    std::optional<double> duration_s;     ///< absent = the clip's
    std::string point_layout;             ///< of .bin sweeps; empty = found out
    std::optional<double> intensity_max;  ///< of points, counts as 1; absent = found out
    std::string codec;                    ///< empty = the first that obeys the knobs
    std::string preset;                   ///< empty = the codec's
    std::filesystem::path model;          ///< empty = the one shipped for the input
    std::vector<std::string> models;      ///< files of a zoo, instead of a model
    std::filesystem::path sidecar;        ///< empty = beside the model
    std::string device = "cpu";
    std::optional<NumberOrWord> link;        ///< see Series::parse(); absent = unlimited
    std::optional<NumberOrWord> downlink;    ///< likewise
    std::optional<NumberOrWord> slowdown;    ///< of the server; absent = none
    std::optional<NumberOrWord> idle_power;  ///< of the server, watts; absent = 0
    std::string environment;                 ///< see contend(); empty = none
    std::string series_end = "repeat";       ///< or "stop": what happens after an environment's end
    std::filesystem::path profile;           ///< or the name of a shipped one; empty = default
    std::string score = "reference";
    std::string metric = "accuracy";  ///< see check_metric()
    std::optional<int> warmup;        ///< segments of a clip's start; absent = start_segments()
    std::optional<int> block;         ///< see Resampling
    int seed = 1;                     ///< likewise
    std::string lines = "auto";       ///< see Lines; auto: straight, of several knobs hull

    friend bool operator==(const RunSpec&, const RunSpec&) = default;
};

/// What steers how a run is carried out and what it prints, and never changes a result.
struct Execution {
    std::filesystem::path trace = "results/runs/oneadapt.trace";
    bool offline = false;
    std::filesystem::path out = {};  ///< results folder; empty = named after the run
    int jobs = 0;                    ///< worker threads; 0 = one per core
    bool quiet = false;
    bool json = false;
    /// Hashes of files, as a manifest tells them: what an offline run means by files that are not
    /// at hand.
    std::map<std::string, std::string> files = {};
};

}  // namespace oneadapt
