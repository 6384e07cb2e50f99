// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/quantization/scale_search.h"

namespace ompq {

/// The grids on which weights will be rounded.
struct WeightGrids {
  ScaleRule rule = ScaleRule::LpNorm;
  bool is_symmetric = false;
  /// One scale for each output channel, otherwise one for each layer.
  bool per_channel = true;
  /// Inputs that share a scale in Gemm and MatMul; 0 = all.
  int group_size = 0;
  /// How their scales are searched: Rough is enough to compare widths.
  ScaleDensity density = ScaleDensity::Rough;
};

}  // namespace ompq
