// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/data/dataset.h"
#include "ompq/data/npy.h"

namespace ompq {

/// Reads class indices from an .npy file of shape [N] or [N, 1] and an integer
/// type.
///
/// @throws Error{NotFound, InvalidFile, Unsupported}  as read_npy()
/// @throws Error{InvalidData}  another shape or type, or a negative label
[[nodiscard]] OMPQ_API std::vector<std::int64_t> read_labels(
    const std::filesystem::path& path);

/// The class indices that `array` holds; see read_labels().
[[nodiscard]] OMPQ_API std::vector<std::int64_t> labels_of(
    const NpyArray& array);

/// The same examples with other labels.
///
/// @param labels  one for each example, in the dataset's order
/// @throws Error{InvalidData}  their number differs from the dataset's size
[[nodiscard]] OMPQ_API std::shared_ptr<const Dataset> with_labels(
    std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> labels);

/// Checks that every label is a class of a network with `class_count` outputs.
///
/// @throws Error{InvalidData}  no labels, or one outside [0, class_count);
/// names
///                             the example
OMPQ_API void check_labels(const Dataset& dataset, std::int64_t class_count);

}  // namespace ompq
