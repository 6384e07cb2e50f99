// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>

#include <ATen/core/Tensor.h>

#include "ompq/engine/fusion.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// A two-dimensional convolution for inference on the CPU that adds a residual
/// and limits the result in the same pass, by oneDNN:
///
///   output = clamp(conv(input, weight) + bias + residual)
///
/// Weights are brought into the kernel's layout once per input size; inputs
/// and outputs are channels_last. It runs without gradients: training uses the
/// differentiable operator of make_operator() instead.
class FusedConvolution {
 public:
  /// @param node   Conv with constant float32 weight [O, I/G, KH, KW] and
  ///               constant bias [O] or none
  /// @throws Error{InvalidModel}  attributes that contradict the weight
  FusedConvolution(
      const Graph& graph,
      const Node& node,
      std::optional<ClampRange> range,
      bool has_residual);
  ~FusedConvolution();
  FusedConvolution(FusedConvolution&&) noexcept;
  FusedConvolution& operator=(FusedConvolution&&) noexcept;

  /// @param inputs  {input [N, I, H, W] float32} or {input, residual
  ///                [N, O, OH, OW] float32}
  /// @return {output [N, O, OH, OW] float32, channels_last}
  /// @throws Error{ShapeMismatch}  the channels differ or the window does not
  ///                               fit into the padded input
  [[nodiscard]] Tensors operator()(const Tensors& inputs) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ompq
