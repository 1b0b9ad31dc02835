#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace oneadapt {

/// How a curve runs between its vertices.
enum class Lines {
    straight,
    pchip,  ///< monotone cubics (Fritsch and Butland, SIAM J. Sci. Stat. Comput. 1984), as the MPEG
            ///< common test conditions compare codecs
    hull    ///< straight lines between the points of a frontier's convex hull over its cost itself:
            ///< what two points in turn make no dearer is left out
};

/// How options spell it: "straight", "pchip", "hull"; another word, which is "auto", says straight
/// of one knob and hull of several.
Lines lines_of(std::string_view text, std::size_t knobs);

struct Vertex {
    double x;
    double y;
};

/// A function over the range of its vertices.
class Curve {
  public:
    /// `vertices` has at least one, with strictly ascending x.
    Curve(std::vector<Vertex> vertices, Lines lines);

    double lowest() const { return vertices_.front().x; }
    double highest() const { return vertices_.back().x; }

    /// At an x within the range.
    double at(double x) const;
    /// The mean over [lo, hi], a range of some width within its own; exact.
    double mean(double lo, double hi) const;

  private:
    /// At an x between the vertices `piece` and the next.
    double within(std::size_t piece, double x) const;

    std::vector<Vertex> vertices_;
    std::vector<double> slopes_;  ///< at each vertex; empty for straight lines
};

/// The mean of a - b over the range that both have; nothing where they share none.
std::optional<double> mean_difference(const Curve& a, const Curve& b);

}  // namespace oneadapt
