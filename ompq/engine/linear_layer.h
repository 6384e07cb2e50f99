// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// A Gemm or MatMul with a constant weight for inference on the CPU:
///
///   output = input W + bias,  input [..., K] float32, W [K, N]
///
/// by oneDNN, with the weight brought into the kernel's layout once. BLAS is
/// not used for it: the threads of the distribution's OpenBLAS spin for a while
/// after each call and take the processors from the convolutions that follow.
class PackedLinear {
 public:
  /// True if the node has this form: no transposed input, alpha = beta = 1, a
  /// two-dimensional float32 weight, a constant bias of N elements or none.
  [[nodiscard]] static bool accepts(const Graph& graph, const Node& node);

  /// @param node  one that accepts() accepts
  PackedLinear(const Graph& graph, const Node& node);
  ~PackedLinear();
  PackedLinear(PackedLinear&&) noexcept;
  PackedLinear& operator=(PackedLinear&&) noexcept;

  /// @param inputs  {input [..., K] float32}
  /// @return {output [..., N] float32, contiguous}
  /// @throws Error{ShapeMismatch}  the last dimension is not K
  [[nodiscard]] Tensors operator()(const Tensors& inputs) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ompq
