// Manifests of clips, labels, boxes in space and transcripts; the first byte chooses.

#include <cmath>

#include "fuzz/fuzz.hpp"
#include "media/dataset.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oneadapt;
    if (size == 0) return 0;
    return fuzz::parse([&] {
        const auto& file = fuzz::InputFile::with(fuzz::text(data + 1, size - 1));
        switch (data[0] % 4) {
            case 0:
                for (const ClipSpec& clip : load_dataset(file).clips) {
                    fuzz::demand(std::isfinite(clip.start_s) && clip.start_s >= 0, "a start");
                    fuzz::demand(clip.duration_s.value_or(1) > 0, "a duration");
                }
                break;
            case 1: {
                const Labels labels = load_labels(file);
                fuzz::demand(labels.fps > 0 && !labels.size.empty(), "a rate and a size");
                break;
            }
            case 2:
                fuzz::demand(load_boxes3d(file).fps > 0, "a rate");
                break;
            default: {
                const Transcript transcript = load_transcript(file);
                double start = 0;  // two may speak at once
                for (const Utterance& said : transcript.utterances) {
                    fuzz::demand(said.start_s >= start && said.end_s >= said.start_s, "in order");
                    start = said.start_s;
                }
                fuzz::demand(std::isfinite(transcript.seconds) && transcript.seconds >= 0,
                             "a length");
            }
        }
    });
}
