#pragma once

#include <string>

namespace oneadapt {

/// Which of how many parts, counted from 0.
struct Shard {
    int index = 0;
    int count = 1;
};

/// Reads "INDEX/COUNT". Throws UsageError.
Shard shard_in(const std::string& text);

}  // namespace oneadapt
