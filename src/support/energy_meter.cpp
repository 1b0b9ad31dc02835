#include "support/energy_meter.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

std::optional<double> number_of(const fs::path& file) {
    std::ifstream in(file);
    double number = 0;
    return in >> number ? std::optional(number) : std::nullopt;
}

/// Packages are `intel-rapl:0`; `intel-rapl:0:1` is a part of one, and of the sum already.
bool is_package(const fs::path& folder) {
    const std::string name = folder.filename().string();
    return name.starts_with("intel-rapl:") && std::ranges::count(name, ':') == 1;
}

}  // namespace

std::optional<EnergyMeter> EnergyMeter::find(const fs::path& folder) {
    EnergyMeter meter;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none)) {
        if (!is_package(entry.path())) continue;
        const fs::path counter = entry.path() / "energy_uj";
        const auto range = number_of(entry.path() / "max_energy_range_uj");
        if (number_of(counter) && range) meter.packages_.push_back({counter, *range});
    }
    return meter.packages_.empty() ? std::nullopt : std::optional(meter);
}

double EnergyMeter::joules_between(double before, double after, double range) {
    return 1e-6 * (after >= before ? after - before : after + range - before);
}

std::vector<double> EnergyMeter::read() const {
    std::vector<double> counters;
    for (const Package& package : packages_) {
        counters.push_back(number_of(package.counter).value_or(0));
    }
    return counters;
}

double EnergyMeter::watts(const std::function<void()>& work, double seconds) const {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const std::vector<double> before = read();
    double took = 0;
    do {
        work();
        took = std::chrono::duration<double>(Clock::now() - start).count();
    } while (took < seconds);
    const std::vector<double> after = read();
    double joules = 0;
    for (std::size_t i = 0; i < packages_.size(); ++i) {
        joules += joules_between(before[i], after[i], packages_[i].range);
    }
    return joules / took;
}

}  // namespace oneadapt
