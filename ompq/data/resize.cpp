// SPDX-License-Identifier: MIT
#include "ompq/data/resize.h"

#include <algorithm>

#include "ompq/core/error.h"
#include "ompq/data/resample_kernels.h"
#include "ompq/data/resample_weights.h"

namespace ompq {
namespace {

constexpr std::int64_t kChannels = 3;

Image blank_image(ImageSize size) {
  return Image{
      size.height,
      size.width,
      std::vector<std::uint8_t>(
          static_cast<std::size_t>(size.height * size.width * kChannels))};
}

void check_window(ImageSize size, CropWindow window) {
  OMPQ_CHECK(
      window.top >= 0 && window.left >= 0 && window.size.height >= 1 &&
          window.size.width >= 1 &&
          window.top + window.size.height <= size.height &&
          window.left + window.size.width <= size.width,
      ErrorCode::InvalidArgument,
      "[crop] window of {} x {} pixels at row {}, column {} leaves an image "
      "of {} x {}",
      window.size.height,
      window.size.width,
      window.top,
      window.left,
      size.height,
      size.width);
}

/// (total - part) / 2.
std::int64_t centered_offset(
    std::int64_t total, std::int64_t part, HalfPixel half_pixel) {
  const std::int64_t difference = total - part;
  const std::int64_t below = difference / 2;
  const bool is_exact = difference % 2 == 0;
  return is_exact || half_pixel == HalfPixel::Down ? below : below + below % 2;
}

/// Columns [left, left + width) of the resized rows [first, end).
Image resize_columns(
    const Image& image,
    ImageSize size,
    CropWindow window,
    std::int64_t first_row,
    std::int64_t end_row) {
  const std::int64_t rows = end_row - first_row;
  if (image.width == size.width) {
    return crop(image, {first_row, window.left, {rows, window.size.width}});
  }
  const detail::ResampleWeights weights(
      image.width, size.width, window.left, window.size.width);
  Image out = blank_image({rows, window.size.width});
  detail::resample_rows(image, first_row, weights, out);
  return out;
}

}  // namespace

ImageSize shorter_side_size(ImageSize size, std::int64_t side) {
  if (size.height <= size.width) {
    return {side, side * size.width / size.height};
  }
  return {side * size.height / size.width, side};
}

CropWindow center_window(ImageSize size, ImageSize target, HalfPixel half) {
  OMPQ_CHECK(
      target.height <= size.height && target.width <= size.width,
      ErrorCode::InvalidArgument,
      "[crop] cannot cut {} x {} pixels out of an image of {} x {}",
      target.height,
      target.width,
      size.height,
      size.width);
  return {
      centered_offset(size.height, target.height, half),
      centered_offset(size.width, target.width, half),
      target};
}

Image crop(const Image& image, CropWindow window) {
  check_window({image.height, image.width}, window);
  Image out = blank_image(window.size);
  for (std::int64_t row = 0; row < window.size.height; ++row) {
    const std::int64_t source =
        ((window.top + row) * image.width + window.left) * kChannels;
    std::copy_n(
        image.pixels.begin() + source,
        window.size.width * kChannels,
        out.pixels.begin() + row * window.size.width * kChannels);
  }
  return out;
}

Image resize(const Image& image, ImageSize size) {
  return resize_and_crop(image, size, {0, 0, size});
}

Image resize_and_crop(const Image& image, ImageSize size, CropWindow window) {
  OMPQ_CHECK(
      size.height >= 1 && size.width >= 1,
      ErrorCode::InvalidArgument,
      "[resize] the size must be at least 1 x 1, got {} x {}",
      size.height,
      size.width);
  check_window(size, window);
  if (image.height == size.height) {
    return resize_columns(
        image, size, window, window.top, window.top + window.size.height);
  }
  const detail::ResampleWeights weights(
      image.height, size.height, window.top, window.size.height);
  const Image narrow = resize_columns(
      image, size, window, weights.input_begin(), weights.input_end());
  Image out = blank_image(window.size);
  detail::resample_columns(narrow, weights, out);
  return out;
}

}  // namespace ompq
