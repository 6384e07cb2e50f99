// SPDX-License-Identifier: MIT
#include "ompq/pipeline/open_model.h"

#include "ompq/core/error.h"
#include "ompq/pipeline/load_exported.h"

namespace ompq {

ShapeOptions shape_options(const ModelOptions& options) {
  ShapeOptions shapes;
  for (const InputShape& input : options.input_shapes) {
    const bool is_new =
        shapes.input_shapes.emplace(input.name, input.shape).second;
    OMPQ_CHECK(
        is_new,
        ErrorCode::InvalidArgument,
        "--input-shape: two shapes are given for '{}'",
        input.name);
  }
  return shapes;
}

PreparedModel open_model(const ModelOptions& options) {
  return load_exported(options.model, shape_options(options));
}

PreparedModel open_executed_model(const ModelOptions& options) {
  return load_executed(options.model, shape_options(options));
}

}  // namespace ompq
