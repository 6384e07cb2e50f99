// SPDX-License-Identifier: MIT
#include "ompq/engine/resize_axis.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <ATen/ATen.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

template <typename T>
T parse_choice(
    const Node& node,
    const std::string& attribute,
    const std::string& fallback,
    const std::map<std::string, T>& choices) {
  const std::string text = node.text(attribute, fallback);
  const auto found = choices.find(text);
  OMPQ_CHECK(
      found != choices.end(),
      ErrorCode::InvalidModel,
      "{} has the unknown value '{}'",
      attribute,
      text);
  return found->second;
}

double coordinate(
    const ResizeAxis& axis, ResizeCoordinates mode, double position) {
  const auto input = static_cast<double>(axis.input);
  const auto output = static_cast<double>(axis.output);
  const double half_pixel = (position + 0.5) / axis.scale - 0.5;
  switch (mode) {
    case ResizeCoordinates::HalfPixel:
      return half_pixel;
    case ResizeCoordinates::HalfPixelSymmetric: {
      const double adjustment = output / (axis.scale * input);
      return input / 2 * (1 - adjustment) + half_pixel;
    }
    case ResizeCoordinates::PytorchHalfPixel:
      return axis.output > 1 ? half_pixel : 0;
    case ResizeCoordinates::AlignCorners:
      return axis.output > 1 ? position * (input - 1) / (output - 1) : 0;
    case ResizeCoordinates::Asymmetric:
      return position / axis.scale;
    case ResizeCoordinates::TfHalfPixelForNearest:
      return (position + 0.5) / axis.scale;
    case ResizeCoordinates::TfCropAndResize:
      break;
  }
  const double last = input - 1;
  return axis.output > 1
             ? axis.roi_start * last + position * last *
                                           (axis.roi_end - axis.roi_start) /
                                           (output - 1)
             : 0.5 * (axis.roi_start + axis.roi_end) * last;
}

std::int64_t nearest(double position, NearestRounding rounding) {
  switch (rounding) {
    case NearestRounding::RoundPreferFloor:
      return static_cast<std::int64_t>(std::ceil(position - 0.5));
    case NearestRounding::RoundPreferCeil:
      return static_cast<std::int64_t>(std::floor(position + 0.5));
    case NearestRounding::Floor:
      return static_cast<std::int64_t>(std::floor(position));
    case NearestRounding::Ceil:
      break;
  }
  return static_cast<std::int64_t>(std::ceil(position));
}

/// The interpolation kernel at distance x; it is 0 from reach() on.
double kernel(double x, const ResizeRule& rule) {
  x = std::abs(x);
  if (rule.mode == ResizeMode::Linear) {
    return std::max(1 - x, 0.0);
  }
  const double a = rule.cubic_a;
  if (x <= 1) {
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  }
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

double reach(const ResizeRule& rule) {
  return rule.mode == ResizeMode::Linear ? 1 : 2;
}

/// Input elements that one axis reads and what it multiplies them with, both
/// [taps][output].
struct Taps {
  std::vector<std::vector<std::int64_t>> indices;
  std::vector<std::vector<double>> weights;
};

Taps make_taps(
    const std::vector<double>& positions,
    const ResizeAxis& axis,
    const ResizeRule& rule) {
  const double shrink = rule.antialias ? std::min(axis.scale, 1.0) : 1.0;
  const auto first =
      static_cast<std::int64_t>(std::floor(-reach(rule) / shrink)) + 1;
  const std::int64_t count = 2 - 2 * first;
  Taps taps{
      std::vector(count, std::vector<std::int64_t>(positions.size())),
      std::vector(count, std::vector<double>(positions.size()))};
  for (std::size_t o = 0; o < positions.size(); ++o) {
    const double base = std::floor(positions[o]);
    const double ratio = positions[o] - base;
    double sum = 0;
    for (std::int64_t k = 0; k < count; ++k) {
      const auto offset = static_cast<double>(first + k);
      const auto index = static_cast<std::int64_t>(base + offset);
      const bool is_outside = index < 0 || index >= axis.input;
      const double weight = rule.exclude_outside && is_outside
                                ? 0
                                : kernel((offset - ratio) * shrink, rule);
      taps.indices[k][o] = std::clamp<std::int64_t>(index, 0, axis.input - 1);
      taps.weights[k][o] = weight;
      sum += weight;
    }
    for (auto& weights : taps.weights) {
      weights[o] /= sum;
    }
  }
  return taps;
}

/// A vector along `dimension`, shaped to broadcast.
at::Tensor along(
    const at::Tensor& vector, std::int64_t dimension, std::int64_t rank) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(rank), 1);
  shape[static_cast<std::size_t>(dimension)] = vector.numel();
  return vector.reshape(shape);
}

