// SPDX-License-Identifier: MIT
#include <cmath>

#include "ompq/core/error.h"
#include "ompq/data/preprocessing.h"

namespace ompq {
namespace {

using Kind = SizeRule::Kind;

/// Part of the resized picture's side that the crop keeps.
constexpr double kKeptByCrop = 0.875;

std::int64_t side_before_crop(std::int64_t target) {
  return std::llround(static_cast<double>(target) / kKeptByCrop);
}

/// The smallest size in the picture's proportions that covers `cover`.
ImageSize covering_size(ImageSize image, ImageSize cover) {
  if (cover.height * image.width >= cover.width * image.height) {
    return {cover.height, cover.height * image.width / image.height};
  }
  return {cover.width * image.height / image.width, cover.width};
}

ImageSize size_after_resize(
    ImageSize image, const Preprocessing& preprocessing, ImageSize target) {
  const SizeRule resize = preprocessing.resize;
  if (resize.kind == Kind::Side) {
    return shorter_side_size(image, resize.side);
  }
  if (resize.kind == Kind::None || image == target) {
    return image;
  }
  return covering_size(
      image, {side_before_crop(target.height), side_before_crop(target.width)});
}

ImageSize size_after_crop(ImageSize resized, SizeRule crop, ImageSize target) {
  switch (crop.kind) {
    case Kind::Auto:
      return target;
    case Kind::None:
      return resized;
    case Kind::Side:
      break;
  }
  return {crop.side, crop.side};
}

}  // namespace

Geometry plan_geometry(
    ImageSize image,
    const Preprocessing& preprocessing,
    ImageSize target,
    std::string_view name) {
  const ImageSize resized = size_after_resize(image, preprocessing, target);
  const ImageSize cropped =
      size_after_crop(resized, preprocessing.crop, target);
  OMPQ_CHECK(
      cropped == target,
      ErrorCode::ShapeMismatch,
      "{}: an image of {} x {} becomes {} x {} (resize {}, crop {}), but the "
      "model's input is {} x {}; set resize and crop to auto, or to fit it",
      name,
      image.height,
      image.width,
      cropped.height,
      cropped.width,
      to_string(preprocessing.resize),
      to_string(preprocessing.crop),
      target.height,
      target.width);
  OMPQ_CHECK(
      target.height <= resized.height && target.width <= resized.width,
      ErrorCode::InvalidData,
      "{}: the image is {} x {} before the crop to {} x {}, too small; give a "
      "larger resize, or auto",
      name,
      resized.height,
      resized.width,
      target.height,
      target.width);
  // Resize and crop together are torchvision's evaluation transform. A crop
  // alone is most often the slice of an array that others measured with.
  const HalfPixel half = resized == image ? HalfPixel::Down : HalfPixel::ToEven;
  return {resized, center_window(resized, target, half)};
}

}  // namespace ompq
