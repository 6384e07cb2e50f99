// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <ATen/core/Tensor.h>

#include "ompq/graph/graph.h"

namespace ompq {

/// The way back through a two-dimensional convolution with a constant weight
/// to its input, on the CPU by oneDNN:
///
///   d loss / d input = conv_transpose(d loss / d output, weight)
///
/// The weight is brought into the kernel's layout once per input size.
class ConvolutionGradient {
 public:
  /// @param node  as FusedConvolution takes it
  ConvolutionGradient(const Graph& graph, const Node& node);
  ~ConvolutionGradient();
  ConvolutionGradient(ConvolutionGradient&&) noexcept;
  ConvolutionGradient& operator=(ConvolutionGradient&&) noexcept;

  /// @param gradient  by the output, [N, O, OH, OW] float32, channels_last
  /// @param input     shape of the input, [N, I, H, W]
  /// @return by the input, [N, I, H, W] float32, channels_last
  [[nodiscard]] at::Tensor operator()(
      const at::Tensor& gradient, const Shape& input) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ompq
