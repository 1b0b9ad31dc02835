#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "run/fields.hpp"

/// How each type that a member of RunSpec has is read and written: four overloads a type. Reading
/// texts throws UsageError naming the option; reading JSON throws InputError naming the place, and
/// UsageError for a value of the right type that makes no sense.
namespace oneadapt::field_types {

using Texts = std::vector<std::string>;
using KnobValues = std::map<std::string, std::vector<KnobValue>>;
using Settings = std::map<std::string, std::map<std::string, NumberOrWord>>;

/// A text as a number if it looks like one, else as a word; and back.
NumberOrWord value_in(const std::string& text);
std::string text_of(const NumberOrWord& value);

void read(std::string& out, const Texts& texts, const std::string& option);
void read(std::filesystem::path& out, const Texts& texts, const std::string& option);
void read(double& out, const Texts& texts, const std::string& option);
void read(int& out, const Texts& texts, const std::string& option);
void read(NumberOrWord& out, const Texts& texts, const std::string& option);
void read(std::vector<std::string>& out, const Texts& texts, const std::string& option);
void read(std::vector<std::filesystem::path>& out, const Texts& texts, const std::string& option);
void read(std::vector<double>& out, const Texts& texts, const std::string& option);
/// "qp=20,30,40", each text another knob's.
void read(KnobValues& out, const Texts& texts, const std::string& option);
/// "oneadapt.lr=0.5", each text another parameter's.
void read(Settings& out, const Texts& texts, const std::string& option);

Texts texts_of(const std::string& value);
Texts texts_of(const std::filesystem::path& value);
Texts texts_of(double value);
Texts texts_of(int value);
Texts texts_of(const NumberOrWord& value);
Texts texts_of(const std::vector<std::string>& value);
Texts texts_of(const std::vector<std::filesystem::path>& value);
Texts texts_of(const std::vector<double>& value);
Texts texts_of(const KnobValues& value);
Texts texts_of(const Settings& value);

void load(std::string& out, const nlohmann::json& from, const std::string& where);
void load(std::filesystem::path& out, const nlohmann::json& from, const std::string& where);
void load(double& out, const nlohmann::json& from, const std::string& where);
void load(int& out, const nlohmann::json& from, const std::string& where);
void load(NumberOrWord& out, const nlohmann::json& from, const std::string& where);
void load(std::vector<std::string>& out, const nlohmann::json& from, const std::string& where);
void load(std::vector<std::filesystem::path>& out, const nlohmann::json& from,
          const std::string& where);
void load(std::vector<double>& out, const nlohmann::json& from, const std::string& where);
void load(KnobValues& out, const nlohmann::json& from, const std::string& where);
void load(Settings& out, const nlohmann::json& from, const std::string& where);

nlohmann::json saved(const std::string& value);
nlohmann::json saved(const std::filesystem::path& value);
nlohmann::json saved(double value);
nlohmann::json saved(int value);
nlohmann::json saved(const NumberOrWord& value);
nlohmann::json saved(const std::vector<std::string>& value);
nlohmann::json saved(const std::vector<std::filesystem::path>& value);
nlohmann::json saved(const std::vector<double>& value);
nlohmann::json saved(const std::vector<KnobValue>& value);
nlohmann::json saved(const KnobValues& value);
nlohmann::json saved(const Settings& value);

}  // namespace oneadapt::field_types
