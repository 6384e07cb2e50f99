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

}  // namespace ompq
