#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

/// CASVA (Zhang et al., INFOCOM'22): an agent on the camera, trained offline by reinforcement
/// learning (PPO with a dual clip), chooses each segment's configuration from what the camera knows
/// by itself, without a word from the server. Published: it trades accuracy against lag, either
/// latency-first or delivery-first.
///
/// `variant=published` plays a policy that tools/train_casva.py trained over the protocol of
/// docs/external.md; `policy` says which: casva-latency.pt prices a second of delay at 0.5 of
/// accuracy, casva-delivery.pt at 0.05. It sees the goal's weight as well, so that one policy draws
/// a frontier. What it sees of the segment at hand is its encode as the last one was played, which
/// is charged where it is not what is then sent.
///
/// `variant=oneadapt-paper` is what OneAdapt's authors compared with under the name: no learning,
/// but the profile of a coarse grid on the first segment, kept until the budget of extra inferences
/// has paid for it, which no clip of theirs was long enough for.
SchemeKind casva();

}  // namespace oneadapt
