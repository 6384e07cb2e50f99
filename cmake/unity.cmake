# The release preset joins files before it compiles them (CMAKE_UNITY_BUILD), which
# takes less than half the time; the presets for developers compile each alone.
#
# ompq_compile_alone(TARGET FILE...): files of the current folder that cannot be
# joined, because they read themselves once for each instruction set.
function(ompq_compile_alone target)
  set_source_files_properties(
    ${ARGN} TARGET_DIRECTORY ${target} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# ompq_quiet_joined_files(TARGET): GCC 12 warns of the standard library's own
# allocations where it inlines much.
function(ompq_quiet_joined_files target)
  if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-free-nonheap-object)
  endif()
endfunction()
