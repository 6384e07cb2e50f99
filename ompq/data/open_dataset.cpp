// SPDX-License-Identifier: MIT
#include "ompq/data/open_dataset.h"

#include <string_view>
#include <system_error>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/data/decode_image.h"
#include "ompq/data/file_bytes.h"
#include "ompq/data/image_folder.h"
#include "ompq/data/labels.h"
#include "ompq/data/npy_dataset.h"

namespace ompq {
namespace {

std::shared_ptr<const Dataset> open_data_file(
    const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  const std::span<const std::uint8_t> bytes = file->bytes();
  const std::string_view text(
      reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\x93NUMPY")) {
    return open_npy_dataset(path);
  }
  if (text.starts_with("PK")) {
    return open_npz_dataset(path);
  }
  if (detect_image_format(bytes) != ImageFormat::Unknown) {
    return image_dataset({{path, std::nullopt}});
  }
  if (path.extension() == ".csv") {
    return image_dataset(read_label_table(path));
  }
  fail(
      ErrorCode::InvalidFile,
      "{}: not a kind of data that is read; give a folder of JPEG or PNG "
      "pictures, labels.csv, or an .npy or .npz file",
      path.string());
}

}  // namespace

std::shared_ptr<const Dataset> open_dataset(
    const std::filesystem::path& path,
    const std::optional<std::filesystem::path>& labels) {
  std::error_code error;
  OMPQ_CHECK(
      std::filesystem::exists(path, error),
      ErrorCode::NotFound,
      "{}: no such file or folder",
      path.string());
  auto dataset = std::filesystem::is_directory(path, error)
                     ? image_dataset(find_images(path))
                     : open_data_file(path);
  if (!labels) {
    return dataset;
  }
  return with_labels(std::move(dataset), read_labels(*labels));
}

}  // namespace ompq
