# A room of the house (a folder of src/) is one static library, named after it; what needs libraries
# that take long to load is a library of its own in the room. A library exports the headers of its
# own room alone, so that the includes of a room compile only where it is linked.
#   oneadapt_room(NAME codec SOURCES codec/a.cpp codec/b.cpp LINK media knobs)
add_library(oneadapt_warnings INTERFACE)
target_compile_options(oneadapt_warnings INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Werror)

# The folder in which `#include "ROOM/header.hpp"` finds the headers of the room of these sources.
function(oneadapt_room_includes result first_source)
    get_filename_component(room ${first_source} DIRECTORY)
    set(includes ${PROJECT_BINARY_DIR}/rooms/${room})
    file(MAKE_DIRECTORY ${includes})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/src/${room} ${includes}/${room} SYMBOLIC)
    set(${result} ${includes} PARENT_SCOPE)
endfunction()

function(oneadapt_room)
    cmake_parse_arguments(ROOM "" "NAME" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
    add_library(${ROOM_NAME} STATIC ${ROOM_SOURCES})
    list(GET ROOM_SOURCES 0 first)
    oneadapt_room_includes(includes ${first})
    target_include_directories(${ROOM_NAME} PUBLIC ${includes})
    target_link_libraries(${ROOM_NAME}
        PUBLIC ${ROOM_LINK}
        PRIVATE oneadapt_warnings ${ROOM_PRIVATE_LINK})
endfunction()

# Rooms whose headers programs and modules share, and that a module takes from its program.
set(ONEADAPT_SHARED_ROOMS support knobs media codec dnn)

# A module is what a program loads when it first needs it. It sees the rooms of OF, and takes what
# it needs of them from the program; LINK are libraries of its own, OBJECTS rooms that lie in it.
#   oneadapt_module(NAME oneadapt-torch SOURCES dnn_torch/a.cpp OF dnn support LINK torch)
function(oneadapt_module)
    cmake_parse_arguments(MODULE "" "NAME" "SOURCES;OF;OBJECTS;LINK" ${ARGN})
    set(globs ${ONEADAPT_SHARED_ROOMS})
    list(TRANSFORM globs REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/src/\\1/*.hpp")
    file(GLOB headers CONFIGURE_DEPENDS ${globs})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers})
    set(hashes)
    foreach(header ${headers})
        file(SHA256 ${header} hash)
        string(APPEND hashes ${hash})
    endforeach()
    string(SHA256 ONEADAPT_INTERFACE "${hashes}")
    configure_file(${PROJECT_SOURCE_DIR}/src/support/interface.hpp.in
        ${PROJECT_BINARY_DIR}/generated/support/interface.hpp)
    add_library(${MODULE_NAME} MODULE ${MODULE_SOURCES})
    list(GET MODULE_SOURCES 0 first)
    oneadapt_room_includes(includes ${first})
    target_include_directories(${MODULE_NAME} PRIVATE
        ${includes} ${PROJECT_BINARY_DIR}/generated)
    foreach(room ${MODULE_OF} ${MODULE_OBJECTS})
        target_include_directories(${MODULE_NAME} PRIVATE
            $<TARGET_PROPERTY:${room},INTERFACE_INCLUDE_DIRECTORIES>)
    endforeach()
    foreach(room ${MODULE_OBJECTS})
        set_target_properties(${room} PROPERTIES POSITION_INDEPENDENT_CODE ON)
        target_link_libraries(${MODULE_NAME} PRIVATE $<TARGET_OBJECTS:${room}>)
    endforeach()
    # What the program lacks shows when the module is loaded, not when it is first called.
    target_link_libraries(${MODULE_NAME} PRIVATE oneadapt_warnings ${MODULE_LINK} -Wl,-z,now)
endfunction()

# A program that can load modules: all of the shared rooms is in it, for them to find. The archives
# stand first and whole; where they are named again, as libraries, nothing is left to take.
function(oneadapt_loads_modules program)
    set(archives ${ONEADAPT_SHARED_ROOMS})
    list(TRANSFORM archives REPLACE "(.+)" "$<TARGET_FILE:\\1>")
    string(JOIN " " archives ${archives})
    set_target_properties(${program} PROPERTIES ENABLE_EXPORTS ON)
    target_link_options(${program} PRIVATE
        "SHELL:-Wl,--whole-archive ${archives} -Wl,--no-whole-archive")
    target_link_libraries(${program} PRIVATE ${ONEADAPT_SHARED_ROOMS})
    if(NOT ONEADAPT_SANITIZE AND NOT ONEADAPT_FUZZ)  # they watch memory by an allocator of theirs
        target_link_libraries(${program} PRIVATE allocator)
    endif()
    add_dependencies(${program} modules)
endfunction()

# One test executable per room, run by CTest as a whole. SHARDS cuts a long one into parts that run
# side by side; SLOW ones carry the label `slow`; LOADS_MODULES is for those that run DNNs or libav
# through the tables, as programs do.
#   oneadapt_test(NAME codec_test SOURCES codec_test.cpp LINK codec
#       [LOADS_MODULES] [SHARDS 4] [SLOW])
function(oneadapt_test)
    cmake_parse_arguments(TEST "SLOW;LOADS_MODULES" "NAME;SHARDS" "SOURCES;LINK" ${ARGN})
    add_executable(${TEST_NAME} ${TEST_SOURCES})
    target_include_directories(${TEST_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(${TEST_NAME}
        PRIVATE oneadapt_warnings ${TEST_LINK} GTest::gmock GTest::gtest_main)
    if(TEST_LOADS_MODULES)
        oneadapt_loads_modules(${TEST_NAME})
    endif()
    target_compile_definitions(${TEST_NAME} PRIVATE
        ONEADAPT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ONEADAPT_BINARY_DIR="${PROJECT_BINARY_DIR}")
    set(label fast)
    if(TEST_SLOW)
        set(label slow)
    endif()
    set(suppressions
        LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/leaks.supp:print_suppressions=0:use_tls=0)
    if(ONEADAPT_SANITIZE MATCHES address)
        # Too large a request throws, as it does without the sanitizer.
        list(APPEND suppressions ASAN_OPTIONS=allocator_may_return_null=1)
    endif()
    if(ONEADAPT_SANITIZE MATCHES thread)
        set(suppressions TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/races.supp)
    endif()
    set(shards 1)
    if(TEST_SHARDS)
        set(shards ${TEST_SHARDS})
    endif()
    foreach(shard RANGE 1 ${shards})
        math(EXPR index "${shard} - 1")
        add_test(NAME ${TEST_NAME}.${shard} COMMAND ${TEST_NAME})
        set_tests_properties(${TEST_NAME}.${shard} PROPERTIES
            LABELS ${label} TIMEOUT 1800
            ENVIRONMENT "${suppressions};GTEST_TOTAL_SHARDS=${shards};GTEST_SHARD_INDEX=${index}")
    endforeach()
endfunction()
