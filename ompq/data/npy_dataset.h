// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>

#include "ompq/core/export.h"
#include "ompq/data/dataset.h"
#include "ompq/data/npy.h"

namespace ompq {

/// The rows of an array as examples without labels.
///
/// - uint8 [N, H, W, 3], [N, H, W, 1] or [N, H, W]: pictures (RGB or grey) that
///   preprocessing still normalises
/// - float16, float32, float64 [N, ...]: arrays fed as they are, e.g. NCHW
///
/// Rows are converted when they are asked for; the array is never copied whole.
///
/// @throws Error{InvalidData}  another type or rank, no rows, a side of 0
[[nodiscard]] OMPQ_API std::shared_ptr<const Dataset> npy_dataset(
    NpyArray array);

/// npy_dataset() of an .npy file.
///
/// @throws Error{NotFound, InvalidFile, Unsupported}  as read_npy()
[[nodiscard]] OMPQ_API std::shared_ptr<const Dataset> open_npy_dataset(
    const std::filesystem::path& path);

/// npy_dataset() of an .npz file: of its array `images`, `x`, `X` or `data`,
/// else of the first one; with labels from `labels`, `label`, `y` or `Y` if
/// there is one.
///
/// @throws Error{InvalidData}  holds no such array
[[nodiscard]] OMPQ_API std::shared_ptr<const Dataset> open_npz_dataset(
    const std::filesystem::path& path);

}  // namespace ompq
