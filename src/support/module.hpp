#pragma once

#include <string>

namespace oneadapt {

/// Loads a module, a shared library that this program keeps out of its start: lib`name`.so beside
/// the program or, installed, in ../lib/oneadapt-sim. Returns the function of that name in it.
/// Throws InstallationError, naming the file and what is wrong, when it is missing, cannot be
/// loaded, or was built from other headers than this program: its oneadapt_interface() says which.
void* load_module(const std::string& name, const std::string& function);

/// load_module() for a function of that type.
template <class Function>
Function* module_function(const std::string& name, const std::string& function) {
    return reinterpret_cast<Function*>(load_module(name, function));
}

/// A hash in hex that changes when the program, the module or what the system knows of installed
/// libraries does, and so whenever versions of libraries may have; without loading any.
std::string module_state(const std::string& name);

}  // namespace oneadapt
