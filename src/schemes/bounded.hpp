#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

/// A bounded update of OneAdapt's gradient: the estimate's size, relative to its long-run mean, is
/// weighed against the bytes saved, and a knob moves at most half a step towards cheap and one
/// towards expensive per segment.
SchemeKind oneadapt_bounded();

/// The bounded update on plain pixel difference: OneAdapt without a DNN, and without its cost.
SchemeKind pixel_difference();

}  // namespace oneadapt
