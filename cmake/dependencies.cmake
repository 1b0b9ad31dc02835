# Everything here comes from Debian's packages (tools/setup.sh); LibTorch alone may be a newer one,
# named through CMAKE_PREFIX_PATH.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenCV REQUIRED COMPONENTS core imgproc video imgcodecs)  # imgcodecs: tests alone
include(cmake/torch.cmake)
find_package(CLI11 REQUIRED)
find_package(PNG REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
pkg_check_modules(LIBAV REQUIRED IMPORTED_TARGET
    libavcodec libavformat libavfilter libavutil libswresample libswscale)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(DRACO REQUIRED IMPORTED_TARGET draco)
pkg_check_modules(LZF REQUIRED IMPORTED_TARGET liblzf)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
pkg_check_modules(ESPEAK REQUIRED IMPORTED_TARGET espeak-ng)
find_path(FLITE_INCLUDE_DIR flite/flite.h REQUIRED)
find_path(ASIO_INCLUDE_DIR asio/thread_pool.hpp REQUIRED)

find_package(SQLiteCpp REQUIRED)

# TORCH_CXX_FLAGS carries the C++ ABI that LibTorch was built with.
string(APPEND CMAKE_CXX_FLAGS " ${TORCH_CXX_FLAGS}")

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

if(ONEADAPT_TIDY)
    find_program(CLANG_TIDY clang-tidy REQUIRED)
    set(CMAKE_CXX_CLANG_TIDY ${CLANG_TIDY} --quiet)
endif()

if(ONEADAPT_SANITIZE)
    # GCC, when it sanitizes, believes that some standard classes read what was never set.
    add_compile_options(-fsanitize=${ONEADAPT_SANITIZE} -fno-omit-frame-pointer
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    add_link_options(-fsanitize=${ONEADAPT_SANITIZE})
endif()

if(ONEADAPT_FUZZ)
    # A finding of UndefinedBehaviorSanitizer ends the fuzzer, as every other does.
    add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize-recover=all)
endif()

# flite brings no CMake package; its voices are libraries of their own.
add_library(flite INTERFACE)
target_include_directories(flite SYSTEM INTERFACE ${FLITE_INCLUDE_DIR})
target_link_libraries(flite INTERFACE
    -lflite_cmu_us_awb -lflite_cmu_us_kal -lflite_cmu_us_kal16 -lflite_cmu_us_rms
    -lflite_cmu_us_slt -lflite_usenglish -lflite_cmulex -lflite)

add_library(asio INTERFACE)
target_include_directories(asio SYSTEM INTERFACE ${ASIO_INCLUDE_DIR})
target_compile_definitions(asio INTERFACE ASIO_STANDALONE)
if(ONEADAPT_SANITIZE MATCHES thread)
    # ThreadSanitizer does not see Asio's memory fences; the locks beside them it does.
    target_compile_options(asio INTERFACE -Wno-tsan)
endif()
