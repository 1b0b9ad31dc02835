#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace oneadapt {

/// What a machine's processors draw, as Linux tells it (powercap's RAPL: one counter of microjoules
/// for each package).
class EnergyMeter {
  public:
    /// The meter of this machine; none where there is no counter, or it may not be read.
    static std::optional<EnergyMeter> find(
        const std::filesystem::path& folder = "/sys/class/powercap");

    /// Mean watts of all packages while `work` is done again and again for at least `seconds`.
    double watts(const std::function<void()>& work, double seconds = 1) const;

    /// Joules between two readings of a counter that starts again after `range` microjoules.
    static double joules_between(double before, double after, double range);

  private:
    struct Package {
        std::filesystem::path counter;
        double range = 0;
    };

    std::vector<double> read() const;

    std::vector<Package> packages_;
};

}  // namespace oneadapt
