# ompq_precompile(TARGET HEADER...): compiles headers that most files of a target
# read once for all of them. The presets for developers do without, so that a file
# that misses an include is found.
function(ompq_precompile target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # ccache asks for it.
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
endfunction()
