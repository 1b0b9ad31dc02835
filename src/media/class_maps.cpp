#include "media/class_maps.hpp"

#include "support/module.hpp"

namespace oneadapt {

void each_class_map(const std::filesystem::path& file, const ClassMapVisitor& visit) {
    using Decode = void(const std::filesystem::path&, const ClassMapVisitor&);
    module_function<Decode>("oneadapt-libav", "oneadapt_decode_class_maps")(file, visit);
}

}  // namespace oneadapt
