#include "dnn/output.hpp"

#include <algorithm>

namespace oneadapt {

bool operator==(const FrameOutput& a, const FrameOutput& b) {
    return a.detections == b.detections && a.words == b.words &&
           a.classes.size() == b.classes.size() &&
           std::equal(a.classes.datastart, a.classes.dataend, b.classes.datastart,
                      b.classes.dataend);
}

}  // namespace oneadapt
