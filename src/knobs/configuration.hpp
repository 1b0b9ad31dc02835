#pragma once

#include <compare>
#include <concepts>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace oneadapt {

/// A value of a knob: a number, or the name of what it chooses.
class KnobValue {
  public:
    KnobValue(double number) : is_(number) {}
    KnobValue(const std::convertible_to<std::string_view> auto& name) : is_(std::string(name)) {}

    bool named() const { return std::holds_alternative<std::string>(is_); }
    /// Throws std::bad_variant_access when it is a name.
    double number() const { return std::get<double>(is_); }
    /// Throws std::bad_variant_access when it is a number.
    const std::string& name() const { return std::get<std::string>(is_); }
    /// As configurations, CSVs and `list` spell it.
    std::string text() const;

    friend auto operator<=>(const KnobValue&, const KnobValue&) = default;

  private:
    std::variant<double, std::string> is_;
};

/// A value for each knob in use: the one value type for "how a segment is encoded and analysed".
///
/// Its one spelling, `qp=30,resolution=0.67` (knobs in alphabetical order, shortest decimal that
/// reads back to the same double, or the value's name), serves the command line, CSVs and trace
/// keys alike. A value that differs between the regions of a frame (see media/regions.hpp) is
/// spelled region after region, equal neighbours counted: `macroblock=24x130:36x4:24x826`.
class Configuration {
  public:
    Configuration();
    // Without moves, so that there is none without values.
    Configuration(const Configuration&) = default;
    Configuration& operator=(const Configuration&) = default;

    /// Reads the spelling of text(). Throws UsageError when malformed. An empty text is the
    /// configuration without knobs.
    static Configuration parse(std::string_view text);
    const std::string& text() const;

    void set(std::string_view knob, const KnobValue& value);
    /// A value for each region; where all are equal, the same as set(). Throws std::logic_error
    /// without values.
    void set_regions(std::string_view knob, std::vector<double> values);
    /// The knob's number, the mean over regions where they differ, or `otherwise` when the knob is
    /// not in use.
    double get(std::string_view knob, double otherwise) const;
    bool has(std::string_view knob) const;
    void remove(std::string_view knob);
    /// Of each knob in use that has numbers the value of each region, or a single one for all.
    const std::map<std::string, std::vector<double>, std::less<>>& values() const {
        return is_->values;
    }
    /// Of each knob in use that has names the one that it chooses.
    const std::map<std::string, std::string, std::less<>>& names() const { return is_->names; }
    /// Every knob in use.
    std::vector<std::string> knobs() const;

    friend std::partial_ordering operator<=>(const Configuration& a, const Configuration& b) {
        if (a.is_ == b.is_) return std::partial_ordering::equivalent;
        if (const auto order = a.values() <=> b.values(); order != 0) return order;
        return a.names() <=> b.names();
    }
    friend bool operator==(const Configuration& a, const Configuration& b) {
        return a.is_ == b.is_ || (a.values() == b.values() && a.names() == b.names());
    }

  private:
    /// Shared by copies, since a replay copies and compares configurations more often than
    /// anything else; never changed once somebody shares it.
    struct Values {
        Values() = default;
        Values(const Values& other) : values(other.values), names(other.names) {}
        Values& operator=(const Values&) = delete;

        void put(std::string_view knob, const KnobValue& value);
        void put(std::string_view knob, std::vector<double> regions);

        std::map<std::string, std::vector<double>, std::less<>> values;
        std::map<std::string, std::string, std::less<>> names;
        std::once_flag spelled;
        std::string text;
    };
    Values& change();

    std::shared_ptr<Values> is_;
};

/// A number as configurations, weights and parameters spell it: the shortest decimal that reads
/// back to the same double.
std::string number_text(double value);

/// Reads a finite decimal number that takes up all of `text`; throws UsageError naming `what`.
double parse_number(std::string_view text, std::string_view what);

}  // namespace oneadapt
