// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "ompq/core/export.h"
#include "ompq/data/dataset.h"

namespace ompq {

/// Opens data by what the path is: a folder (find_images()), a label table
/// (`.csv`), an .npy or .npz file, or a single JPEG or PNG file. Files are
/// recognised by their contents.
///
/// @param labels  .npy file with one label for each example, in the dataset's
///                order; replaces labels that the data bring along
/// @throws Error{NotFound}     no such file or folder
/// @throws Error{InvalidFile}  of none of these kinds, or damaged
/// @throws Error{InvalidData}  no examples, wrong shape or type, or another
///                             number of labels
/// @throws Error{Unsupported}  as read_npy()
[[nodiscard]] OMPQ_API std::shared_ptr<const Dataset> open_dataset(
    const std::filesystem::path& path,
    const std::optional<std::filesystem::path>& labels = std::nullopt);

}  // namespace ompq
