#include "dnn/auxiliary.hpp"

#include <algorithm>
#include <stdexcept>

#include "support/json.hpp"

namespace oneadapt {

const std::vector<AuxiliaryRole>& auxiliary_table() {
    static const std::vector<AuxiliaryRole> table = {
        {.name = "importance",
         .summary = "a camera's network that says how much each macroblock matters to the DNN",
         .tool = "tools/train_importance.py",
         .use = AuxiliaryUse::tiles},
        {.name = "enlarge",
         .summary = "a server's network that makes more of pictures sent at low resolution",
         .tool = "tools/train_enlarger.py",
         .use = AuxiliaryUse::picture},
    };
    return table;
}

const AuxiliaryRole& find_auxiliary(const std::string& role) {
    const auto& table = auxiliary_table();
    const auto found = std::ranges::find(table, role, &AuxiliaryRole::name);
    if (found == table.end()) throw std::logic_error("no role " + role);
    return *found;
}

std::filesystem::path auxiliary_path(const std::filesystem::path& model, const std::string& role) {
    return std::filesystem::path(model).replace_extension("." + role + ".pt");
}

std::string auxiliary_role(const std::filesystem::path& file) {
    const std::string last = file.stem().extension().string();
    for (const AuxiliaryRole& role : auxiliary_table()) {
        if (last == "." + role.name) return role.name;
    }
    return {};
}

Sidecar load_auxiliary_sidecar(const std::filesystem::path& network, const std::string& role,
                               const Sidecar& model) {
    Sidecar sidecar = model;
    sidecar.file = sidecar_path(network);
    const std::string where = sidecar.file.string();
    const nlohmann::json root = read_json(sidecar.file, kSidecarRole);
    check_keys(root, {"role", "source"}, where, kSidecarRole);
    check_among(required<std::string>(root, "role", where, kSidecarRole), {role},
                where + ": key 'role'", kSidecarRole);
    sidecar.source = optional_or<std::string>(root, "source", "", where, kSidecarRole);
    return sidecar;
}

}  // namespace oneadapt
