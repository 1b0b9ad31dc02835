#include "schemes/cloudseg.hpp"

// CloudSeg (Wang et al., HotCloud'19). Published: the camera sends frames at a half or a quarter of
// their resolution; the server makes them large again with a network that was trained for the loss
// of the analysis task, and analyses that. The network's work is the server's. A row for each
// configuration; where it sends the full resolution there is nothing to make larger. The network
// comes with the model (datasets/models/README.md); it sees the frames as the decoder scales them
// back, so that one network serves every scale. `--set cloudseg.network=none` leaves it out.
//
// Not done: the full frames that the paper now and then sends when those made large look wrong.
// OneAdapt's authors train the network's weights anew while it runs, and found no gain over
// CloudSeg.

namespace oneadapt {
namespace {

constexpr const char* kNone = "none";  ///< in place of the network

class CloudSeg final : public Scheme {
  public:
    explicit CloudSeg(const SchemeSetting& setting)
        : how_(setting.fixed),
          enlarges_(setting.parameters.word("network") != kNone && how_.get("resolution", 1) < 1) {}

    Delivery play(Testbed& testbed) override {
        auto received = testbed.link().up(testbed.camera().encode(how_));
        if (enlarges_) received = testbed.server().enlarge(received);
        return Delivery::of(testbed.server().infer(received, testbed.dnn(how_)), how_);
    }

  private:
    Configuration how_;
    bool enlarges_;
};

}  // namespace

SchemeKind cloudseg() {
    return {
        .name = "cloudseg",
        .summary = "low resolution up, super-resolution on the server; a row for each of the grid",
        .paper = "CloudSeg, HotCloud'19",
        .claim = "6.8 times less bandwidth",
        .needs = {.auxiliary = "enlarge", .knob = "resolution"},
        .by_default = false,
        .parameters = {{"network",
                        std::string("task"),
                        "what makes small frames large again, beside the scaler: the network "
                        "trained for the task, or none",
                        0,
                        0,
                        {"task", kNone}}},
        .cells = cell_per_configuration,
        .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
            return std::make_unique<CloudSeg>(setting);
        },
        .adjust =
            [](Needs needs, const Parameters& parameters) {
                if (parameters.word("network") == kNone) needs.auxiliary.clear();
                return needs;
            }};
}

}  // namespace oneadapt
