// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/engine/fusion.h"
#include "ompq/quantization/integer_grid.h"

namespace ompq {

/// The quantizer of one activation while its scale is learned.
struct ActivationStep {
  IntegerGrid grid;
  std::int32_t zero_point = 0;
  /// [1] float32; a leaf of autograd while it is learned.
  at::Tensor scale;
  /// [1] float32, defined while the zero point is learned (LSQ+): rounded and
  /// kept on the grid in the forward pass, in place of `zero_point`.
  at::Tensor offset;

  [[nodiscard]] OMPQ_API AffineParameters parameters() const;
};

/// Which elements stay float in a pass (QDrop); see FakeQuantize.
struct DropSettings {
  double probability = 0.0;
  std::uint32_t seed = 0;
};

/// fake_quantize(clamp(input, range)) as a differentiable operation in one pass
/// over memory; gradients flow to `input`, to `step.scale` and, if it is
/// defined, to `step.offset`:
///
///   doffset = -scale sum over saturated elements of dy
///
/// @source learned offset: LSQ+, arXiv 2004.09576, here of the zero point
/// @param input  float32, any shape
/// @return of the input's shape and memory order
[[nodiscard]] OMPQ_API at::Tensor quantize_activation(
    const at::Tensor& input,
    const ActivationStep& step,
    const ClampRange& range = {},
    const DropSettings& drop = {});

}  // namespace ompq
