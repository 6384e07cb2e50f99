// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/core/export.h"
#include "ompq/data/dataset.h"

namespace ompq {

/// Height and width in pixels.
struct ImageSize {
  std::int64_t height = 0;
  std::int64_t width = 0;
  friend bool operator==(const ImageSize&, const ImageSize&) = default;
};

/// A rectangle of pixels.
struct CropWindow {
  std::int64_t top = 0;
  std::int64_t left = 0;
  ImageSize size;
  friend bool operator==(const CropWindow&, const CropWindow&) = default;
};

/// Size with shorter side `side` and the other one in proportion, rounded
/// down.
/// @source torchvision's Resize(side)
[[nodiscard]] OMPQ_API ImageSize
shorter_side_size(ImageSize size, std::int64_t side);

/// What becomes of an offset that ends in half a pixel.
enum class HalfPixel {
  /// The even neighbour, as torchvision's CenterCrop does.
  ToEven,
  /// The smaller neighbour, as slices of arrays, Keras and OpenCV users do.
  Down,
};

/// Window of `target` pixels in the middle of `size`.
///
/// @throws Error{InvalidArgument}  `target` is larger than `size`
[[nodiscard]] OMPQ_API CropWindow center_window(
    ImageSize size, ImageSize target, HalfPixel half = HalfPixel::ToEven);

/// The pixels inside `window`.
///
/// @throws Error{InvalidArgument}  the window leaves the image
[[nodiscard]] OMPQ_API Image crop(const Image& image, CropWindow window);

/// Bilinear resize with antialiasing: each output pixel is the mean of the
/// input pixels under a triangle as wide as the reduction,
///
///   out(x) = sum_i w_i in(i),  w_i ~ max(0, 1 - |i + 1/2 - c| / s),
///   c = (x + 1/2) * scale,  s = max(1, scale),  scale = in_size / out_size,
///
/// first along rows, rounded to 8 bits, then along columns. Weights are
/// integers of 22 binary digits, so results equal Pillow's bit by bit.
///
/// @throws Error{InvalidArgument}  a side of `size` is below 1
/// @source Pillow, Image.resize with BILINEAR, 8 bits per channel
[[nodiscard]] OMPQ_API Image resize(const Image& image, ImageSize size);

/// crop(resize(image, size), window), computing only what the window needs.
[[nodiscard]] OMPQ_API Image
resize_and_crop(const Image& image, ImageSize size, CropWindow window);

}  // namespace ompq
