#include "schemes/dds.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

#include "dnn/detect.hpp"
#include "schemes/region_masks.hpp"
#include "support/errors.hpp"

// DDS (Du et al., SIGCOMM'20). Published: the camera sends a batch of frames at low quality; the
// server's DNN finds objects, of which it is sure, and proposals, of which it is not; those that
// are small and lie apart from what it is sure of are fed back; the camera encodes these regions
// alone, the rest black, at high quality; the server pastes them over the frames and looks again;
// what counts is what it was sure of and what it found then. Segmentation: the regions where the
// two likeliest classes are close. Both passes, both ways and both inferences are paid for and take
// their time. A row for each configuration as the low quality; `--set dds.high` says which the high
// one is, the reference where nothing is said.
//
// Differences: a batch is a segment, and its frames share one set of regions, as in the code of
// OneAdapt's authors; the published controller that picks the pair of qualities is left to the
// rows.
//
// A proposal is a box with a score above 0.3, the floor of the detector that OneAdapt's authors
// used; of 0.05, 0.15 and 0.3 it also serves best on the embedded clips.
//
// OneAdapt's authors let the camera know the regions for nothing and look at one encode of the
// whole frame, the regions at high quality, without the bytes of the first pass, its results or its
// delay. Here `--set dds.variant=oneadapt-paper` plays that encode and that result alone, with a
// regional knob, whereas what it takes to know the regions is charged as it is to everyone.

namespace oneadapt {
namespace {

/// What a first pass leaves open, and how its answers join those of a second.
class Doubt {
  public:
    explicit Doubt(const Parameters& parameters)
        : confirm_(parameters.number("confirm")),
          largest_(parameters.number("largest")),
          overlap_(parameters.number("overlap")),
          enlarge_(parameters.number("enlarge")),
          merge_(parameters.number("merge")),
          unsure_(parameters.number("unsure")) {}

    /// The regions to look at again, those of all frames together.
    RegionMask regions(const Output& seen, const Proposals& proposals,
                       const RegionGrid& grid) const {
        RegionMask mask = no_regions(grid);
        cv::Mat uncertainty;
        for (std::size_t i = 0; i < proposals.frames.size(); ++i) {
            const FrameProposals& frame = proposals.frames[i];
            const auto sure = confirmed(seen, i);
            for (const Detection& box : frame.boxes) {
                if (!open(box, sure, grid)) continue;
                mark_touched(mask,
                             grown(box, enlarge_ * static_cast<double>(box.x2 - box.x1),
                                   enlarge_ * static_cast<double>(box.y2 - box.y1)),
                             grid);
            }
            if (frame.uncertainty.empty()) continue;
            uncertainty = uncertainty.empty() ? frame.uncertainty.clone()
                                              : cv::Mat(uncertainty + frame.uncertainty);
        }
        if (!uncertainty.empty()) {
            mark_unsure(mask, uncertainty / static_cast<double>(proposals.frames.size()), grid);
        }
        return mask;
    }

    /// What the first pass was sure of and what the second found, of boxes that overlap the better;
    /// of class maps the second's in the regions that it was asked for.
    Output merged(const Output& first, const Output& second, const RegionMask& asked,
                  const RegionGrid& grid) const {
        Output both = second;
        for (std::size_t i = 0; i < both.frames.size(); ++i) {
            FrameOutput& frame = both.frames[i];
            frame.detections = joined(confirmed(first, i), frame.detections);
            if (!frame.classes.empty()) {
                frame.classes = patched(first.frames[i].classes, frame.classes, asked, grid);
            }
        }
        return both;
    }

    /// Takes the regions of what the first pass was sure of out of the mask.
    void leave_out_confirmed(RegionMask& mask, const Output& seen, const RegionGrid& grid) const {
        RegionMask sure = no_regions(grid);
        for (std::size_t i = 0; i < seen.frames.size(); ++i) {
            for (const Detection& box : confirmed(seen, i)) mark_touched(sure, box, grid);
        }
        for (std::size_t r = 0; r < mask.size(); ++r) mask[r] = mask[r] && !sure[r];
    }

  private:
    std::vector<Detection> confirmed(const Output& seen, std::size_t frame) const {
        const double bound = confirm_ > 0 ? confirm_ : seen.threshold.value_or(0.5);
        std::vector<Detection> sure;
        std::ranges::copy_if(seen.frames[frame].detections, std::back_inserter(sure),
                             [&](const Detection& box) { return box.score > bound; });
        return sure;
    }

    bool open(const Detection& box, const std::vector<Detection>& sure,
              const RegionGrid& grid) const {
        return share_of_frame(box, grid) <= largest_ &&
               std::ranges::none_of(sure, [&](const Detection& known) {
                   return intersection_over_union(box, known) > overlap_;
               });
    }

    void mark_unsure(RegionMask& mask, const cv::Mat& uncertainty, const RegionGrid& grid) const {
        for (int row = 0; row < uncertainty.rows; ++row) {
            for (int column = 0; column < uncertainty.cols; ++column) {
                if (uncertainty.at<float>(row, column) <= unsure_) continue;
                mask.at(static_cast<std::size_t>(grid.of_tile.at<int>(row, column))) = true;
            }
        }
    }

