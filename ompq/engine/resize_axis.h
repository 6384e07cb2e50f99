// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/graph/graph.h"

namespace ompq {

/// How an output position maps to an input coordinate.
enum class ResizeCoordinates {
  HalfPixel,
  HalfPixelSymmetric,
  PytorchHalfPixel,
  AlignCorners,
  Asymmetric,
  TfHalfPixelForNearest,
  TfCropAndResize,
};

/// How values between input elements are found.
enum class ResizeMode { Nearest, Linear, Cubic };

/// Which element is nearest to a coordinate between two.
enum class NearestRounding {
  RoundPreferFloor,
  RoundPreferCeil,
  Floor,
  Ceil,
};

/// The attributes of Resize that concern one axis.
struct ResizeRule {
  ResizeMode mode = ResizeMode::Nearest;
  ResizeCoordinates coordinates = ResizeCoordinates::HalfPixel;
  NearestRounding rounding = NearestRounding::RoundPreferFloor;
  /// Coefficient of the cubic kernel.
  double cubic_a = -0.75;
  /// Elements outside the input get no weight; the others sum to 1.
  bool exclude_outside = false;
  /// When shrinking, widens the kernel by the scale.
  bool antialias = false;
  /// Value outside the crop of TfCropAndResize.
  double extrapolation_value = 0;
};

/// @throws Error{InvalidModel}  an attribute has an unknown value
[[nodiscard]] ResizeRule read_resize_rule(const Node& node);

/// One axis to resize; sizes in elements.
struct ResizeAxis {
  std::int64_t input = 0;
  std::int64_t output = 0;
  /// output / input as the model states it, before rounding.
  double scale = 1;
  /// Crop as fractions of the input, for TfCropAndResize.
  double roi_start = 0;
  double roi_end = 1;
};

/// Coordinate in the input for each output position.
[[nodiscard]] std::vector<double> resize_coordinates(
    const ResizeAxis& axis, ResizeCoordinates mode);

/// Resizes one axis of `input`:
///
///   y[o] = sum_k weights[o, k] x[indices[o, k]]
///
/// @param input  floating point, or any type for Nearest
[[nodiscard]] at::Tensor resize_axis(
    const at::Tensor& input,
    std::int64_t dimension,
    const ResizeAxis& axis,
    const ResizeRule& rule);

}  // namespace ompq
