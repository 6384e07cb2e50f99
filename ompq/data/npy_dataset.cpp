// SPDX-License-Identifier: MIT
#include "ompq/data/npy_dataset.h"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/data/labels.h"
#include "ompq/data/npz.h"

namespace ompq {
namespace {

constexpr std::size_t kRgb = 3;

class NpyDataset : public Dataset {
 public:
  explicit NpyDataset(NpyArray array)
      : array_(std::move(array)),
        row_shape_(array_.shape.begin() + 1, array_.shape.end()),
        row_elements_(std::accumulate(
            row_shape_.begin(),
            row_shape_.end(),
            std::int64_t{1},
            std::multiplies<>())) {}

  [[nodiscard]] std::int64_t size() const override {
    return array_.shape.front();
  }
  [[nodiscard]] std::string name(std::int64_t index) const override {
    return fmt::format("{}, row {}", array_.name, index);
  }
  [[nodiscard]] bool has_labels() const override { return false; }
  [[nodiscard]] std::optional<std::int64_t> label(
      std::int64_t index) const override {
    static_cast<void>(index);
    return std::nullopt;
  }
  [[nodiscard]] Sample get(std::int64_t index) const override {
    OMPQ_CHECK(
        index >= 0 && index < size(),
        ErrorCode::InvalidArgument,
        "{}: row {} of {} rows",
        array_.name,
        index,
        size());
    Sample sample;
    sample.shape = row_shape_;
    if (array_.type == NpyType::UInt8) {
      sample.image = image(index);
    } else {
      sample.tensor = read_floats(array_, index * row_elements_, row_elements_);
    }
    return sample;
  }

 private:
  [[nodiscard]] Image image(std::int64_t index) const;

  NpyArray array_;
  std::vector<std::int64_t> row_shape_;
  std::int64_t row_elements_;
};

Image NpyDataset::image(std::int64_t index) const {
  const auto row = array_.bytes.subspan(
      static_cast<std::size_t>(index * row_elements_),
      static_cast<std::size_t>(row_elements_));
  Image image{row_shape_[0], row_shape_[1], {}};
  const bool is_rgb = row_shape_.size() == 3 && row_shape_[2] == kRgb;
  if (is_rgb) {
    image.pixels.assign(row.begin(), row.end());
    return image;
  }
  image.pixels.resize(row.size() * kRgb);
  auto pixel = image.pixels.begin();
  for (const std::uint8_t grey : row) {
    pixel = std::fill_n(pixel, kRgb, grey);
  }
  return image;
}

bool is_picture_shape(const std::vector<std::int64_t>& shape) {
  return shape.size() == 3 ||
         (shape.size() == 4 && (shape[3] == 1 || shape[3] == 3));
}

/// The array of the first name in `names` that the archive holds.
std::optional<std::string> find_name(
    const NpzFile& archive, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    if (std::ranges::find(archive.names(), name) != archive.names().end()) {
      return std::string(name);
    }
  }
  return std::nullopt;
}

}  // namespace

std::shared_ptr<const Dataset> npy_dataset(NpyArray array) {
  const auto& shape = array.shape;
  if (array.type == NpyType::UInt8) {
    OMPQ_CHECK(
        is_picture_shape(shape),
        ErrorCode::InvalidData,
        "{}: uint8 images must have shape [N, H, W, 3], [N, H, W, 1] or "
        "[N, H, W], got {}",
        array.name,
        shape_text(shape));
  } else {
    OMPQ_CHECK(
        is_floating_point(array.type),
        ErrorCode::InvalidData,
        "{}: examples must be uint8 [N, H, W, C] or float32 [N, C, H, W], got "
        "{} {}",
        array.name,
        to_string(array.type),
        shape_text(shape));
    OMPQ_CHECK(
        shape.size() >= 2,
        ErrorCode::InvalidData,
        "{}: float examples must have shape [N, ...] of rank 2 or more, got "
        "{}",
        array.name,
        shape_text(shape));
  }
  OMPQ_CHECK(
      std::ranges::count(shape, 0) == 0,
      ErrorCode::InvalidData,
      "{}: holds no examples: shape {}",
      array.name,
      shape_text(shape));
  return std::make_shared<NpyDataset>(std::move(array));
}

std::shared_ptr<const Dataset> open_npy_dataset(
    const std::filesystem::path& path) {
  return npy_dataset(read_npy(path));
}

std::shared_ptr<const Dataset> open_npz_dataset(
    const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 4> kImageNames = {
      "images", "x", "X", "data"};
  constexpr std::array<std::string_view, 4> kLabelNames = {
      "labels", "label", "y", "Y"};
  const NpzFile archive(path);
  const auto labels = find_name(archive, kLabelNames);
  auto images = find_name(archive, kImageNames);
  for (const std::string& name : archive.names()) {
    if (!images && name != labels) {
      images = name;
    }
  }
  OMPQ_CHECK(
      images.has_value(),
      ErrorCode::InvalidData,
      "{}: holds no array of images (arrays: {}); name it 'images'",
      path.string(),
      archive.names().empty()
          ? "none"
          : fmt::format("{}", fmt::join(archive.names(), ", ")));
  auto dataset = npy_dataset(archive.read(*images));
  if (!labels) {
    return dataset;
  }
  return with_labels(std::move(dataset), labels_of(archive.read(*labels)));
}

}  // namespace ompq
