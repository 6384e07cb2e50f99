# ompq_set_warnings(TARGET): warnings for our own code, never for users of it.
function(ompq_set_warnings target)
  if(OMPQ_DEVELOPER_MODE)
    target_compile_options(
      ${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                        -Woverloaded-virtual
                        # Designated initialisers leave out defaults on purpose.
                        -Wno-missing-field-initializers)
    if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # A class that one file alone sees looks like a header's when it is joined.
      target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    endif()
    if(OMPQ_WARNINGS_AS_ERRORS)
      target_compile_options(${target} PRIVATE -Werror)
    endif()
  endif()
  if(OMPQ_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=address,undefined)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()
