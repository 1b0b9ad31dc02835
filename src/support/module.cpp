#include "support/module.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "support/errors.hpp"
#include "support/hash.hpp"
#include "support/interface.hpp"
#include "support/program.hpp"

namespace oneadapt {
namespace {

std::filesystem::path module_file(const std::string& name) {
    const std::filesystem::path file = "lib" + name + ".so";
    const auto installed = program_folder().parent_path() / "lib" / "oneadapt-sim" / file;
    std::error_code unknown;
    return std::filesystem::exists(installed, unknown) ? installed : program_folder() / file;
}

}  // namespace

void* load_module(const std::string& name, const std::string& function) {
    const std::filesystem::path file = module_file(name);
    const auto refuse = [&](const std::string& problem) {
        throw InstallationError(
            file.string(), problem,
            "build it with cmake --build " + program_folder().string() + " --target " + name);
    };
    // Global, as if the program had been linked with what the module is linked with.
    void* const module = dlopen(file.c_str(), RTLD_LAZY | RTLD_GLOBAL);
    const auto symbol = [&](const std::string& wanted) {
        void* const found = module == nullptr ? nullptr : dlsym(module, wanted.c_str());
        if (found == nullptr) refuse(std::string("cannot be loaded: ") + dlerror());
        return found;
    };
    using Interface = const char*();
    const auto interface = reinterpret_cast<Interface*>(symbol("oneadapt_interface"));
    if (std::string_view(interface()) != kInterface) {
        refuse("was built from other headers than the program");
    }
    return symbol(function);
}

std::string module_state(const std::string& name) {
    // The linker's cache is written anew whenever a package brings a library.
    const std::filesystem::path files[] = {std::filesystem::canonical("/proc/self/exe"),
                                           module_file(name), "/etc/ld.so.cache"};
    Hasher hasher;
    for (const std::filesystem::path& file : files) {
        std::error_code missing;
        const auto changed = std::filesystem::last_write_time(file, missing);
        const auto size = std::filesystem::file_size(file, missing);
        hasher.add(file.string()).add(changed.time_since_epoch().count()).add(size);
    }
    for (const char* variable : {"LD_LIBRARY_PATH", "LD_PRELOAD"}) {
        const char* const value = std::getenv(variable);
        hasher.add(std::string_view(value == nullptr ? "" : value));
    }
    return hasher.finish().hex();
}

}  // namespace oneadapt
