// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/data/dataset.h"
#include "ompq/data/random_stream.h"
#include "ompq/data/shape_outline.h"

namespace ompq {

/// A picture of `side` x `side` pixels in which `shape` is the largest thing,
/// among clutter, as SyntheticDataset describes it.
[[nodiscard]] Image paint_scene(
    Shape2d shape, std::int32_t side, RandomStream& random);

}  // namespace ompq
