// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/unit_problem.h"

namespace ompq {

LayerTensors layer_tensors(const UnitLayer& layer, const RoundedRows& rows) {
  return {.weight = from_rows(rows.values(), layer.layout), .bias = layer.bias};
}

UnitTensors current_tensors(const UnitProblem& unit) {
  UnitTensors tensors;
  for (const UnitLayer& layer : unit.layers) {
    tensors.layers.push_back(layer_tensors(layer, layer.rounded));
  }
  for (const UnitActivation& activation : unit.activations) {
    tensors.activations.push_back(activation.step);
  }
  return tensors;
}

}  // namespace ompq
