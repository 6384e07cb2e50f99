// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "ompq/engine/fusion.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// FusedConvolution with a way back to its input and residual; the weight is
/// constant. Where the output y is at a limit of the range, nothing passes:
///
///   g = [low < y < high] d loss / d y     d loss / d residual = g
///                                         d loss / d input = conv'(g)
///
/// Its output takes part in a backward pass even if no input does.
class DifferentiableConvolution {
 public:
  /// Receives g, [N, O, OH, OW] float32, on the way back.
  using Report = std::function<void(const at::Tensor& gradient)>;

  /// @param node    as FusedConvolution takes it
  /// @param report  may be empty
  DifferentiableConvolution(
      const Graph& graph,
      const Node& node,
      std::optional<ClampRange> range,
      bool has_residual,
      Report report);

  /// As FusedConvolution does.
  [[nodiscard]] Tensors operator()(const Tensors& inputs) const;

 private:
  struct State;
  /// Shared with what waits for a backward pass.
  std::shared_ptr<const State> state_;
};

}  // namespace ompq
