#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace oneadapt {

/// Reducto's table: which threshold served segments whose frames changed in like ways. A segment's
/// key is the histogram of its changes over 30 bins from 0 to the largest change in the table,
/// normalised; what changes more falls into the last bin.
class ThresholdTable {
  public:
    struct Row {
        std::vector<double> changes;  ///< from frame to frame
        std::size_t level = 0;        ///< place of the threshold among those there are
    };

    /// `neighbours` are asked; `guard` is the largest sum of their distances that is still near,
    /// in proportion where there are fewer.
    ThresholdTable(std::size_t neighbours, double guard) : neighbours_(neighbours), guard_(guard) {}

    void add(Row row);
    std::size_t size() const { return rows_.size(); }

    /// The level that the nearest rows vote for, each by one over its distance; rows of the same
    /// key alone where there are some; the lowest of equals. Nothing where they are too far away.
    std::optional<std::size_t> find(const std::vector<double>& changes) const;

  private:
    std::vector<double> histogram(const std::vector<double>& changes) const;

    std::size_t neighbours_;
    double guard_;
    double largest_ = 0;
    std::vector<Row> rows_;
    std::vector<std::vector<double>> keys_;  ///< of the rows
};

}  // namespace oneadapt