    std::vector<Detection> joined(const std::vector<Detection>& sure,
                                  const std::vector<Detection>& found) const {
        std::vector<Candidate> all;
        for (const auto* boxes : {&found, &sure}) {
            for (const Detection& box : *boxes) {
                all.push_back({box, static_cast<std::int64_t>(all.size())});
            }
        }
        std::vector<Detection> kept;
        for (const Candidate& candidate : suppress(std::move(all), merge_)) {
            kept.push_back(candidate.detection);
        }
        return kept;
    }

    static cv::Mat patched(const cv::Mat& first, const cv::Mat& second, const RegionMask& asked,
                           const RegionGrid& grid) {
        cv::Mat map = first.clone();
        for (int row = 0; row < map.rows; ++row) {
            for (int column = 0; column < map.cols; ++column) {
                const int region = grid.of_tile.at<int>(row * grid.of_tile.rows / map.rows,
                                                        column * grid.of_tile.cols / map.cols);
                if (!asked.at(static_cast<std::size_t>(region))) continue;
                map.at<std::uint8_t>(row, column) = second.at<std::uint8_t>(row, column);
            }
        }
        return map;
    }

    double confirm_;
    double largest_;
    double overlap_;
    double enlarge_;
    double merge_;
    double unsure_;
};

class Dds final : public Scheme {
  public:
    explicit Dds(const SchemeSetting& setting)
        : low_(setting.fixed),
          high_(second(setting)),
          space_(setting.space),
          one_encode_(!setting.parameters.published()),
          floor_(setting.parameters.number("proposals")),
          doubt_(setting.parameters) {}

    Delivery play(Testbed& testbed) override {
        Server& server = testbed.server();
        Link& link = testbed.link();
        const Played cheap = play_configuration(testbed, low_);
        if (low_ == high_) return cheap.delivery();
        const auto proposals = server.propose(cheap.received, testbed.dnn(low_), floor_);
        const Output& first = server.read(cheap.output);
        RegionMask mask = doubt_.regions(first, server.read(proposals), testbed.regions());
        if (one_encode_) doubt_.leave_out_confirmed(mask, first, testbed.regions());
        if (std::ranges::none_of(mask, std::identity())) return cheap.delivery();

        // A bit for each region.
        const auto asked =
            link.down(server.make(mask), static_cast<std::int64_t>(mask.size() + 7) / 8);
        if (one_encode_) {
            const Played played = play_configuration(
                testbed, with_regions(space_, low_, high_, testbed.camera().read(asked)));
            return Delivery::of(played.output, low_);
        }
        const EncodePlan again(high_, testbed.camera().read(asked));
        const auto better = link.up(testbed.camera().encode(again));
        const auto second = server.infer(server.paste(cheap.received, better), testbed.dnn(high_));
        return Delivery::of(
            server.make(doubt_.merged(first, server.read(second), mask, testbed.regions())), low_);
    }

  private:
    /// So many values of each knob below the best, and never below the first pass.
    static Configuration second(const SchemeSetting& setting) {
        const auto below = static_cast<std::size_t>(setting.parameters.whole("high"));
        Indices indices = setting.space.indices(setting.fixed);
        for (std::size_t& index : indices) index = std::min(index, below);
        return setting.space.at(indices);
    }

    Configuration low_;
    Configuration high_;
    const KnobSpace& space_;
    bool one_encode_;  ///< of the whole frame, in place of a second pass of regions alone
    double floor_;
    Doubt doubt_;
};

}  // namespace

SchemeKind dds() {
    return {
        .name = "dds",
        .summary =
            "low quality first, then what the server is unsure of at the best; a row for each "
            "low quality",
        .paper = "DDS, SIGCOMM'20",
        .claim = "up to 59 % less bandwidth",
        .needs = {.places = true},
        .by_default = false,
        .parameters =
            {variant_parameter(),
             {"high",
              0.0,
              "how many values of each knob the second pass lies below the best",
              0,
              1e3,
              {}},
             {"proposals", 0.3, "score above which a box is a proposal", 0, 1, {}},
             {"confirm",
              0.0,
              "score above which a result is final; 0 = the DNN's threshold",
              0,
              1,
              {}},
             {"largest", 0.04, "share of the frame up to which a proposal is fed back", 0, 1, {}},
             {"overlap",
              0.3,
              "IoU with a final result up to which a proposal is fed back",
              0,
              1,
              {}},
             {"enlarge", 0.0, "of its sides that a proposal grows by on each side", 0, 100, {}},
             {"merge", 0.3, "IoU above which the results of two passes are one object", 0, 1, {}},
             {"unsure",
              0.3,
              "class maps: mean of 1 - the lead of the likeliest class above which a region is fed "
              "back",
              0,
              1,
              {}}},
        .cells = cell_per_configuration,
        .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
            return std::make_unique<Dds>(setting);
        },
        .adjust =
            [](Needs needs, const Parameters& parameters) {
                needs.regions = !parameters.published();
                return needs;
            }};
}

}  // namespace oneadapt
