#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "run/spec.hpp"
#include "support/hash.hpp"

namespace oneadapt {

/// How often an option may be given.
enum class Often {
    once,
    list,     ///< its values parted by commas; may be repeated
    repeated  ///< one value each time
};

/// The group of the fields that decide what is reported, not what is measured.
inline constexpr const char* kResultsGroup = "Results";

/// The numbers that a field may have.
struct Range {
    double lowest;
    double highest;
};

/// A row of the table of fields: a member of RunSpec, as JSON, the command line, the manifest and
/// the hash know it.
struct Field {
    std::string key;     ///< in JSON
    std::string option;  ///< on the command line
    std::string group;   ///< of the help
    std::string help;
    std::string example;         ///< a value as the command line has it, unlike the default
    std::string otherwise = {};  ///< what its default is, for people; empty where the value says it
    std::vector<std::string> choices = {};  ///< its values, where all or the usual ones are known
    std::optional<Range> range = {};
    std::string excludes = {};  ///< key of a field that cannot be given together with it
    /// Throws UsageError for a value that cannot be, given the fields above in the table.
    std::function<void(const RunSpec&)> check = [](const RunSpec&) {};
    /// Called when the field is changed: takes away what names something that is no longer in use.
    void (*settle)(RunSpec&) = [](RunSpec&) {};

    // Set from the type of the member:
    std::string type = {};  ///< for the help
    Often often = Often::once;
    /// Reads what the command line has, each occurrence or list item a text. Fields that are a map
    /// keep the keys that are not named. Throws UsageError.
    std::function<void(RunSpec&, const std::vector<std::string>& texts)> read = {};
    /// The inverse of read(); no texts where the field is empty or absent.
    std::function<std::vector<std::string>(const RunSpec&)> texts = {};
    /// Reads a JSON value found at `where`, as read() does. Throws InputError for a wrong type and
    /// UsageError for a wrong value.
    std::function<void(RunSpec&, const nlohmann::json&, const std::string& where)> load = {};
    /// The inverse of load(); null where the field is empty or absent.
    std::function<nlohmann::json(const RunSpec&)> save = {};
    /// Puts the default back.
    std::function<void(RunSpec&)> clear = {};
};

/// Every field there is, each after those that its meaning depends on.
const std::vector<Field>& fields();

/// The field of that key, or nullptr.
const Field* find_field(const std::string& key);

/// What a command line gives, as it was written: texts by the field's key.
using GivenTexts = std::map<std::string, std::vector<std::string>>;

/// The spec with the given fields changed, in the order of the table, and checked. Throws
/// UsageError.
RunSpec changed(RunSpec spec, const GivenTexts& given);

/// The same from a JSON object found at `where`. Throws InputError, naming `where` and the key, for
/// unknown keys (with the valid ones), wrong types and wrong values.
RunSpec changed(RunSpec spec, const nlohmann::json& given, const std::string& where);

/// An object with every field that is neither empty nor absent.
nlohmann::json to_json(const RunSpec& spec);

/// The inverse: the default spec with the object's fields. Throws as changed() does, and for fields
/// that contradict one another.
RunSpec spec_from_json(const nlohmann::json& object, const std::string& where);

/// Reads a spec, or the one that a manifest holds. Throws InputError.
RunSpec load_spec(const std::filesystem::path& file);

/// Of all fields; equal for equal specs, on every machine.
Hash128 hash_of(const RunSpec& spec);

}  // namespace oneadapt
