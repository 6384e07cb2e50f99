// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include <ATen/core/Tensor.h>

#include "ompq/graph/graph.h"

namespace ompq::example {

/// Parameters and buffers of the network by name; see initial_state().
using NetworkState = std::map<std::string, at::Tensor>;

/// The ONNX form of the network, BatchNormalization kept as
/// exporters do: input "image" [N, 3, side, side] float32, scaled to [-1, 1];
/// output "logits" [N, classes]. The metadata say how to prepare images and
/// what the classes are called.
[[nodiscard]] Graph network_graph(const NetworkState& state);

}  // namespace ompq::example