at::Tensor interpolate(
    const at::Tensor& input, std::int64_t dimension, const Taps& taps) {
  at::Tensor result;
  for (std::size_t k = 0; k < taps.indices.size(); ++k) {
    const at::Tensor index =
        at::tensor(taps.indices[k], at::kLong).to(input.device());
    const at::Tensor weight =
        at::tensor(taps.weights[k], at::kDouble).to(input.options());
    const at::Tensor term = input.index_select(dimension, index) *
                            along(weight, dimension, input.dim());
    result = result.defined() ? result + term : term;
  }
  return result;
}

at::Tensor take_nearest(
    const at::Tensor& input,
    std::int64_t dimension,
    const std::vector<double>& positions,
    const ResizeRule& rule) {
  std::vector<std::int64_t> indices;
  for (const double position : positions) {
    indices.push_back(std::clamp<std::int64_t>(
        nearest(position, rule.rounding), 0, input.size(dimension) - 1));
  }
  return input.index_select(
      dimension, at::tensor(indices, at::kLong).to(input.device()));
}

}  // namespace

ResizeRule read_resize_rule(const Node& node) {
  using C = ResizeCoordinates;
  using R = NearestRounding;
  ResizeRule rule;
  rule.mode = parse_choice<ResizeMode>(
      node,
      "mode",
      "nearest",
      {{"nearest", ResizeMode::Nearest},
       {"linear", ResizeMode::Linear},
       {"cubic", ResizeMode::Cubic}});
  rule.coordinates = parse_choice<C>(
      node,
      "coordinate_transformation_mode",
      "half_pixel",
      {{"half_pixel", C::HalfPixel},
       {"half_pixel_symmetric", C::HalfPixelSymmetric},
       {"pytorch_half_pixel", C::PytorchHalfPixel},
       {"align_corners", C::AlignCorners},
       {"asymmetric", C::Asymmetric},
       {"tf_half_pixel_for_nn", C::TfHalfPixelForNearest},
       {"tf_crop_and_resize", C::TfCropAndResize}});
  rule.rounding = parse_choice<R>(
      node,
      "nearest_mode",
      "round_prefer_floor",
      {{"round_prefer_floor", R::RoundPreferFloor},
       {"round_prefer_ceil", R::RoundPreferCeil},
       {"floor", R::Floor},
       {"ceil", R::Ceil}});
  rule.cubic_a = node.real("cubic_coeff_a", -0.75F);
  rule.exclude_outside = node.integer("exclude_outside", 0) != 0;
  rule.antialias = node.integer("antialias", 0) != 0;
  rule.extrapolation_value = node.real("extrapolation_value", 0);
  return rule;
}

std::vector<double> resize_coordinates(
    const ResizeAxis& axis, ResizeCoordinates mode) {
  std::vector<double> result;
  for (std::int64_t o = 0; o < axis.output; ++o) {
    result.push_back(coordinate(axis, mode, static_cast<double>(o)));
  }
  return result;
}

at::Tensor resize_axis(
    const at::Tensor& input,
    std::int64_t dimension,
    const ResizeAxis& axis,
    const ResizeRule& rule) {
  const std::vector<double> positions =
      resize_coordinates(axis, rule.coordinates);
  const at::Tensor result =
      rule.mode == ResizeMode::Nearest
          ? take_nearest(input, dimension, positions, rule)
          : interpolate(input, dimension, make_taps(positions, axis, rule));
  if (rule.coordinates != ResizeCoordinates::TfCropAndResize) {
    return result;
  }
  const at::Tensor place =
      at::tensor(positions, at::kDouble).to(input.device());
  const at::Tensor is_outside =
      place.lt(0).logical_or(place.gt(static_cast<double>(axis.input - 1)));
  return result.masked_fill(
      along(is_outside, dimension, input.dim()), rule.extrapolation_value);
}

}  // namespace ompq
