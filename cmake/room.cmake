# A room of the house (a folder of src/) is one static library, named after it.
#   oneadapt_room(NAME codec SOURCES a.cpp b.cpp LINK media knobs)
add_library(oneadapt_warnings INTERFACE)
target_compile_options(oneadapt_warnings INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Werror)

function(oneadapt_room)
    cmake_parse_arguments(ROOM "" "NAME" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
    add_library(${ROOM_NAME} STATIC ${ROOM_SOURCES})
    target_include_directories(${ROOM_NAME} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${ROOM_NAME}
        PUBLIC ${ROOM_LINK}
        PRIVATE oneadapt_warnings ${ROOM_PRIVATE_LINK})
endfunction()

# One test executable per room, run by CTest as a whole: to start a program with LibTorch in it costs
# half a second, more than most cases. SHARDS cuts a long one into parts that run side by side; SLOW
# ones carry the label `slow`.
#   oneadapt_test(NAME codec_test SOURCES codec_test.cpp LINK codec [SHARDS 4] [SLOW])
function(oneadapt_test)
    cmake_parse_arguments(TEST "SLOW" "NAME;SHARDS" "SOURCES;LINK" ${ARGN})
    add_executable(${TEST_NAME} ${TEST_SOURCES})
    target_include_directories(${TEST_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(${TEST_NAME}
        PRIVATE oneadapt_warnings ${TEST_LINK} GTest::gmock GTest::gtest_main)
    target_compile_definitions(${TEST_NAME} PRIVATE
        ONEADAPT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ONEADAPT_BINARY_DIR="${PROJECT_BINARY_DIR}")
    set(label fast)
    if(TEST_SLOW)
        set(label slow)
    endif()
    set(suppressions LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/leaks.supp)
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
