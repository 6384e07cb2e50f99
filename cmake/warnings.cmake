# ompq_set_warnings(TARGET): warnings for our own code, never for users of it.
function(ompq_set_warnings target)
  if(OMPQ_DEVELOPER_MODE)
    target_compile_options(
      ${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                        -Woverloaded-virtual
                        # Designated initialisers leave out defaults on purpose.
                        -Wno-missing-field-initializers)
    if(OMPQ_WARNINGS_AS_ERRORS)
      target_compile_options(${target} PRIVATE -Werror)
    endif()
  endif()
  if(OMPQ_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=address,undefined)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()
