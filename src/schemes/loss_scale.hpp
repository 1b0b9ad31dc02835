#pragma once

#include <cmath>

namespace oneadapt {

/// What a change of what a DNN sees costs in accuracy: a scale, times the mean difference of its
/// pictures to some power. The scale is measured again and again; what it is now is the mean of
/// what was measured lately, drawn towards that of a long time, as if that had been measured for a
/// few segments more. A long time begins with a guess, since a first measurement may find nothing
/// to lose by chance.
class LossScale {
  public:
    struct Settings {
        double power = 1;
        double memory = 0.6;        ///< weight of each measurement against the one after it
        double long_memory = 0.99;  ///< the same of the mean of a long time
        double prior = 2;           ///< measurements that the mean of a long time counts as
        double guess = 0;           ///< measurements that the guess counts as in a long time
    };

    explicit LossScale(const Settings& settings) : settings_(settings) {}

    /// Takes in that a mean `difference` of 0 or more cost so much accuracy.
    void measured(double loss, double difference) {
        const double per_scale = std::pow(difference, settings_.power);
        lost_ = settings_.memory * lost_ + loss;
        for_ = settings_.memory * for_ + per_scale;
        long_lost_ = settings_.long_memory * long_lost_ + loss;
        long_for_ = settings_.long_memory * long_for_ + per_scale;
        weight_ = settings_.long_memory * weight_ + 1;
    }
    bool known() const { return weight_ > 0; }

    /// The loss of a mean difference of 0 or more; 0 while nothing was measured.
    double loss(double difference) const {
        if (!known() || difference <= 0) return 0;
        constexpr double kGuessed = 0.5;  // accuracy that what is measured costs
        const double mean_lost =
            (long_lost_ + settings_.guess * kGuessed) / (weight_ + settings_.guess);
        const double mean_for = long_for_ / weight_;
        const double per_scale = settings_.prior * mean_for + for_;
        if (per_scale <= 0) return 0;
        return (settings_.prior * mean_lost + lost_) / per_scale *
               std::pow(difference, settings_.power);
    }

  private:
    Settings settings_;
    double lost_ = 0;
    double for_ = 0;
    double long_lost_ = 0;
    double long_for_ = 0;
    double weight_ = 0;
};

}  // namespace oneadapt
