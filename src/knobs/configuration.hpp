#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>

namespace oneadapt {

/// A value for each knob in use: the one value type for "how a segment is encoded and analysed".
///
/// Its one spelling, `qp=30,resolution=0.67` (knobs in alphabetical order, shortest decimal that
/// reads back to the same double), serves the command line, CSVs and trace keys alike.
class Configuration {
  public:
    Configuration() = default;

    /// Reads the spelling of text(). Throws UsageError when malformed. An empty text is the
    /// configuration without knobs.
    static Configuration parse(std::string_view text);
    std::string text() const;

    void set(std::string_view knob, double value);
    /// The knob's value, or `otherwise` when the knob is not in use.
    double get(std::string_view knob, double otherwise) const;
    bool has(std::string_view knob) const;
    const std::map<std::string, double, std::less<>>& values() const { return values_; }

    friend auto operator<=>(const Configuration&, const Configuration&) = default;

  private:
    std::map<std::string, double, std::less<>> values_;
};

/// A number as configurations, weights and parameters spell it: the shortest decimal that reads
/// back to the same double.
std::string number_text(double value);

/// Reads a finite decimal number that takes up all of `text`; throws UsageError naming `what`.
double parse_number(std::string_view text, std::string_view what);

}  // namespace oneadapt
