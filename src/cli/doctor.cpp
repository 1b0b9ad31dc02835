#include "cli/doctor.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "codec/codec.hpp"
#include "dnn/auxiliary.hpp"
#include "dnn/check.hpp"
#include "dnn/input.hpp"
#include "dnn/runtime.hpp"
#include "media/dataset.hpp"
#include "run/data_root.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

constexpr double kSlowGflops = 10.0;  // the reference BLAS reaches about 4

Finding examine_codec(const CodecKind& kind) {
    Finding finding{false, "codec " + kind.name, "", ""};
    try {
        finding.found = kind.create(kind.preset)->identity();
        finding.ok = true;
    } catch (const Error& error) {
        finding.found = error.what();
        finding.remedy = "install FFmpeg's libavcodec with this encoder (libavcodec-extra)";
    }
    return finding;
}

/// BLAS, LibTorch and its devices, or why LibTorch cannot be had.
std::vector<Finding> examine_runtime() {
    try {
        const DnnRuntime& runtime = dnn_runtime();
        const double gflops = runtime.matmul_gflops();
        return {{gflops > kSlowGflops, "BLAS",
                 fmt::format("{}, {:.0f} GFLOP/s on one thread", runtime.blas(), gflops),
                 "install libopenblas0-pthread"},
                {true, "LibTorch", runtime.version(), ""},
                {true, "devices", fmt::format("{}", fmt::join(runtime.devices(), ", ")), ""}};
    } catch (const InstallationError& error) {
        return {{false, "LibTorch", error.what(), "build the program again, all of it"}};
    }
}

Finding examine_dataset() {
    Finding finding{false, "embedded dataset", "", "restore the checkout's datasets folder"};
    try {
        const Dataset dataset = load_dataset(data_root() / "street.json");
        std::size_t rendered = 0;
        for (const ClipSpec& clip : dataset.clips) {
            rendered += std::filesystem::exists(place_of_drawn(clip.file)) ? 1U : 0U;
        }
        finding.ok = true;
        finding.found = fmt::format("{} clips, {} rendered (the rest on first use)",
                                    dataset.clips.size(), rendered);
    } catch (const Error& error) {
        finding.found = error.what();
    }
    return finding;
}

/// Runs a network that helps a model on the trial frame of its medium.
Finding examine_network(const std::filesystem::path& file, const std::string& role) {
    Finding finding{
        false, "network " + file.filename().string(), "",
        "restore the file from the checkout, or train it again with " + find_auxiliary(role).tool};
    try {
        const auto model = std::filesystem::path(file).replace_extension().replace_extension(".pt");
        const Sidecar sidecar =
            load_auxiliary_sidecar(file, role, load_sidecar(sidecar_path(model)));
        const cv::Mat frame = find_input(sidecar.input_kind).trial(sidecar);
        load_network(file, role, sidecar, "cpu")->run(input_space(sidecar).picture(frame));
        finding.ok = true;
        finding.found = "runs";
    } catch (const Error& error) {
        finding.found = error.what();
    }
    return finding;
}

Finding examine_model(const std::filesystem::path& file) {
    Finding finding{false, "model " + file.filename().string(), "",
                    "restore the file from the checkout, or train it again (datasets/models)"};
    try {
        const ModelCheck check =
            check_model(file, load_sidecar(sidecar_path(file)), "cpu", nullptr);
        finding.ok = check.ok;
        finding.found = check.ok ? "runs, gradient checked" : check.lines.back();
    } catch (const Error& error) {
        finding.found = error.what();
    }
    return finding;
}

}  // namespace

std::vector<Finding> examine() {
    std::vector<Finding> findings;
    for (const CodecKind& kind : codec_table()) findings.push_back(examine_codec(kind));
    std::ranges::copy(examine_runtime(), std::back_inserter(findings));
    findings.push_back(examine_dataset());
    try {
        std::vector<std::filesystem::path> models;
        for (const auto& entry : std::filesystem::directory_iterator(data_root() / "models")) {
            if (entry.path().extension() == ".pt") models.push_back(entry.path());
        }
        std::ranges::sort(models);
        for (const auto& model : models) {
            const std::string role = auxiliary_role(model);
            findings.push_back(role.empty() ? examine_model(model) : examine_network(model, role));
        }
    } catch (const std::filesystem::filesystem_error& error) {
        findings.push_back({false, "models", error.what(), "restore the folder datasets/models"});
    } catch (const Error& error) {
        findings.push_back({false, "models", error.what(), "restore the folder datasets/models"});
    }
    return findings;
}

int doctor_command() {
    bool all_ok = true;
    for (const Finding& finding : examine()) {
        all_ok = all_ok && finding.ok;
        fmt::print("{:<4} {:<18} {}\n", finding.ok ? "ok" : "BAD", finding.what, finding.found);
        if (!finding.ok) fmt::print("     {:<18} to mend: {}\n", "", finding.remedy);
    }
    return static_cast<int>(all_ok ? ExitCode::ok : ExitCode::internal);
}

}  // namespace oneadapt
