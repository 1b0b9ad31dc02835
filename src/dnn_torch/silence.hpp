#pragma once

#include <string>

#include <c10/util/Exception.h>
#include <torch/version.h>

namespace oneadapt {

/// While it lives, LibTorch's warnings in this thread are dropped: what a scripted model warns of
/// concerns those who train it.
class Silence {
  public:
    Silence() : guard_(&handler_) {}

  private:
#if TORCH_VERSION_MAJOR < 2
    struct Handler : c10::WarningHandler {
        void process(const c10::SourceLocation&, const std::string&, bool) override {}
    };
    using Guard = c10::Warning::WarningHandlerGuard;
#else
    struct Handler : c10::WarningHandler {
        void process(const c10::Warning&) override {}
    };
    using Guard = c10::WarningUtils::WarningHandlerGuard;
#endif

    Handler handler_;
    Guard guard_;
};

}  // namespace oneadapt
