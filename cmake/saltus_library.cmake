# saltus_library(NAME SOURCES file... DEPENDS target... PRIVATE_DEPENDS target...)
# One static library for one folder of src/. A folder links only the folders it may include, so that
# an include in the wrong direction ends in an undefined symbol.
function(saltus_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name}
        PUBLIC ${PROJECT_SOURCE_DIR}/include
        PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${name}
        PUBLIC ${ARG_DEPENDS}
        PRIVATE saltus_settings ${ARG_PRIVATE_DEPENDS})
endfunction()

# saltus_test(NAME SOURCES file... DEPENDS target...)
# A GoogleTest program whose cases CTest lists one by one.
function(saltus_test name)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
    saltus_test_headers()
    add_executable(${name} ${ARG_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${name} PRIVATE
        SALTUS_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    # Their time is that of the compiler.
    target_compile_options(${name} PRIVATE -O1)
    target_precompile_headers(${name} REUSE_FROM saltus_test_headers)
    target_link_libraries(${name} PRIVATE saltus_settings ${ARG_DEPENDS} fmt::fmt GTest::gtest GTest::gmock
        GTest::gtest_main)
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60)
endfunction()

# Headers that most tests include, which take half of the time of compiling them, compiled once.
function(saltus_test_headers)
    if(TARGET saltus_test_headers)
        return()
    endif()
    # A program like the tests, so that it is compiled with the same flags.
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/test_headers.cpp CONTENT "int main() {}\n")
    add_executable(saltus_test_headers ${PROJECT_BINARY_DIR}/test_headers.cpp)
    target_include_directories(saltus_test_headers PRIVATE ${PROJECT_SOURCE_DIR}/include)
    target_compile_options(saltus_test_headers PRIVATE -O1)
    target_link_libraries(saltus_test_headers PRIVATE saltus_settings fmt::fmt GTest::gtest GTest::gmock)
    target_precompile_headers(saltus_test_headers PRIVATE
        <algorithm> <cmath> <cstdint> <filesystem> <fstream> <functional> <limits> <map> <memory> <optional>
        <random> <set> <span> <string> <vector> <fmt/format.h> <fmt/ranges.h> <gmock/gmock.h> <gtest/gtest.h>
        <saltus/compilers/e_prop_compiler.hpp> <saltus/compilers/event_prop_compiler.hpp>
        <saltus/compilers/inference_compiler.hpp> <saltus/compilers/surrogate_compiler.hpp>
        <saltus/network/network.hpp>)
endfunction()
