#pragma once

#include "schemes/alert_model.hpp"
#include "schemes/input_scheme.hpp"

namespace oneadapt {

/// ALERT (Wan et al., ATC'20) on the server: for each input the DNN and the power cap that a
/// Kalman-filtered slowdown of all of them promises to keep the goal with.
class Alert : public InputScheme {
  public:
    explicit Alert(const SchemeSetting& setting);

    /// The parameters that it takes from the setting.
    static std::vector<ParameterSpec> parameters();

  protected:
    DnnId choose(Testbed& testbed, const Input& input) override;
    void learn(Testbed& testbed, DnnId chosen) override;

    /// What would be expected of the last input's choice with so many more seconds left for it.
    Prospect expect(double more_seconds) const;

  private:
    void make_candidates(Testbed& testbed);
    void watch_idle(Testbed& testbed);

    Which which_;
    bool uses_variance_;
    double failure_;
    double near_;
    std::size_t window_;
    SlowdownFilter slowdown_;
    IdleFilter idle_;
    std::vector<AlertCandidate> candidates_;
    AlertBelief belief_;            ///< of the last input
    AlertGoal wanted_;              ///< likewise
    std::vector<double> achieved_;  ///< expected accuracy of the last inputs, the newest last
    std::optional<double> last_watts_;
};

/// The candidates among the DNNs of a profile.
std::vector<AlertCandidate> alert_candidates(const std::vector<DnnProfile>& profile, Which which);

SchemeKind alert();
SchemeKind alert_oracle();
SchemeKind alert_static();

}  // namespace oneadapt
