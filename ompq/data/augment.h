// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "ompq/core/export.h"
#include "ompq/data/dataset.h"
#include "ompq/data/preprocessing.h"
#include "ompq/data/random_stream.h"

namespace ompq {

/// Random changes that make new training pictures of old ones. Everything is
/// off by default.
struct Augmentation {
  /// Black pixels around a picture before a window of the network's size is cut
  /// out of it at random; with 0, and pictures larger than the network's input,
  /// the window lies anywhere in the picture.
  std::int64_t padding = 0;
  /// Cut the window at random; off: from the centre.
  bool random_crop = false;
  /// Mirror every second picture, left to right.
  bool flip = false;
  /// Cut a window of this share of the picture's area or more, of sides 3:4 to
  /// 4:3, and resize it to the network's input; 0 = off. In place of the crop.
  double smallest_area = 0.0;
  /// Factors of brightness, contrast and saturation are drawn from
  /// [1 - jitter, 1 + jitter]; below 1.
  double jitter = 0.0;

  /// True if pictures are changed at all.
  [[nodiscard]] bool is_on() const {
    return random_crop || flip || smallest_area > 0.0 || jitter > 0.0;
  }
};

/// @throws Error{InvalidArgument}  a number is out of its range, or padding
///                                 without a random crop
OMPQ_API void check_augmentation(const Augmentation& augmentation);

/// A picture of the network's size, changed at random: cut, resized, mirrored,
/// coloured, in this order. The same stream gives the same pixels on every
/// machine.
///
///   brightness:  x' = f x
///   contrast:    x' = m + f (x - m),  m = mean luma of the picture
///   saturation:  x' = l + f (x - l),  l = luma of the pixel
///
/// rounded to the nearest of 0 to 255 after each. Luma is (299 R + 587 G +
/// 114 B) / 1000.
///
/// @param preprocessing  its resize and crop hold where nothing is random
/// @param target         the network's input
/// @param name           what errors call the picture
/// @throws as plan_geometry()
/// @source torchvision: RandomCrop, RandomResizedCrop, RandomHorizontalFlip,
///         ColorJitter (there the order of the three is random, too)
[[nodiscard]] OMPQ_API Image augment(
    const Image& image,
    const Augmentation& augmentation,
    const Preprocessing& preprocessing,
    ImageSize target,
    std::string_view name,
    RandomStream& random);

}  // namespace ompq
