// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <numeric>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"
#include "ompq/engine/resize_axis.h"

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;

/// What `sizes` means for the shape of the picture.
enum class AspectPolicy { Stretch, NotLarger, NotSmaller };

AspectPolicy read_policy(const Node& node) {
  const std::string text = node.text("keep_aspect_ratio_policy", "stretch");
  if (text == "stretch") {
    return AspectPolicy::Stretch;
  }
  if (text == "not_larger") {
    return AspectPolicy::NotLarger;
  }
  OMPQ_CHECK(
      text == "not_smaller",
      ErrorCode::InvalidModel,
      "keep_aspect_ratio_policy must be stretch, not_larger or not_smaller, "
      "got '{}'",
      text);
  return AspectPolicy::NotSmaller;
}

/// Numbers that Resize takes as an input tensor, empty if absent.
std::vector<double> read_reals(const Tensors& inputs, std::size_t index) {
  const at::Tensor given = optional_input(inputs, index);
  if (!given.defined()) {
    return {};
  }
  const at::Tensor values = given.to(at::kDouble).contiguous();
  const auto* first = values.data_ptr<double>();
  return {first, first + values.numel()};
}

void apply_policy(std::vector<ResizeAxis>& axes, AspectPolicy policy) {
  if (policy == AspectPolicy::Stretch || axes.empty()) {
    return;
  }
  const auto [smallest, largest] = std::minmax_element(
      axes.begin(), axes.end(), [](const auto& a, const auto& b) {
        return a.scale < b.scale;
      });
  const double scale =
      policy == AspectPolicy::NotLarger ? smallest->scale : largest->scale;
  for (ResizeAxis& axis : axes) {
    axis.scale = scale;
    axis.output = static_cast<std::int64_t>(
        std::floor(scale * static_cast<double>(axis.input) + 0.5));
  }
}

/// One entry per axis named in `places`, from scales or sizes.
std::vector<ResizeAxis> plan_axes(
    const at::Tensor& input,
    const Sizes& places,
    const Tensors& inputs,
    const Sizes& sizes,
    AspectPolicy policy) {
  const std::vector<double> roi = read_reals(inputs, 1);
  const std::vector<double> scales = read_reals(inputs, 2);
  const std::size_t given = sizes.empty() ? scales.size() : sizes.size();
  OMPQ_CHECK(
      given == places.size() && (roi.empty() || roi.size() == 2 * given),
      ErrorCode::ShapeMismatch,
      "{} axes are resized, but scales, sizes and roi have {}, {} and {} "
      "entries",
      places.size(),
      scales.size(),
      sizes.size(),
      roi.size());
  std::vector<ResizeAxis> axes(places.size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    ResizeAxis& axis = axes[i];
    axis.input = input.size(places[i]);
    const auto length = static_cast<double>(axis.input);
    axis.scale =
        sizes.empty() ? scales[i] : static_cast<double>(sizes[i]) / length;
    axis.output =
        sizes.empty()
            ? static_cast<std::int64_t>(std::floor(length * axis.scale))
            : sizes[i];
    if (!roi.empty()) {
      axis.roi_start = roi[i];
      axis.roi_end = roi[i + given];
    }
  }
  apply_policy(axes, sizes.empty() ? AspectPolicy::Stretch : policy);
  for (const ResizeAxis& axis : axes) {
    OMPQ_CHECK(
        axis.scale > 0 && axis.output > 0 && axis.input > 0,
        ErrorCode::ShapeMismatch,
        "cannot resize {} elements to {} (scale {})",
        axis.input,
        axis.output,
        axis.scale);
  }
  return axes;
}

bool is_unchanged(const ResizeAxis& axis, const ResizeRule& rule) {
  return axis.input == axis.output && axis.scale == 1 &&
         rule.coordinates != ResizeCoordinates::TfCropAndResize &&
         rule.coordinates != ResizeCoordinates::TfHalfPixelForNearest;
}

/// True if output o is input floor(o / factor) for a whole factor.
bool repeats_elements(const ResizeAxis& axis, const ResizeRule& rule) {
  const auto factor = axis.output / axis.input;
  if (rule.mode != ResizeMode::Nearest || axis.output % axis.input != 0 ||
      axis.scale != static_cast<double>(factor)) {
    return false;
  }
  using C = ResizeCoordinates;
  const bool is_asymmetric = rule.coordinates == C::Asymmetric &&
                             rule.rounding == NearestRounding::Floor;
  const bool is_centred = (rule.coordinates == C::HalfPixel ||
                           rule.coordinates == C::PytorchHalfPixel) &&
                          (rule.rounding == NearestRounding::RoundPreferFloor ||
                           rule.rounding == NearestRounding::RoundPreferCeil);
  return is_asymmetric || (is_centred && axis.output > 1);
}

/// The picture functions of the tensor library, where they compute the same.
at::Tensor resize_picture(
    const at::Tensor& input,
    const ResizeAxis& height,
    const ResizeAxis& width,
    const ResizeRule& rule) {
  using C = ResizeCoordinates;
  const Sizes size{height.output, width.output};
  if (repeats_elements(height, rule) && repeats_elements(width, rule) &&
      input.scalar_type() == at::kFloat) {
    return at::_upsample_nearest_exact2d(input, size);
  }
  const bool is_half_pixel = rule.coordinates == C::HalfPixel ||
                             (rule.coordinates == C::PytorchHalfPixel &&
                              height.output > 1 && width.output > 1);
  const bool is_aligned = rule.coordinates == C::AlignCorners;
  if (rule.mode != ResizeMode::Linear || rule.antialias ||
      rule.exclude_outside || !(is_half_pixel || is_aligned) ||
      !input.is_floating_point()) {
    return {};
  }
  return at::upsample_bilinear2d(
      input, size, is_aligned, height.scale, width.scale);
}

at::Tensor resize(
    const at::Tensor& input,
    const Sizes& places,
    const std::vector<ResizeAxis>& axes,
    const ResizeRule& rule) {
  Sizes changed;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (!is_unchanged(axes[i], rule)) {
      changed.push_back(static_cast<std::int64_t>(i));
    }
  }
  if (input.dim() == 4 && changed.size() == 2 && places[changed[0]] == 2 &&
      places[changed[1]] == 3) {
    const at::Tensor picture =
        resize_picture(input, axes[changed[0]], axes[changed[1]], rule);
    if (picture.defined()) {
      return picture;
    }
  }
  const bool is_exact =
      rule.mode == ResizeMode::Nearest || input.is_floating_point();
  at::Tensor result = is_exact ? input : input.to(at::kFloat);
  for (const std::int64_t i : changed) {
    result = resize_axis(result, places[i], axes[i], rule);
  }
  return result.to(input.scalar_type());
}

Operator make_resize(const Node& node, const Graph& graph) {
  const bool has_axes = node.has("axes");
  return [rule = read_resize_rule(node),
          policy = read_policy(node),
          sizes_input = IntegerInput(node, graph, 3),
          given_axes = node.integers("axes", {}),
          has_axes](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    Sizes places = positive_axes(given_axes, input.dim());
    if (!has_axes) {
      places.resize(static_cast<std::size_t>(input.dim()));
      std::iota(places.begin(), places.end(), 0);
    }
    const std::vector<ResizeAxis> axes =
        plan_axes(input, places, inputs, sizes_input.read(inputs), policy);
    return {resize(input, places, axes, rule)};
  };
}

}  // namespace

std::span<const OperatorEntry> resize_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"Resize", 1, 4, make_resize},
  };
  return kOperators;
}

}  // namespace ompq
