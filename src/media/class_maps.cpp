#include "media/class_maps.hpp"

#include "support/module.hpp"

namespace oneadapt {

double each_class_map(const std::filesystem::path& file, const ClassMapVisitor& visit) {
    using Decode = double(const std::filesystem::path&, const ClassMapVisitor&);
    return module_function<Decode>("oneadapt-libav", "oneadapt_decode_class_maps")(file, visit);
}

}  // namespace oneadapt
