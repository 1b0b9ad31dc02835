#pragma once

#include "measure/encode.hpp"
#include "measure/lab.hpp"
#include "measure/recipe.hpp"

namespace oneadapt {

/// What it costs to encode on the server what it has (Recipe::again), and what that changes in what
/// the DNN sees there.
struct Transcode {
    using Value = Encoding;
    static constexpr const char* kName = "transcoding";

    Recipe recipe;

    void key(Hasher& hasher, const Lab& lab) const;
    Encoding measure(Lab& lab) const;

    static constexpr auto* outline = Encode::outline;
    static constexpr auto* sketch = Encode::sketch;
    static constexpr auto* sign = Encode::sign;
};

}  // namespace oneadapt
