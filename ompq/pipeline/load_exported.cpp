// SPDX-License-Identifier: MIT
#include "ompq/pipeline/load_exported.h"

#include <string>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/core/json_file.h"
#include "ompq/export/encodings.h"

namespace ompq {

namespace fs = std::filesystem;

bool has_encodings(const Graph& graph) {
  const auto profile = graph.metadata().find("ompq.profile");
  return profile != graph.metadata().end() && profile->second == "encodings";
}

fs::path encodings_file_of(const fs::path& model) {
  return fs::path(model).replace_extension(".encodings");
}

PreparedModel load_exported(const fs::path& path, const ShapeOptions& options) {
  PreparedModel model = load_model(path, options);
  if (!has_encodings(model.graph)) {
    return model;
  }
  const fs::path file = encodings_file_of(path);
  OMPQ_CHECK(
      fs::exists(file),
      ErrorCode::NotFound,
      "{}: the grids of this network's activations are in {}, which is "
      "missing; put it beside the model, or export the model again",
      path.string(),
      file.string());
  const Json encodings = read_json(file);
  model.graph = infer_shapes(
      apply_encodings(model.graph, encodings, file.string()), options);
  model.layers = find_quantizable_layers(model.graph);
  return model;
}

}  // namespace ompq
