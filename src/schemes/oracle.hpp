#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

/// The best configuration of each block of `window` segments on the objective accuracy - weight x
/// relative bandwidth, known in advance and for free. No scheme beats it on its own objective.
SchemeKind oracle();

/// The oracle over blocks of ten segments: per-segment oracles mostly fit the noise of F1. With a
/// window of the whole clip it is the best static configuration of each clip, where `static` on all
/// clips is the best for all.
SchemeKind oracle_static();

/// The configuration that was best over the previous segments, found for free and at once: what a
/// profiler could reach if profiling cost nothing.
SchemeKind free_profiler();

}  // namespace oneadapt
