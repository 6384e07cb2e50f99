// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/data/dataset.h"

namespace ompq {

/// A picture file and its class.
struct ImageFile {
  std::filesystem::path path;
  std::optional<std::int64_t> label;
  friend bool operator==(const ImageFile&, const ImageFile&) = default;
};

/// The picture files of a folder, which may be
///
/// - a folder with `labels.csv`: see read_label_table()
/// - a folder of pictures: no labels, in name order
/// - two or more class folders: pictures anywhere below them; the class is the
///   position of the folder in name order, empty ones included
/// - one folder of pictures inside the folder: as that folder, no labels
///
/// Names compare byte by byte; those that begin with a dot are ignored. Files
/// are recognised as pictures by .jpg, .jpeg, .png or by their first bytes.
///
/// @throws Error{NotFound}     no such folder
/// @throws Error{InvalidData}  no pictures, or pictures beside class folders
[[nodiscard]] OMPQ_API std::vector<ImageFile> find_images(
    const std::filesystem::path& folder);

/// Reads a table with the header `file,label` and one picture a line, e.g.
/// `images/cat.jpg,281`: a path relative to the table and a class index from 0.
/// A path with a comma or quote stands in double quotes. The order is the
/// table's.
///
/// @throws Error{NotFound}     no such table, or no such picture (with its
/// line)
/// @throws Error{InvalidData}  another header, a line that is not like that, or
///                             no lines; names table, line and text
[[nodiscard]] OMPQ_API std::vector<ImageFile> read_label_table(
    const std::filesystem::path& table);

/// Picture files as a dataset; each is decoded when asked for. It has labels if
/// every file has one.
///
/// @throws Error{InvalidData}  no files
[[nodiscard]] OMPQ_API std::shared_ptr<const Dataset> image_dataset(
    std::vector<ImageFile> files);

}  // namespace ompq
