#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace oneadapt {

inline constexpr const char* kVariant = "variant";
inline constexpr const char* kPublished = "published";

/// A documented parameter of a scheme, settable as `--set SCHEME.NAME=VALUE`.
struct ParameterSpec {
    std::string name;
    std::variant<double, std::string> otherwise;  ///< default; its type is the parameter's type
    std::string summary;
    double lowest = 0;                      ///< of a number
    double highest = 1e12;                  ///< of a number
    std::vector<std::string> choices = {};  ///< of a word
    bool any_text = false;                  ///< a word is any text, and has to be given
    /// A word is a file or, where there is none of that name, one of this folder of datasets/.
    std::string folder = {};
};

/// The parameter `variant`: how a scheme plays, "published" unless it says otherwise.
ParameterSpec variant_parameter(const std::string& summary = "published or OneAdapt's baseline",
                                const std::vector<std::string>& others = {"oneadapt-paper"});

/// The resolved parameters of one scheme.
class Parameters {
  public:
    /// Defaults of `specs`, overridden by `given` (name -> text). Throws UsageError for an unknown
    /// name (with the list of valid ones), a malformed number, one out of range, an unknown word,
    /// or a text that has to be given and is not.
    Parameters(std::string_view scheme, const std::vector<ParameterSpec>& specs,
               const std::map<std::string, std::string>& given);

    double number(std::string_view name) const;
    /// Throws UsageError unless it is whole.
    int whole(std::string_view name) const;
    const std::string& word(std::string_view name) const;
    /// Whether variant_parameter() has its default.
    bool published() const { return word(kVariant) == kPublished; }

    const std::map<std::string, std::variant<double, std::string>, std::less<>>& values() const {
        return values_;
    }

  private:
    std::string scheme_;
    std::map<std::string, std::variant<double, std::string>, std::less<>> values_;
};

}  // namespace oneadapt
