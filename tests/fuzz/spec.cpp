// Specs of runs, and experiments: the first byte chooses. What is read is written, and read, the
// same again.

#include <nlohmann/json.hpp>

#include "fuzz/fuzz.hpp"
#include "run/experiment.hpp"
#include "run/fields.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oneadapt;
    if (size == 0) return 0;
    return fuzz::parse([&] {
        const auto& file = fuzz::InputFile::with(fuzz::text(data + 1, size - 1));
        if (data[0] % 2 == 0) {
            const RunSpec spec = load_spec(file);
            const auto written = to_json(spec);
            fuzz::demand(spec_from_json(written, "again") == spec, "reads back the same");
            fuzz::demand(hash_of(spec_from_json(written, "again")) == hash_of(spec), "one hash");
        } else {
            const Experiment experiment = load_experiment(file);
            fuzz::demand(experiment_from_json(to_json(experiment), "again") == experiment,
                         "reads back the same");
        }
    });
}
