#include "measure/gflop.hpp"

#include "measure/stored.hpp"
#include "trace/fields.hpp"

namespace oneadapt {
namespace {

struct Work {
    double gflop = 0;
};

Bytes to_bytes(const Work& work) {
    return FieldWriter().put(work.gflop).finish();
}

void from_bytes(std::span<const std::byte> bytes, Work& work) {
    FieldReader in(bytes);
    work.gflop = in.get<double>();
    in.finish();
}

// Until it had this name, the convolutions of traced models were not counted.
constexpr const char* kKind = "gflop with traced convolutions";

template <class Count>
double gflop_of(const Hash128& identity, cv::Size size, Trace& trace, const Count& count) {
    const Hash128 key = Hasher().add(identity).add(size.width).add(size.height).finish();
    return stored<Work>(trace, kKind, key, [&] { return Work{count()}; })->gflop;
}

}  // namespace

double forward_gflop(const Dnn& dnn, cv::Size size, Trace& trace) {
    return gflop_of(dnn.identity, size, trace, [&] { return dnn.model().gflop(size, dnn.exit); });
}

double forward_gflop(const Auxiliary& auxiliary, cv::Size size, Trace& trace) {
    return gflop_of(auxiliary.identity, size, trace,
                    [&] { return auxiliary.network().gflop(size); });
}

}  // namespace oneadapt
