#include <iterator>
#include <sstream>

#include "dnn/ground_truth.hpp"
#include "media/dataset.hpp"

namespace oneadapt {
namespace {

class WordTruth final : public GroundTruth {
  public:
    WordTruth(const ClipSpec& clip, const Sidecar& sidecar)
        : GroundTruth(clip, sidecar), transcript_(load_transcript(*clip.labels)) {}

  private:
    double of_frame(const FrameOutput& delivered, double from, double to,
                    const Scoring& scoring) const override {
        return task().accuracy(delivered, spoken(from, to), scoring);
    }

    FrameOutput spoken(double from, double to) const {
        FrameOutput frame;
        for (const Utterance& utterance : transcript_.utterances) {
            const double middle = (utterance.start_s + utterance.end_s) / 2;
            if (middle < from || middle >= to) continue;
            std::istringstream text(utterance.text);
            std::copy(std::istream_iterator<std::string>(text), {},
                      std::back_inserter(frame.words));
        }
        return frame;
    }

    double end_s() const override { return transcript_.seconds; }
    double slack_s() const override { return 0.1; }
    std::string remedy() const override {
        return "write down the rest; if nothing more is said, let its key 'seconds' say how far it "
               "goes";
    }

    Transcript transcript_;
};

}  // namespace

std::unique_ptr<GroundTruth> word_truth(const ClipSpec& clip, const Sidecar& sidecar,
                                        cv::Size /*size*/) {
    return std::make_unique<WordTruth>(clip, sidecar);
}

}  // namespace oneadapt
