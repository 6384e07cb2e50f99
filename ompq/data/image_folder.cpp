// SPDX-License-Identifier: MIT
#include "ompq/data/image_folder.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <system_error>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/data/decode_image.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

bool has_image_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

/// True for a file that is named as a picture or begins as one. A file that is
/// only named so stays in the list: decoding it will say what is wrong.
bool is_image_file(const fs::path& path) {
  if (has_image_extension(path)) {
    return true;
  }
  std::array<std::uint8_t, 8> begin{};
  std::ifstream stream(path, std::ios::binary);
  stream.read(reinterpret_cast<char*>(begin.data()), begin.size());
  return detect_image_format(begin) != ImageFormat::Unknown;
}

/// What a folder holds, each part in name order.
struct FolderContents {
  std::vector<fs::path> images;
  std::vector<fs::path> folders;
};

FolderContents contents_of(const fs::path& folder) {
  FolderContents contents;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  OMPQ_CHECK(
      !error,
      ErrorCode::NotFound,
      "{}: cannot list the folder: {}",
      folder.string(),
      error.message());
  for (const fs::directory_entry& entry : entries) {
    if (is_hidden(entry.path())) {
      continue;
    }
    if (entry.is_directory(error)) {
      contents.folders.push_back(entry.path());
    } else if (entry.is_regular_file(error) && is_image_file(entry.path())) {
      contents.images.push_back(entry.path());
    }
  }
  std::ranges::sort(contents.images);
  std::ranges::sort(contents.folders);
  return contents;
}

/// All pictures below a folder, those of the folder itself first. Folders
/// reached by a link are not entered below the first level: links may form
/// circles.
std::vector<fs::path> images_below(const fs::path& folder) {
  FolderContents contents = contents_of(folder);
  std::vector<fs::path> images = std::move(contents.images);
  for (const fs::path& inner : contents.folders) {
    if (!fs::is_symlink(inner)) {
      const std::vector<fs::path> more = images_below(inner);
      images.insert(images.end(), more.begin(), more.end());
    }
  }
  return images;
}

std::vector<ImageFile> images_of_classes(const std::vector<fs::path>& folders) {
  std::vector<ImageFile> files;
  const bool are_classes = folders.size() > 1;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    for (fs::path& path : images_below(folders[i])) {
      std::optional<std::int64_t> label;
      if (are_classes) {
        label = static_cast<std::int64_t>(i);
      }
      files.push_back({std::move(path), label});
    }
  }
  return files;
}

class ImageDataset : public Dataset {
 public:
  explicit ImageDataset(std::vector<ImageFile> files)
      : files_(std::move(files)),
        has_labels_(std::ranges::all_of(files_, [](const ImageFile& file) {
          return file.label.has_value();
        })) {}

  [[nodiscard]] std::int64_t size() const override {
    return static_cast<std::int64_t>(files_.size());
  }
  [[nodiscard]] Sample get(std::int64_t index) const override {
    const ImageFile& file = at(index);
    Sample sample;
    sample.image = read_image(file.path);
    sample.shape = {sample.image->height, sample.image->width, 3};
    sample.label = file.label;
    return sample;
  }
  [[nodiscard]] std::string name(std::int64_t index) const override {
    return at(index).path.string();
  }
  [[nodiscard]] bool has_labels() const override { return has_labels_; }
  [[nodiscard]] std::optional<std::int64_t> label(
      std::int64_t index) const override {
    return at(index).label;
  }

 private:
  [[nodiscard]] const ImageFile& at(std::int64_t index) const {
    return files_.at(static_cast<std::size_t>(index));
  }

  std::vector<ImageFile> files_;
  bool has_labels_;
};

}  // namespace

std::vector<ImageFile> find_images(const std::filesystem::path& folder) {
  std::error_code error;
  OMPQ_CHECK(
      fs::is_directory(folder, error),
      ErrorCode::NotFound,
      "{}: no such folder",
      folder.string());
  const fs::path table = folder / "labels.csv";
  if (fs::exists(table, error)) {
    return read_label_table(table);
  }
  FolderContents contents = contents_of(folder);
  std::vector<ImageFile> files = images_of_classes(contents.folders);
  OMPQ_CHECK(
      files.empty() || contents.images.empty(),
      ErrorCode::InvalidData,
      "{}: holds both pictures ('{}') and folders of pictures ('{}'); keep "
      "one of them, or list the files in labels.csv",
      folder.string(),
      contents.images.front().filename().string(),
      fs::relative(files.front().path, folder).string());
  for (fs::path& path : contents.images) {
    files.push_back({std::move(path), std::nullopt});
  }
  OMPQ_CHECK(
      !files.empty(),
      ErrorCode::InvalidData,
      "{}: no JPEG or PNG pictures in this folder or its class folders",
      folder.string());
  return files;
}

std::shared_ptr<const Dataset> image_dataset(std::vector<ImageFile> files) {
  OMPQ_CHECK(!files.empty(), ErrorCode::InvalidData, "[data] no picture files");
  return std::make_shared<ImageDataset>(std::move(files));
}

}  // namespace ompq
