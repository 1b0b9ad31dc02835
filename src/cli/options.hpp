#pragma once

#include <string>

#include <CLI/App.hpp>

#include "cli/submit.hpp"
#include "cli/sweep.hpp"
#include "media/clip.hpp"
#include "run/fields.hpp"
#include "run/spec.hpp"

namespace oneadapt {

/// What the command line says of a run, before anything is looked up.
struct RunOptions {
    GivenTexts given;
    Execution execution;
};

/// Adds the options that say what files of points do not say of themselves.
void add_point_options(CLI::App& app, PointForm& points, const std::string& group);

/// Adds the options that decide what is measured and played.
void add_run_options(CLI::App& app, RunOptions& options);

/// A check of an option: what is wrong with the text as a folder's name; nothing where it is one.
std::string names_a_folder(const std::string& text);
/// The same as the name of an HTML page: nothing else is written over.
std::string names_a_page(const std::string& text);
/// The same as a value that is passed on to sbatch.
std::string is_for_sbatch(const std::string& text);

/// A check of an option: what is wrong with the text as a number that is 0 or more, or more than 0.
std::string not_negative(const std::string& text);
std::string positive(const std::string& text);

/// Adds the options that decide what is written and printed.
void add_report_options(CLI::App& app, RunOptions& options);

/// Adds the options of a sweep beside its experiment: how it is carried out, and where to.
void add_sweep_options(CLI::App& app, SweepOptions& options, Execution& execution);

/// Adds the options of a sweep's job arrays.
void add_submit_options(CLI::App& app, SubmitOptions& options, Execution& execution);

}  // namespace oneadapt
