#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "report/exports.hpp"
#include "report/frontier.hpp"

namespace oneadapt {

/// The form of CompressAI-Vision (InterDigital), which evaluates codecs for machines: a summary.csv
/// for each scheme, in a folder of its name, with a row for each clip and weight (of `static` each
/// configuration): clip, frames a second, frames, a number that tells the rows of a clip apart
/// (the QP where that is all that differs, else 0, 1, 2, ... by weight), kbit/s, accuracy in
/// percent, and three times, which a simulation does not have and leaves empty. Of the whole clip.
ExportKind compressai();

/// How much more a test pays than an anchor at equal accuracy, on a dataset of theirs.
struct BdRate {
    std::string dataset;
    std::optional<double> percent;  ///< absent where they share no range of accuracies
    Overlap overlap;
};

/// The Bjontegaard delta rate with monotone cubics over the logarithm of the rate, as the MPEG
/// common test conditions have it, between two such summaries (files, or folders with one), for
/// each dataset of the anchor. Throws InputError for what cannot be read or is not in both.
std::vector<BdRate> bd_rates(const std::filesystem::path& anchor,
                             const std::filesystem::path& test);

}  // namespace oneadapt
