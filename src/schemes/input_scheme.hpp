#pragma once

#include <map>
#include <string>
#include <vector>

#include "schemes/scheme.hpp"

namespace oneadapt {

/// One input that waits for its DNN.
struct Input {
    SimSeconds left;      ///< to its deadline: what is left of a shared one, split evenly
    SimSeconds period;    ///< until the next one, on average
    double energy_j = 0;  ///< its part of the goal's energy; infinite without one
};

/// Base of schemes that choose a DNN and a power cap for each input: for each frame that was sent,
/// one after the other. The inputs of a segment share its deadline. The camera sends the reference
/// configuration unless the scheme says otherwise.
class InputScheme : public Scheme {
  public:
    explicit InputScheme(const SchemeSetting& setting)
        : space_(setting.space), goal_(setting.goal) {}

    Delivery play(Testbed& testbed) final;

  protected:
    virtual Configuration send(Testbed& testbed);
    /// Called when the server has the input.
    virtual DnnId choose(Testbed& testbed, const Input& input) = 0;
    /// Called after each input.
    virtual void learn(Testbed& testbed, DnnId chosen);
    /// Called when the whole segment is analysed.
    virtual void finish(Testbed& testbed, const Configuration& sent,
                        const OnServer<Received>& received);

    const KnobSpace& space() const { return space_; }
    const Goal& goal() const { return goal_; }
    /// The offline profile, read on first use.
    const std::vector<DnnProfile>& profile(const Testbed& testbed);

  private:
    std::string label(const Testbed& testbed, Configuration sent, DnnId chosen);

    const KnobSpace& space_;
    Goal goal_;
    std::vector<DnnProfile> profile_;
};

/// The DNNs that can be chosen, by `which`: all, traditional or anytime. Throws UsageError when
/// there is none; InputError when the profile does not have one's accuracy.
enum class Which { all, traditional, anytime };
std::vector<DnnId> dnns_of(const std::vector<DnnProfile>& profile, Which which);

/// The one of those that takes longest, and the one that takes least; each at the highest cap.
DnnId largest(const std::vector<DnnProfile>& profile, const std::vector<DnnId>& among);
DnnId fastest(const std::vector<DnnProfile>& profile, const std::vector<DnnId>& among);
/// The same DNN at every cap.
std::vector<DnnId> same_dnn(const std::vector<DnnProfile>& profile, DnnId dnn);

}  // namespace oneadapt
