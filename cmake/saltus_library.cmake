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
    add_executable(${name} ${ARG_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${name} PRIVATE
        SALTUS_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    # Their time is that of the compiler.
    target_compile_options(${name} PRIVATE -O1)
    target_link_libraries(${name} PRIVATE saltus_settings ${ARG_DEPENDS} GTest::gtest GTest::gmock
        GTest::gtest_main)
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60)
endfunction()
