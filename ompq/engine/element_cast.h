// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "ompq/graph/constant.h"

namespace ompq {

/// Smallest and largest value of an integer type.
struct IntegerRange {
  std::int64_t lowest;
  std::int64_t highest;
};

/// @throws Error{Unsupported}  not an integer type of at most 32 bits
[[nodiscard]] IntegerRange integer_range(DataType type);

/// The tensor converted to `type` as by ONNX Cast: floating-point numbers are
/// truncated towards zero, integers keep their low bits, bool is "not zero".
///
/// @return held as to_scalar_type(type) says
[[nodiscard]] at::Tensor cast_elements(const at::Tensor& input, DataType type);

}  // namespace ompq
