# Every third-party package is found here and nowhere else.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(PkgConfig REQUIRED)
pkg_check_modules(CBC REQUIRED IMPORTED_TARGET cbc)
pkg_check_modules(CLP REQUIRED IMPORTED_TARGET clp)
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)
find_package(Protobuf REQUIRED)

# The ONNX messages: the package ships headers and libraries without a usable
# CMake configuration.
find_library(OMPQ_ONNX_PROTO_LIBRARY onnx_proto REQUIRED)
find_path(OMPQ_ONNX_INCLUDE_DIR onnx/onnx_pb.h REQUIRED)
add_library(ompq_onnx_proto INTERFACE)
target_include_directories(ompq_onnx_proto SYSTEM INTERFACE "${OMPQ_ONNX_INCLUDE_DIR}")
target_compile_definitions(ompq_onnx_proto INTERFACE ONNX_ML=1 ONNX_NAMESPACE=onnx)
target_link_libraries(ompq_onnx_proto INTERFACE "${OMPQ_ONNX_PROTO_LIBRARY}" protobuf::libprotobuf)

# oneDNN: the distribution's configuration asks for OpenCL, which the CPU
# library does not need.
find_path(OMPQ_DNNL_INCLUDE_DIR dnnl.hpp REQUIRED)
find_library(OMPQ_DNNL_LIBRARY dnnl REQUIRED)
add_library(ompq_dnnl INTERFACE)
target_include_directories(ompq_dnnl SYSTEM INTERFACE "${OMPQ_DNNL_INCLUDE_DIR}")
target_link_libraries(ompq_dnnl INTERFACE "${OMPQ_DNNL_LIBRARY}")

# libtorch, wrapped once. The distribution's package has no complete CMake
# configuration for CPU, so the libraries are named directly.
find_path(OMPQ_TORCH_INCLUDE_DIR torch/library.h REQUIRED)
find_library(OMPQ_TORCH_CPU_LIBRARY torch_cpu REQUIRED)
find_library(OMPQ_C10_LIBRARY c10 REQUIRED)
add_library(ompq_torch INTERFACE)
target_include_directories(
  ompq_torch SYSTEM INTERFACE "${OMPQ_TORCH_INCLUDE_DIR}"
                              "${OMPQ_TORCH_INCLUDE_DIR}/torch/csrc/api/include")
target_link_libraries(ompq_torch INTERFACE "${OMPQ_TORCH_CPU_LIBRARY}" "${OMPQ_C10_LIBRARY}")
