// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ompq/core/json_file.h"
#include "ompq/graph/onnx_header.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/pipeline/run_options.h"
#include "ompq/plan/bit_plan.h"

namespace ompq {

/// An input or output of a model.
struct PortFacts {
  std::string name;
  /// "float32", ...
  std::string type;
  /// "[N, 3, 224, 224]", or "?" if not known.
  std::string shape;
};

/// Everything `ompq inspect` shows of a model.
struct Inspection {
  std::string file;
  std::int64_t file_bytes = 0;
  OnnxHeader header;
  /// Opset of the file.
  std::int64_t opset = 0;
  std::vector<PortFacts> inputs;
  std::vector<PortFacts> outputs;
  QuantizableLayers layers;
  /// Number of nodes of each operator, as in the file.
  std::map<std::string, std::int64_t> operators;
  std::int64_t nodes = 0;
  /// What quantization chose, by layer; empty unless the model lies in a folder
  /// that `ompq quantize` wrote.
  std::map<std::string, LayerBits> widths;
};

/// Reads a model, or the model of a result folder, and looks at it.
///
/// @throws as read_onnx() and load_model(); Error{Unsupported} if the model
///         has no quantizable layer is not among them: that is shown
[[nodiscard]] Inspection inspect_model(const ModelOptions& options);

[[nodiscard]] Json to_json(const Inspection& inspection);

/// For people, at most `width` columns wide.
[[nodiscard]] std::string to_text(
    const Inspection& inspection, std::int64_t width);

}  // namespace ompq
