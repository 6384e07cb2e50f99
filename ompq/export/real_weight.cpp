// SPDX-License-Identifier: MIT
#include "ompq/export/real_weight.h"

#include <cmath>

#include "ompq/core/error.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq::detail {

std::int64_t group_count(const QuantizedWeight& weight) {
  if (weight.group_size == 0) {
    return 1;
  }
  const std::int64_t size =
      weight.shape[static_cast<std::size_t>(weight.group_axis)];
  return (size + weight.group_size - 1) / weight.group_size;
}

std::vector<std::size_t> scale_indices(
    const QuantizedWeight& weight, const Shape& shape) {
  const std::int64_t groups = group_count(weight);
  const auto axis = static_cast<std::size_t>(weight.axis);
  const auto group_axis = static_cast<std::size_t>(weight.group_axis);
  const std::int64_t count = element_count(shape);
  std::vector<std::size_t> indices;
  indices.reserve(static_cast<std::size_t>(count));
  Shape position(shape.size(), 0);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t group =
        groups > 1 ? position[group_axis] / weight.group_size : 0;
    indices.push_back(
        static_cast<std::size_t>(position[axis] * groups + group));
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++position[d] < shape[d]) {
        break;
      }
      position[d] = 0;
    }
  }
  return indices;
}

Constant real_weight(const QuantizedWeight& weight, const std::string& layer) {
  // Checks codes, scales and zero points.
  static_cast<void>(weight_constants(weight, layer));
  const std::vector<std::size_t> indices = scale_indices(weight, weight.shape);
  std::vector<float> numbers;
  numbers.reserve(indices.size());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const std::size_t g = indices[i];
    const std::int32_t steps = weight.codes[i] - weight.zero_points[g];
    numbers.push_back(static_cast<float>(steps) * weight.scales[g]);
    OMPQ_CHECK(
        std::isfinite(numbers.back()),
        ErrorCode::InvalidData,
        "[export] layer '{}': {} steps of the scale {} are more than float32 "
        "holds",
        layer,
        steps,
        weight.scales[g]);
  }
  return Constant::from<float>(numbers, weight.shape);
}

}  // namespace ompq::detail
