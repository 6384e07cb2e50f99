# What `cmake --install` puts where, and what makes find_package(ompq) work.
include(CMakePackageConfigHelpers)

# Every header is public: the include path is the tree path.
file(GLOB_RECURSE ompq_headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/ompq/*.h")
target_sources(
  ompq_base PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${ompq_headers})
install(FILES "${PROJECT_BINARY_DIR}/generated/ompq/version.h"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/ompq")

# The libraries and programs find each other wherever the tree is moved to.
file(RELATIVE_PATH lib_from_bin "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
file(RELATIVE_PATH lib_from_libexec "${CMAKE_INSTALL_FULL_LIBEXECDIR}/ompq" "${CMAKE_INSTALL_FULL_LIBDIR}")
set_target_properties(ompq_base ompq PROPERTIES INSTALL_RPATH "$ORIGIN")
set_target_properties(ompq_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${lib_from_bin}")
set_target_properties(ompq_compute PROPERTIES INSTALL_RPATH "$ORIGIN/${lib_from_libexec}")

set_target_properties(ompq_base PROPERTIES EXPORT_NAME base)
set_target_properties(ompq_torch PROPERTIES EXPORT_NAME torch)
install(TARGETS ompq_base EXPORT ompqBaseTargets FILE_SET HEADERS)
install(TARGETS ompq ompq_torch EXPORT ompqTorchTargets)
install(TARGETS ompq_cli)
install(TARGETS ompq_compute RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/ompq")
install(FILES "${PROJECT_SOURCE_DIR}/examples/bundled/shapes10.onnx" DESTINATION "${CMAKE_INSTALL_DATADIR}/ompq")

# What is made of the program's own records: completions and the manual page.
set(shell_folder "${PROJECT_BINARY_DIR}/generated/share")
set(bash_completion "${shell_folder}/bash-completion/completions/ompq")
set(zsh_completion "${shell_folder}/zsh/site-functions/_ompq")
set(fish_completion "${shell_folder}/fish/vendor_completions.d/ompq.fish")
set(manual_page "${shell_folder}/man/man1/ompq.1")
foreach(file "${bash_completion}" "${zsh_completion}" "${fish_completion}" "${manual_page}")
  get_filename_component(folder "${file}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
endforeach()
add_custom_command(
  OUTPUT "${bash_completion}" "${zsh_completion}" "${fish_completion}" "${manual_page}"
  COMMAND ompq_cli completion bash > "${bash_completion}"
  COMMAND ompq_cli completion zsh > "${zsh_completion}"
  COMMAND ompq_cli completion fish > "${fish_completion}"
  COMMAND ompq_cli help --man > "${manual_page}"
  DEPENDS ompq_cli
  VERBATIM)
add_custom_target(
  ompq_shell_files ALL
  DEPENDS "${bash_completion}" "${zsh_completion}" "${fish_completion}" "${manual_page}")
install(FILES "${bash_completion}" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
install(FILES "${zsh_completion}" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
install(FILES "${fish_completion}" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
install(FILES "${manual_page}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/ompq")
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/ompqConfig.cmake.in" "${PROJECT_BINARY_DIR}/ompqConfig.cmake"
  INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/ompqConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/ompqConfig.cmake" "${PROJECT_BINARY_DIR}/ompqConfigVersion.cmake"
        DESTINATION "${package_folder}")
install(EXPORT ompqBaseTargets NAMESPACE ompq:: DESTINATION "${package_folder}")
install(EXPORT ompqTorchTargets NAMESPACE ompq:: DESTINATION "${package_folder}")
