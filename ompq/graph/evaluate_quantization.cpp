// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ompq/graph/evaluators.h"
#include "ompq/graph/typed_elements.h"

namespace ompq {
namespace {

using Result = std::optional<std::vector<Constant>>;
using Outputs = std::vector<ValueFacts>;

/// For each element of the input, the index of its scale and zero point.
class ScaleIndex {
 public:
  explicit ScaleIndex(const NodeFacts& facts) {
    const Shape& shape = facts.shape(0);
    const Shape& scales = facts.shape(1);
    if (facts.has(2) &&
        facts.constant(2)->size() != facts.constant(1)->size()) {
      facts.mismatch("scale and zero point have different sizes");
    }
    if (facts.constant(1)->size() == 1) {
      return;
    }
    const auto axis = static_cast<std::size_t>(
        facts.axis(facts.node().integer("axis", 1), facts.rank(0)));
    block_ = std::max<std::int64_t>(1, facts.node().integer("block_size", 0));
    size_ = shape[axis];
    for (std::size_t inner = axis + 1; inner < shape.size(); ++inner) {
      inner_ *= shape[inner];
    }
    scales_ = (size_ + block_ - 1) / block_;
    blocked_ = scales.size() == shape.size() && scales.size() > 1;
    Shape expected = shape;
    expected[axis] = scales_;
    if (blocked_ ? scales != expected : scales != Shape{size_}) {
      facts.mismatch(fmt::format("scales for axis {}", axis));
    }
  }

  [[nodiscard]] std::size_t operator()(std::size_t element) const {
    if (scales_ == 0) {
      return 0;
    }
    const auto index = static_cast<std::int64_t>(element);
    const std::int64_t along = index / inner_ % size_ / block_;
    if (!blocked_) {
      return static_cast<std::size_t>(along);
    }
    const std::int64_t outer = index / (inner_ * size_);
    return static_cast<std::size_t>(
        (outer * scales_ + along) * inner_ + index % inner_);
  }

 private:
  std::int64_t size_ = 0;
  std::int64_t inner_ = 1;
  std::int64_t block_ = 1;
  /// Scales along the axis; 0 if one scale serves the whole tensor.
  std::int64_t scales_ = 0;
  bool blocked_ = false;
};

std::vector<std::int64_t> zero_points(const NodeFacts& facts) {
  return facts.has(2)
             ? facts.constant(2)->to_int64()
             : std::vector<std::int64_t>(
                   static_cast<std::size_t>(facts.constant(1)->size()), 0);
}

/// y = (x - zero_point) scale
Result dequantize(const NodeFacts& facts, const Outputs& outputs) {
  if (is_floating_point(facts.type(0)) || facts.type(1) != DataType::Float32) {
    return std::nullopt;
  }
  const ScaleIndex scale_of(facts);
  const std::vector<std::int64_t> codes = facts.constant(0)->to_int64();
  const std::vector<std::int64_t> zeros = zero_points(facts);
  const auto scales = facts.constant(1)->elements<float>();
  return Result({generate_elements<float>(
      DataType::Float32, *outputs[0].shape, [&](std::size_t i) {
        const std::size_t scale = scale_of(i);
        return static_cast<float>(codes[i] - zeros[scale]) * scales[scale];
      })});
}

/// y = limit(round(x / scale) + zero_point), halves to even
Result quantize(const NodeFacts& facts, const Outputs& outputs) {
  const DataType type = outputs[0].type;
  if (facts.type(0) != DataType::Float32 ||
      facts.type(1) != DataType::Float32 || is_floating_point(type)) {
    return std::nullopt;
  }
  const ScaleIndex scale_of(facts);
  const std::vector<std::int64_t> zeros = zero_points(facts);
  const auto scales = facts.constant(1)->elements<float>();
  const auto elements = facts.constant(0)->elements<float>();
  const int bits = bits_per_element(type);
  const bool is_signed = type == DataType::Int8 || type == DataType::Int16 ||
                         type == DataType::Int4 || type == DataType::Int2 ||
                         type == DataType::Int32;
  const double low = is_signed ? -std::ldexp(1.0, bits - 1) : 0.0;
  const double high = std::ldexp(1.0, is_signed ? bits - 1 : bits) - 1.0;
  const Constant codes = generate_elements<std::int64_t>(
      DataType::Int64, *outputs[0].shape, [&](std::size_t i) {
        const std::size_t scale = scale_of(i);
        const auto steps =
            static_cast<double>(std::nearbyint(elements[i] / scales[scale]));
        return std::clamp(steps + static_cast<double>(zeros[scale]), low, high);
      });
  return Result({codes.cast(type)});
}

}  // namespace

Evaluators quantization_evaluators() {
  return {{"DequantizeLinear", dequantize}, {"QuantizeLinear", quantize}};
}

}  // namespace ompq
