// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// Reads an ONNX file as it is: no operator is changed, except that model-local
/// functions are inlined and Constant nodes become constants. External weights
/// are loaded if their path stays within the model's folder.
///
/// @throws Error{NotFound}      the file (or an external data file) is missing
/// @throws Error{InvalidFile}   not an ONNX file, truncated, or a tensor's
///                              bytes do not fit its type and shape
/// @throws Error{InvalidModel}  cycles, missing initializers, names used twice,
///                              negative or huge dimensions, NaN weights
/// @throws Error{Unsupported}   control flow (If, Loop, Scan), sparse tensors,
///                              an opset below 7 or above 25
[[nodiscard]] OMPQ_API Graph read_onnx(const std::filesystem::path& path);

/// As read_onnx, from the bytes of a file; `folder` holds external data.
[[nodiscard]] OMPQ_API Graph parse_onnx(
    std::string_view bytes,
    const std::filesystem::path& folder,
    const std::string& where);

/// What goes into a file besides what it needs.
struct OnnxWriteOptions {
  /// Types and shapes of values inside the graph, where they are known.
  bool inner_values = true;
  /// Names of QuantizeLinear, DequantizeLinear and calls of functions.
  bool quantizer_names = true;
};

/// The bytes of an ONNX file: deterministic, smallest IR version that the
/// operator set needs.
///
/// @throws Error{Unsupported}  the file would exceed 2 GB
[[nodiscard]] OMPQ_API std::string serialize_onnx(
    const Graph& graph, const OnnxWriteOptions& options = {});

/// Writes an ONNX file whole or not at all.
///
/// @throws Error{OutputFailed}
OMPQ_API void write_onnx(const Graph& graph, const std::filesystem::path& path);

}  // namespace ompq
