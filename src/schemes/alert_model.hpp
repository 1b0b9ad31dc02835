#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace oneadapt {

/// Constants of ALERT's filters. The published ones by default; which of them are uncertain, and
/// what this project found of them, stands in docs/schemes.md.
struct AlertConstants {
    double forgetting = 0.3;               ///< alpha, of the process noise
    double least_noise = 0.1;              ///< Q(0), of the process; it falls no lower
    double measurement_noise = 0.001;      ///< R
    double first_gain = 0.5;               ///< K(0)
    double first_variance = 0.1;           ///< sigma(0), a variance
    double idle_variance = 0.01;           ///< M(0)
    double idle_process_noise = 1e-4;      ///< S
    double idle_measurement_noise = 1e-3;  ///< N_v
};

/// ALERT's estimate of the global slowdown (Wan et al., ATC'20, section 3.3): a Kalman filter of a
/// random walk whose process noise follows the innovations.
class SlowdownFilter {
  public:
    explicit SlowdownFilter(const AlertConstants& constants)
        : constants_(constants),
          noise_(constants.least_noise),
          gain_(constants.first_gain),
          variance_(constants.first_variance) {}

    /// Takes in a measured latency over the profile's.
    void update(double ratio);

    double mean() const { return mean_; }
    double variance() const { return variance_; }

  private:
    AlertConstants constants_;
    double noise_;
    double gain_;
    double mean_ = 1;
    double variance_;
    double innovation_ = 0;  ///< of the last update
};

/// ALERT's estimate of idle power over power while inferring.
class IdleFilter {
  public:
    IdleFilter(const AlertConstants& constants, double first)
        : constants_(constants), variance_(constants.idle_variance), ratio_(first) {}

    void update(double ratio);
    double ratio() const { return ratio_; }

  private:
    AlertConstants constants_;
    double variance_;
    double ratio_;
};

/// What a run of a DNN may be stopped after with a result.
struct Stage {
    double seconds = 0;   ///< from its start, undisturbed
    double accuracy = 0;  ///< of the result
};

/// A DNN at a power cap: a traditional one has one stage, an anytime one a stage for each exit.
struct AlertCandidate {
    std::size_t dnn = 0;  ///< what it is to whoever chooses
    std::vector<Stage> stages;
    double watts = 0;

    double seconds() const { return stages.back().seconds; }
    bool anytime() const { return stages.size() > 1; }
};

/// What is believed of the input at hand.
struct AlertBelief {
    double slowdown = 1;
    double deviation = 0;  ///< standard, of the slowdown; 0 = it is known
    double idle_ratio = 0;
    double left = 0;     ///< seconds to the deadline
    double period = 0;   ///< seconds to the next input; what is idle of it draws idle power
    double failure = 0;  ///< accuracy where no stage is finished in time
};

/// Probability that work of that many seconds, undisturbed, is finished in `left`.
double finish_probability(double seconds, const AlertBelief& belief);

/// Expected accuracy: sum over stages of accuracy times the probability that it is the last one
/// finished, and `failure` where none is.
double expected_accuracy(const AlertCandidate& candidate, const AlertBelief& belief);

/// Expected energy of the device in a period: while inferring, until the work is done or the
/// deadline stops it, and idle for the rest.
double expected_energy(const AlertCandidate& candidate, const AlertBelief& belief);

/// What is to be kept: one of them.
struct AlertGoal {
    std::optional<double> min_accuracy;
    std::optional<double> max_energy_j;
};

/// What is expected of a candidate.
struct Prospect {
    double accuracy = 0;
    double energy = 0;
    std::size_t dnn = 0;
};

std::vector<Prospect> prospects(std::span<const AlertCandidate> candidates,
                                const AlertBelief& belief);

/// The place of the prospect that is best: of those that keep the accuracy the one of least energy;
/// of those that keep to the energy the one of most accuracy. Where none keeps the accuracy, the
/// one of most accuracy; where none keeps to the energy, of those within `near` of the most
/// accuracy the one of least energy: the deadline comes before accuracy, accuracy before energy. Of
/// equals the other figure decides, then the smaller DNN number, so that their order means nothing.
/// There must be one.
std::size_t choose(std::span<const Prospect> prospects, const AlertGoal& goal, double near);

/// Whether no candidate is expected to have any result in time although there is time left. Only a
/// result can correct such a belief, so whoever holds it runs the quickest(): the deadline comes
/// before accuracy and energy.
bool hopeless(std::span<const Prospect> prospects, const AlertBelief& belief);

/// The candidate whose first result takes the least time; of equals the one of the smaller DNN
/// number. There must be one.
const AlertCandidate& quickest(std::span<const AlertCandidate> candidates);

/// Goal for the next input that makes the mean over `window` inputs keep `goal`, given the
/// accuracies that the last ones achieved (the newest last), within [0,1].
double windowed_goal(double goal, std::size_t window, std::span<const double> achieved);

}  // namespace oneadapt
