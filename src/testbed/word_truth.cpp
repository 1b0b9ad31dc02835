#include <iterator>
#include <sstream>

#include "media/dataset.hpp"
#include "testbed/ground_truth.hpp"

namespace oneadapt {
namespace {

class WordTruth final : public GroundTruth {
  public:
    WordTruth(const ClipSpec& clip, const Sidecar& sidecar)
        : task_(find_task(sidecar.task)),
          sidecar_(sidecar),
          utterances_(load_transcript(*clip.labels)),
          start_s_(clip.start_s) {}

    double accuracy(const SegmentInfo& segment, const Output& delivered) const override {
        const double step = segment.duration.value / segment.frames;
        const Scoring scoring(sidecar_, delivered.threshold);
        double sum = 0;
        for (std::size_t i = 0; i < delivered.frames.size(); ++i) {
            const double from = start_s_ + segment.start.value + static_cast<double>(i) * step;
            sum += task_.accuracy(delivered.frames[i], spoken(from, from + step), scoring);
        }
        return sum / static_cast<double>(delivered.frames.size());
    }

  private:
    FrameOutput spoken(double from, double to) const {
        FrameOutput frame;
        for (const Utterance& utterance : utterances_) {
            const double middle = (utterance.start_s + utterance.end_s) / 2;
            if (middle < from || middle >= to) continue;
            std::istringstream text(utterance.text);
            std::copy(std::istream_iterator<std::string>(text), {},
                      std::back_inserter(frame.words));
        }
        return frame;
    }

    const Task& task_;
    const Sidecar& sidecar_;
    std::vector<Utterance> utterances_;
    double start_s_;
};

}  // namespace

std::unique_ptr<GroundTruth> word_truth(const ClipSpec& clip, const Sidecar& sidecar,
                                        cv::Size /*size*/) {
    return std::make_unique<WordTruth>(clip, sidecar);
}

}  // namespace oneadapt
