// SPDX-License-Identifier: MIT
#include "ompq/data/augment.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// Uniform in [low, high).
double uniform(RandomStream& random, double low, double high) {
  constexpr double kUnit = 0x1p-53;
  return low + (high - low) * static_cast<double>(random.next() >> 11U) * kUnit;
}

std::int64_t offset(RandomStream& random, std::int64_t free) {
  return random.between(0, static_cast<std::int32_t>(free));
}

Image padded(const Image& image, std::int64_t padding) {
  Image result{
      .height = image.height + 2 * padding, .width = image.width + 2 * padding};
  result.pixels.resize(
      static_cast<std::size_t>(result.height * result.width * 3));
  for (std::int64_t row = 0; row < image.height; ++row) {
    std::copy_n(
        image.pixels.begin() + row * image.width * 3,
        image.width * 3,
        result.pixels.begin() + ((row + padding) * result.width + padding) * 3);
  }
  return result;
}

Image random_window(
    const Image& image,
    const Augmentation& augmentation,
    const Geometry& geometry,
    ImageSize target,
    RandomStream& random) {
  const Image whole = padded(
      resize_and_crop(image, geometry.resized, {0, 0, geometry.resized}),
      augmentation.padding);
  const std::int64_t top = offset(random, whole.height - target.height);
  const std::int64_t left = offset(random, whole.width - target.width);
  return crop(whole, {top, left, target});
}

/// A window of random area and proportions, as large as possible where none
/// fits.
CropWindow random_area(
    ImageSize size, double smallest_area, RandomStream& random) {
  constexpr int kTries = 10;
  const double area = static_cast<double>(size.height * size.width);
  const double widest = std::log(4.0 / 3.0);
  for (int i = 0; i < kTries; ++i) {
    const double wanted = area * uniform(random, smallest_area, 1.0);
    const double ratio = std::exp(uniform(random, -widest, widest));
    const ImageSize window{
        std::llround(std::sqrt(wanted / ratio)),
        std::llround(std::sqrt(wanted * ratio))};
    if (window.height >= 1 && window.width >= 1 &&
        window.height <= size.height && window.width <= size.width) {
      const std::int64_t top = offset(random, size.height - window.height);
      const std::int64_t left = offset(random, size.width - window.width);
      return {top, left, window};
    }
  }
  return {0, 0, size};
}

Image cut(
    const Image& image,
    const Augmentation& augmentation,
    const Preprocessing& preprocessing,
    ImageSize target,
    std::string_view name,
    RandomStream& random) {
  const ImageSize size{image.height, image.width};
  if (augmentation.smallest_area > 0.0) {
    const CropWindow window =
        random_area(size, augmentation.smallest_area, random);
    return resize(crop(image, window), target);
  }
  const Geometry geometry = plan_geometry(size, preprocessing, target, name);
  return augmentation.random_crop
             ? random_window(image, augmentation, geometry, target, random)
             : resize_and_crop(image, geometry.resized, geometry.window);
}

void mirror(Image& image) {
  for (std::int64_t row = 0; row < image.height; ++row) {
    std::uint8_t* const first = image.pixels.data() + row * image.width * 3;
    for (std::int64_t left = 0, right = image.width - 1; left < right;
         ++left, --right) {
      std::swap_ranges(
          first + left * 3, first + left * 3 + 3, first + right * 3);
    }
  }
}

double luma(const std::uint8_t* pixel) {
  return (299.0 * pixel[0] + 587.0 * pixel[1] + 114.0 * pixel[2]) / 1000.0;
}

std::uint8_t to_byte(double level) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(level, 0.0, 255.0)));
}

/// x' = base + factor (x - base) for the three colours of each pixel.
template <typename Base>
void blend(Image& image, double factor, const Base& base_of) {
  for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3) {
    std::uint8_t* const pixel = image.pixels.data() + i;
    const double base = base_of(pixel);
    for (std::size_t c = 0; c < 3; ++c) {
      pixel[c] = to_byte(base + factor * (pixel[c] - base));
    }
  }
}

double mean_luma(const Image& image) {
  double sum = 0.0;
  for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3) {
    sum += luma(image.pixels.data() + i);
  }
  return sum / static_cast<double>(image.height * image.width);
}

void colour(Image& image, double jitter, RandomStream& random) {
  const auto factor = [&] {
    return uniform(random, 1.0 - jitter, 1.0 + jitter);
  };
  blend(image, factor(), [](const std::uint8_t*) { return 0.0; });
  blend(image, factor(), [mean = mean_luma(image)](const std::uint8_t*) {
    return mean;
  });
  blend(image, factor(), luma);
}

}  // namespace

void check_augmentation(const Augmentation& augmentation) {
  OMPQ_CHECK(
      augmentation.padding >= 0 && augmentation.smallest_area >= 0.0 &&
          augmentation.smallest_area <= 1.0 && augmentation.jitter >= 0.0 &&
          augmentation.jitter < 1.0,
      ErrorCode::InvalidArgument,
      "[data] augmentation: padding {}, area {} and jitter {} must be at least "
      "0, area at most 1, jitter below 1",
      augmentation.padding,
      augmentation.smallest_area,
      augmentation.jitter);
  OMPQ_CHECK(
      augmentation.padding == 0 || augmentation.random_crop,
      ErrorCode::InvalidArgument,
      "[data] augmentation: padding {} without a random crop changes nothing; "
      "ask for the crop, too",
      augmentation.padding);
}

Image augment(
    const Image& image,
    const Augmentation& augmentation,
    const Preprocessing& preprocessing,
    ImageSize target,
    std::string_view name,
    RandomStream& random) {
  Image result = cut(image, augmentation, preprocessing, target, name, random);
  if (augmentation.flip && random.chance(50)) {
    mirror(result);
  }
  if (augmentation.jitter > 0.0) {
    colour(result, augmentation.jitter, random);
  }
  return result;
}

}  // namespace ompq
