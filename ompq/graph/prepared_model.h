// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "ompq/core/export.h"
#include "ompq/core/units.h"
#include "ompq/graph/graph.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/graph/shape_inference.h"

namespace ompq {

/// A network as every later stage uses it.
struct PreparedModel {
  /// The file it was read from.
  std::filesystem::path path;
  /// Canonical operators, shapes known, constants and BatchNormalization
  /// folded.
  Graph graph;
  QuantizableLayers layers;
  /// SHA-256 of the file, in hexadecimal; of the file followed by its external
  /// data files in the order of their names, if it has any.
  std::string model_hash;
  /// Size of the file with its external data.
  Bytes file_size;
  /// Number of nodes before anything was changed or folded.
  std::size_t original_nodes = 0;
  /// Several samples can be run at once; see is_batch_polymorphic().
  bool is_batch_polymorphic = false;
};

/// Reads an ONNX file and prepares it: read_onnx, canonicalize, infer_shapes,
/// fold_batch_norm, find_quantizable_layers. Errors name the file.
///
/// @throws Error  as those functions do
[[nodiscard]] OMPQ_API PreparedModel
load_model(const std::filesystem::path& path, const ShapeOptions& options = {});

}  // namespace ompq
