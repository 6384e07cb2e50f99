// SPDX-License-Identifier: MIT
#include "ompq/pipeline/load_exported.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/core/json_file.h"
#include "ompq/export/encodings.h"
#include "ompq/export/integer_form.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/onnx_file.h"

namespace ompq {

namespace fs = std::filesystem;

namespace {

/// The graph with what inference knows of its values, and not folded.
Graph with_shapes_of(const Graph& graph, const Graph& inferred) {
  GraphBuilder builder(graph);
  for (const Value& value : graph.values()) {
    if (const auto id = inferred.find_value(value.name)) {
      builder.set_type(value.name, inferred.value(*id).type);
      builder.set_shape(value.name, inferred.value(*id).shape);
    }
  }
  return std::move(builder).build();
}

bool has_quantizers(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const Node& node) {
    return node.op_type == "QuantizeLinear";
  });
}

}  // namespace

bool has_encodings(const Graph& graph) {
  const auto profile = graph.metadata().find("ompq.profile");
  return profile != graph.metadata().end() && profile->second == "encodings";
}

fs::path encodings_file_of(const fs::path& model) {
  return fs::path(model).replace_extension(".encodings");
}

Json read_encodings_of(const fs::path& model) {
  const fs::path file = encodings_file_of(model);
  OMPQ_CHECK(
      fs::exists(file),
      ErrorCode::NotFound,
      "{}: the grids of this network's activations are in {}, which is "
      "missing; put it beside the model, or export the model again",
      model.string(),
      file.string());
  return read_json(file);
}

PreparedModel load_exported(const fs::path& path, const ShapeOptions& options) {
  PreparedModel model = load_model(path, options);
  if (!has_encodings(model.graph)) {
    return model;
  }
  model.graph = infer_shapes(
      apply_encodings(
          model.graph,
          read_encodings_of(path),
          encodings_file_of(path).string()),
      options);
  model.layers = find_quantizable_layers(model.graph);
  return model;
}

PreparedModel load_executed(const fs::path& path, const ShapeOptions& options) {
  PreparedModel model = load_exported(path, options);
  if (has_encodings(model.graph) || !has_quantizers(model.graph)) {
    return model;
  }
  const Graph graph = canonicalize(read_onnx(path));
  model.graph = infer_shapes(
      to_integer_form(with_shapes_of(graph, infer_shapes(graph, options))),
      options);
  model.layers = {};
  return model;
}

}  // namespace ompq
