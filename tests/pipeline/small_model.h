// SPDX-License-Identifier: MIT
#pragma once

#include <utility>
#include <vector>

#include "ompq/graph/prepared_model.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/pipeline/layer_measurement.h"
#include "ompq/pipeline/search_options.h"

#include "tests/cli/small_network.h"

namespace ompq {

/// The small network of four layers, prepared.
inline PreparedModel small_model() {
  PreparedModel model{
      .path = "small.onnx", .graph = infer_shapes(small_network())};
  model.layers = find_quantizable_layers(model.graph);
  model.model_hash = "abc";
  return model;
}

inline SearchOptions options_for(Score score, std::vector<int> widths) {
  SearchOptions options;
  options.score = score;
  options.budget.bits = {std::move(widths)};
  options.budget.first_last = {};
  options.budget.average_bits = 4.0;
  return options;
}

/// Errors that fall with bits: those of layer i begin at i + 1.
inline LayerMeasurement measured_errors(
    ErrorKind kind, const std::vector<int>& widths) {
  LayerMeasurement measured{.error_kind = kind, .errors = LayerErrors(4)};
  for (std::size_t i = 0; i < measured.errors.size(); ++i) {
    for (const int bits : widths) {
      measured.errors[i][bits] =
          static_cast<double>(i + 1) / static_cast<double>(1 << (2 * bits));
    }
  }
  return measured;
}

}  // namespace ompq
