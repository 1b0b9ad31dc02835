#include "schemes/static_scheme.hpp"

namespace oneadapt {
namespace {

class StaticScheme final : public ConfigurationScheme {
  public:
    explicit StaticScheme(const SchemeSetting& setting) : fixed_(setting.fixed) {}

  private:
    Configuration decide(Testbed& /*testbed*/) override { return fixed_; }

    Configuration fixed_;
};

}  // namespace

SchemeKind static_scheme() {
    return {.name = "static",
            .summary = "one configuration for the whole clip; a row for each of the grid",
            .paper = "-",
            .needs = {.grid = true},
            .baseline = true,
            .yardstick = Yardstick::floor,
            .cells = cell_per_configuration,
            .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                return std::make_unique<StaticScheme>(setting);
            }};
}

}  // namespace oneadapt
