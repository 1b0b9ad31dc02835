#include "run/used_files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "support/errors.hpp"
#include "support/hash.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& file) {
    std::error_code unreachable;
    return fs::exists(file, unreachable);
}

/// The file of a series that is recorded, not a number or drawn by chance.
std::optional<fs::path> file_of(const std::optional<NumberOrWord>& series) {
    if (!series || !std::holds_alternative<std::string>(*series)) return std::nullopt;
    const fs::path file = std::get<std::string>(*series);
    return is_there(file) ? std::optional(file) : std::nullopt;
}

}  // namespace

UsedFiles used_files(const Session& session) {
    const RunSpec& spec = session.spec;
    UsedFiles files;
    const auto add = [&](const fs::path& file, const auto& hash) {
        if (session.plan.offline && !is_there(file)) return;
        files[seen_from_here(file).string()] = hash().hex();
    };
    const auto add_file = [&](const fs::path& file) { add(file, [&] { return hash_file(file); }); };
    for (const ClipSpec& clip : session.plan.clips) {
        add(clip.file, [&] { return hash_recording(clip); });
        if (session.plan.score_by_labels && clip.labels) add_file(*clip.labels);
    }
    for (const ModelFile& model : session.models) {
        add_file(model.file);
        add_file(model.sidecar.file);
    }
    add_file(spec.profile);
    if (!spec.dataset.empty()) add_file(spec.dataset);
    for (const auto& series : {spec.link, spec.downlink, spec.slowdown, spec.idle_power}) {
        if (const auto file = file_of(series)) add_file(*file);
    }
    return files;
}

void check_unchanged(const fs::path& manifest, const UsedFiles& now) {
    const nlohmann::json then = read_json(manifest, FileRole::input);
    const auto files = then.find("files");
    if (!then.contains("program") || files == then.end()) return;
    const std::string place = json_detail::place(manifest.string(), "files");
    check_object(*files, place, FileRole::input);
    for (const auto& [file, hash] : now) {
        const auto known = files->find(file);
        if (known == files->end() || *known == hash) continue;
        throw InputError(file,
                         fmt::format("is not what it was: its XXH3 is {}, and {} has {}", hash,
                                     place, known->dump()),
                         "put the file back, or take the manifest's 'spec' as a spec of its own");
    }
}

}  // namespace oneadapt
