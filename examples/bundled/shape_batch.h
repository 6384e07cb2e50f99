// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "ompq/data/dataset.h"

namespace ompq::example {

/// Pictures and what they show.
struct ShapeBatch {
  /// [N, 3, H, W] float32 in [-1, 1], channels last in memory.
  at::Tensor images;
  /// [N] int64
  at::Tensor labels;
};

/// Images `begin` to `end` - 1 of a dataset of images of one size.
[[nodiscard]] ShapeBatch load_batch(
    const Dataset& dataset, std::int64_t begin, std::int64_t end);

}  // namespace ompq::example
