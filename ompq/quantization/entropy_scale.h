// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/quantization/histogram.h"
#include "ompq/quantization/integer_grid.h"

namespace ompq::detail {

/// Grid whose quantized distribution Q diverges least from the distribution P
/// of the numbers:
///
///   KL(P || Q) = sum_i P_i log(P_i / Q_i)   over the bins i inside the grid
///
/// P counts numbers outside the grid in the outermost filled bin on their side.
/// Q knows only how many numbers inside the grid have each code, and spreads
/// them evenly over the filled bins of that code. This is the calibration of
/// TensorRT and ONNX Runtime with two differences: both ends of the grid are
/// searched, not one threshold; and exact zeros, which every grid represents,
/// are left out (calibrators on |x| ignore or copy over their first bin, which
/// ReLU would fill).
///
/// Where the histogram has about as many bins as the grid has codes, nothing
/// diverges and the result is the grid that holds every number.
///
/// @param histogram  not empty and not of zeros only
/// @source S. Migacz, 8-bit Inference with TensorRT, GTC 2017; ONNX Runtime,
///         quantization/calibrate.py, get_entropy_threshold()
[[nodiscard]] AffineParameters entropy_scale(
    const Histogram& histogram, const IntegerGrid& grid, bool is_symmetric);

}  // namespace ompq::detail
