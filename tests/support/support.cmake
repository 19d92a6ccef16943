# Helpers that the tests of several folders share; included by each folder that uses them.
include_guard(GLOBAL)
add_library(saltus_test_support STATIC
    ${CMAKE_CURRENT_LIST_DIR}/backends.cpp
    ${CMAKE_CURRENT_LIST_DIR}/event_driven.cpp
    ${CMAKE_CURRENT_LIST_DIR}/hdf5_file.cpp
    ${CMAKE_CURRENT_LIST_DIR}/moved_spikes.cpp
    ${CMAKE_CURRENT_LIST_DIR}/moved_states.cpp
    ${CMAKE_CURRENT_LIST_DIR}/networks.cpp
    ${CMAKE_CURRENT_LIST_DIR}/numbers.cpp
    ${CMAKE_CURRENT_LIST_DIR}/temporary_folder.cpp)
target_include_directories(saltus_test_support
    PUBLIC ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src
    PRIVATE ${HDF5_C_INCLUDE_DIRS} ${HDF5_INCLUDE_DIRS})
# Kernels that tests have compiled are kept for the next run of the same build.
target_compile_definitions(saltus_test_support PRIVATE
    SALTUS_TEST_CACHE="${PROJECT_BINARY_DIR}/test_kernels"
    SALTUS_ORACLE_DIR="${PROJECT_SOURCE_DIR}/tests/oracle")
target_link_libraries(saltus_test_support
    PUBLIC saltus_compilers saltus_connectivity saltus_initializers saltus_jit saltus_kernels
           saltus_metrics saltus_neurons saltus_readouts saltus_synapses
    PRIVATE saltus_settings ${HDF5_C_LIBRARIES})
