#include "cli/submit.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <ostream>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/sweep.hpp"
#include "report/results.hpp"
#include "run/experiment.hpp"
#include "run/sweep_folder.hpp"
#include "support/errors.hpp"
#include "support/program.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

/// A text as one word of a shell.
std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
    return out + "'";
}

/// A job: a step of the sweep, done after the one before it.
struct Stage {
    std::string name;
    bool array = false;   ///< a task for each shard
    std::string command;  ///< the program's arguments, as a shell reads them
};

std::vector<Stage> stages_of(const SubmitOptions& options, const Execution& execution,
                             const fs::path& out) {
    const std::string spec = quoted(options.spec.string());
    const std::string part = fmt::format("--shard \"$SLURM_ARRAY_TASK_ID/{}\"", options.shards);
    const std::string trace = quoted(execution.trace.string());
    const std::string traces = quoted((out / "slurm" / "shard-").string());
    const std::string jobs = fmt::format("--quiet --jobs {}", options.cpus);
    const std::string to = "--out " + quoted(out.string());
    return {{"record", true,
             fmt::format("sweep {} --record {} {} --trace {}\"$SLURM_ARRAY_TASK_ID.trace\"", spec,
                         jobs, part, traces)},
            {"merge", false, fmt::format("merge {} {}*.trace", trace, traces)},
            {"sweep", true,
             fmt::format("sweep {} --resume --offline {} {} --trace {} {}", spec, jobs, part, trace,
                         to)},
            {"collect", false, fmt::format("sweep {} --resume --collect {}", spec, to)}};
}

std::string script_of(const Stage& stage, const SubmitOptions& options, const std::string& name,
                      const fs::path& folder) {
    const std::string log = (folder / (stage.name + (stage.array ? "-%a" : "") + ".log")).string();
    std::string text = "#!/bin/bash\n";
    const auto add = [&](const char* option, const std::string& value) {
        if (!value.empty()) text += fmt::format("#SBATCH --{}=\"{}\"\n", option, value);
    };
    add("job-name", name + "-" + stage.name);
    if (stage.array) add("array", fmt::format("0-{}", options.shards - 1));
    add("cpus-per-task", fmt::format("{}", options.cpus));
    add("output", log);
    add("open-mode", "append");
    add("partition", options.partition);
    add("time", options.time);
    add("account", options.account);
    text += "#SBATCH --requeue\n";
    return text + fmt::format("exec {} {}\n", quoted((program_folder() / "oneadapt-sim").string()),
                              stage.command);
}

/// Runs a command; its exit status and what it printed.
std::pair<int, std::string> run_shell(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), [](FILE*) {
        return 0;  // closed below, where its status is asked for
    });
    if (!pipe) return {-1, ""};
    std::string text;
    std::array<char, 256> some{};
    while (std::fgets(some.data(), some.size(), pipe.get()) != nullptr) text += some.data();
    return {::pclose(pipe.get()), text};
}

/// Submits the scripts, each after the one before has ended, however that went: what failed is a
/// row of the tables.
void submit(const std::vector<Stage>& stages, const fs::path& folder) {
    std::string before;
    std::string submitted;
    for (const Stage& stage : stages) {
        const std::string after =
            before.empty() ? "" : fmt::format("--dependency=afterany:{} ", before);
        const auto [status, printed] = run_shell(fmt::format(
            "sbatch --parsable {}{}", after, quoted((folder / (stage.name + ".sh")).string())));
        before = printed.substr(0, printed.find_first_of(";\n"));  // "NUMBER;CLUSTER"
        if (status != 0 || before.empty()) {
            if (!submitted.empty()) run_shell("scancel" + submitted);
            throw InstallationError("sbatch", fmt::format("did not take the job '{}'", stage.name),
                                    "see its message above, or give --dry-run for the scripts");
        }
        submitted += " " + before;
        fmt::print("{} {}\n", stage.name, before);
    }
}

}  // namespace

int submit_command(const SubmitOptions& options, const Execution& execution) {
    const Experiment experiment = load_experiment(options.spec);
    const fs::path out = sweep_folder_of(experiment, execution);
    const SweepFolder results(out, experiment);
    results.claim(/*go_on=*/false);
    const fs::path folder = out / "slurm";
    std::error_code failed;  // write_file() says what is wrong with the folder
    fs::create_directories(folder, failed);
    const std::vector<Stage> stages = stages_of(options, execution, out);
    for (const Stage& stage : stages) {
        const std::string text = script_of(stage, options, experiment.name, folder);
        write_file(folder / (stage.name + ".sh"), [&](std::ostream& script) { script << text; });
        if (options.dry) fmt::print("{}\n", (folder / (stage.name + ".sh")).string());
    }
    if (!options.dry) submit(stages, folder);
    return static_cast<int>(ExitCode::ok);
}

}  // namespace oneadapt
