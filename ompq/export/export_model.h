// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>

#include "ompq/core/export.h"
#include "ompq/export/profile.h"
#include "ompq/graph/graph.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq {

/// The files of an export, as bytes.
struct ExportedFiles {
  std::string onnx;
  /// The text that belongs beside it; profile Encodings only.
  std::optional<std::string> encodings;
};

/// Writes a quantized network in a profile. The same arguments give the same
/// bytes. The file's metadata_props get, besides `metadata`:
///
///   ompq.profile          name of the profile
///   ompq.weight_bits      width of each quantizable layer in graph order,
///                         "float" where it is not quantized: "8,3,4,float"
///   ompq.activation_bits  widths of the quantized values, in graph order
///
/// @param float_graph  canonical form with shapes, operator set 21 or later
/// @param metadata     more metadata_props, by key
/// @throws Error{Unsupported}  a layer's width that the profile cannot hold:
///                             names layer, width and a profile that can; a
///                             file over 2 GB
/// @throws as insert_quantizers()
[[nodiscard]] OMPQ_API ExportedFiles export_model(
    const Graph& float_graph,
    const QuantizedModel& model,
    ExportProfile profile,
    const std::map<std::string, std::string>& metadata = {});

}  // namespace ompq
