// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"

namespace ompq {

/// The scores of a network's first output, one per class.
///
/// @param output  [count, classes] after dimensions of size 1 are dropped
/// @return [count, classes] float32, contiguous
/// @throws Error{Unsupported}  it is not one score per class
[[nodiscard]] OMPQ_API at::Tensor class_scores(
    const at::Tensor& output, std::int64_t count);

}  // namespace ompq
