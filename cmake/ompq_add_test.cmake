find_package(GTest REQUIRED)
include(GoogleTest)

# ompq_add_test(NAME LABELS unit|golden|e2e|real|gpu [LIBS ompq::base|ompq::ompq])
# builds NAME.cpp of the current folder and registers each of its tests.
function(ompq_add_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "LABELS;LIBS" ${ARGN})
  if(NOT ARG_LIBS)
    set(ARG_LIBS ompq::base)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${name}.cpp)
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} ompq_test_support GTest::gtest GTest::gmock GTest::gtest_main)
  ompq_set_warnings(${name})
  gtest_discover_tests(
    ${name}
    PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60)
endfunction()
