#include "run/fields.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "support/errors.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;

bool is_given(const Field& field, const RunSpec& spec) {
    return !field.save(spec).is_null();
}

/// Lets what was given before make way for the field.
void make_way(const Field& field, RunSpec& spec) {
    if (const Field* other = find_field(field.excludes)) other->clear(spec);
}

}  // namespace

const Field* find_field(const std::string& key) {
    const auto found = std::ranges::find(fields(), key, &Field::key);
    return found == fields().end() ? nullptr : &*found;
}

RunSpec changed(RunSpec spec, const GivenTexts& given) {
    for (const Field& field : fields()) {
        const auto texts = given.find(field.key);
        if (texts == given.end()) continue;
        make_way(field, spec);
        field.read(spec, texts->second);
        field.settle(spec);
    }
    for (const Field& field : fields()) {
        if (given.contains(field.key)) field.check(spec);
    }
    return spec;
}

RunSpec changed(RunSpec spec, const json& given, const std::string& where) {
    std::vector<std::string> keys;
    for (const Field& field : fields()) keys.push_back(field.key);
    check_keys(given, keys, where, FileRole::input);
    const auto for_each_given = [&](const auto& act) {
        for (const Field& field : fields()) {
            const auto value = given.find(field.key);
            if (value == given.end()) continue;
            const std::string place = json_detail::place(where, field.key.c_str());
            try {
                act(field, *value, place);
            } catch (const UsageError& error) {
                throw InputError(place, error.what(), "");
            }
        }
    };
    for_each_given([&](const Field& field, const json& value, const std::string& place) {
        if (given.contains(field.excludes)) {
            throw InputError(place, fmt::format("excludes the key '{}'", field.excludes),
                             "keep one of them");
        }
        make_way(field, spec);
        field.load(spec, value, place);
        field.settle(spec);
    });
    for_each_given([&](const Field& field, const json& /*value*/, const std::string& /*place*/) {
        field.check(spec);
    });
    return spec;
}

json to_json(const RunSpec& spec) {
    json object = json::object();
    for (const Field& field : fields()) {
        if (is_given(field, spec)) object[field.key] = field.save(spec);
    }
    return object;
}

RunSpec spec_from_json(const json& object, const std::string& where) {
    return changed(RunSpec{}, object, where);
}

RunSpec load_spec(const std::filesystem::path& file) {
    const json object = read_json(file, FileRole::input);
    check_object(object, file.string(), FileRole::input);
    if (!object.contains("program")) return spec_from_json(object, file.string());
    const auto spec = object.find("spec");
    if (spec == object.end()) {
        throw InputError(file.string(), "is a manifest without the key 'spec', of an older version",
                         "repeat the run with its 'command_line'");
    }
    return spec_from_json(*spec, json_detail::place(file.string(), "spec"));
}

Hash128 hash_of(const RunSpec& spec) {
    return Hasher()
        .add(to_json(spec).dump(-1, ' ', false, json::error_handler_t::replace))
        .finish();
}

}  // namespace oneadapt
