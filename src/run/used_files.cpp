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

/// `all`: a file that is missing is an error, and not left out.
UsedFiles collect_files(const Session& session, bool all) {
    const RunSpec& spec = session.spec;
    UsedFiles files;
    const auto add = [&](const fs::path& file, const auto& hash,
                         const std::optional<Hash128>& known = {}) {
        const std::string name = seen_from_here(file).string();
        if (is_there(file) || all) {
            files[name] = hash().hex();
        } else if (known) {
            files[name] = known->hex();
        }
    };
    const auto add_file = [&](const fs::path& file) { add(file, [&] { return hash_file(file); }); };
    for (const ClipSpec& clip : session.plan.clips) {
        add(
            clip.file, [&] { return hash_recording(clip); }, clip.content);
        if (session.plan.score_by_labels && clip.labels) add_file(*clip.labels);
    }
    for (const auto* models : {&session.models, &session.auxiliaries}) {
        for (const ModelFile& model : *models) {
            add(
                model.file, [&] { return hash_file(model.file); }, model.content);
            add_file(model.sidecar.file);
        }
    }
    for (const SchemeChoice& choice : session.plan.schemes) {
        for (const ParameterSpec& parameter : choice.kind->parameters) {
            const bool file = !parameter.folder.empty();
            if (file && is_there(choice.parameters.word(parameter.name))) {
                add_file(choice.parameters.word(parameter.name));
            }
        }
    }
    add_file(spec.profile);
    if (!spec.dataset.empty()) add_file(spec.dataset);
    if (!spec.accuracies.empty()) add_file(spec.accuracies);
    if (const auto file = file_of(spec.environment)) add_file(*file);
    for (const auto& series : {spec.link, spec.downlink, spec.slowdown, spec.idle_power}) {
        if (const auto file = file_of(series)) add_file(*file);
    }
    return files;
}

}  // namespace

UsedFiles used_files(const Session& session) {
    return collect_files(session, !session.plan.offline);
}

UsedFiles files_at_hand(const Session& session) {
    return collect_files(session, false);
}

UsedFiles files_of_manifest(const fs::path& manifest) {
    const nlohmann::json root = read_json(manifest, FileRole::input);
    UsedFiles files;
    if (!root.is_object() || !root.contains("program") || !root.contains("files")) return files;
    const std::string place = json_detail::place(manifest.string(), "files");
    check_object(root["files"], place, FileRole::input);
    for (const auto& [file, hash] : root["files"].items()) {
        const std::string text = hash.is_string() ? hash.get<std::string>() : "";
        const bool is_hash =
            text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (!is_hash) {
            throw InputError(json_detail::place(place, file.c_str()), "is no hash",
                             "32 digits, of 0 to 9 and a to f");
        }
        files[file] = text;
    }
    return files;
}

void check_unchanged(const fs::path& manifest, const UsedFiles& then, const UsedFiles& now) {
    for (const auto& [file, hash] : now) {
        const auto known = then.find(file);
        if (known == then.end() || known->second == hash) continue;
        throw InputError(file,
                         fmt::format("is not what it was: its XXH3 is {}, and {} has {}", hash,
                                     json_detail::place(manifest.string(), "files"), known->second),
                         "put the file back, or take the manifest's 'spec' as a spec of its own");
    }
}

}  // namespace oneadapt
