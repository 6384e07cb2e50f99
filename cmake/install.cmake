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
