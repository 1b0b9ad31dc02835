# LibTorch: Debian's, or a newer one through CMAKE_PREFIX_PATH (an unpacked libtorch, or
# `python -c "import torch; print(torch.utils.cmake_prefix_path)"`). Sets TORCH_LIBRARIES and
# TORCH_CXX_FLAGS.
#
# The CMake package of a CUDA build insists on an installed CUDA toolkit, and on a CMake that knows
# that toolkit. We compile no CUDA code, so such a build is linked by its libraries alone.
find_library(ONEADAPT_TORCH_CUDA torch_cuda PATH_SUFFIXES lib ../../lib)

# Newer LibTorches carry an fmt of their own among their headers; ours must be found first, and
# /usr/include itself cannot be moved to the front.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/before_torch)
file(CREATE_LINK /usr/include/fmt ${PROJECT_BINARY_DIR}/before_torch/fmt SYMBOLIC)
include_directories(BEFORE SYSTEM ${PROJECT_BINARY_DIR}/before_torch)

if(NOT ONEADAPT_TORCH_CUDA)
    find_package(Torch REQUIRED)
    return()
endif()

get_filename_component(lib ${ONEADAPT_TORCH_CUDA} DIRECTORY)
get_filename_component(prefix ${lib} DIRECTORY)
file(STRINGS ${prefix}/share/cmake/Torch/TorchConfig.cmake old_abi
    REGEX "_GLIBCXX_USE_CXX11_ABI=0")
if(old_abi)
    message(FATAL_ERROR "LibTorch in ${prefix} has the old C++ ABI, which Debian's OpenCV and fmt "
        "cannot be linked with; take a wheel of torch 2.6 or newer, or a libtorch download whose "
        "name has cxx11-abi")
endif()
message(STATUS "Found Torch with CUDA: ${prefix}")
add_library(torch INTERFACE)
target_include_directories(torch SYSTEM INTERFACE
    ${prefix}/include ${prefix}/include/torch/csrc/api/include)
# Nothing refers to the CUDA library by name: it makes itself known when it is loaded.
target_link_libraries(torch INTERFACE
    -Wl,--push-state,--no-as-needed
    ${lib}/libtorch.so ${lib}/libtorch_cpu.so ${ONEADAPT_TORCH_CUDA} ${lib}/libc10_cuda.so
    ${lib}/libc10.so
    -Wl,--pop-state)
set(TORCH_LIBRARIES torch)
set(TORCH_CXX_FLAGS "")
