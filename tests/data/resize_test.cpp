// SPDX-License-Identifier: MIT
#include "ompq/data/resize.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "ompq/core/error.h"
#include "ompq/data/random_stream.h"

#include "tests/data/image_writer.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

Image noise_image(std::int64_t height, std::int64_t width) {
  RandomStream random(17);
  Image image{height, width, {}};
  for (std::int64_t i = 0; i < height * width * 3; ++i) {
    image.pixels.push_back(static_cast<std::uint8_t>(random.between(0, 255)));
  }
  return image;
}

/// Mean under the triangle in float64, along both axes at once.
double reference_pixel(
    const Image& image,
    ImageSize size,
    std::int64_t y,
    std::int64_t x,
    std::int64_t channel) {
  const auto weights = [](std::int64_t in, std::int64_t out, std::int64_t at) {
    const double scale = static_cast<double>(in) / static_cast<double>(out);
    const double center = (static_cast<double>(at) + 0.5) * scale;
    std::vector<double> result;
    for (std::int64_t i = 0; i < in; ++i) {
      const double distance = std::abs(static_cast<double>(i) + 0.5 - center);
      result.push_back(std::max(0.0, 1.0 - distance / std::max(1.0, scale)));
    }
    return result;
  };
  const auto rows = weights(image.height, size.height, y);
  const auto columns = weights(image.width, size.width, x);
  double sum = 0.0;
  double total = 0.0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::size_t at =
          (r * columns.size() + c) * 3 + static_cast<std::size_t>(channel);
      sum += rows[r] * columns[c] * image.pixels[at];
      total += rows[r] * columns[c];
    }
  }
  return sum / total;
}

class ResizeSizes
    : public testing::TestWithParam<std::pair<ImageSize, ImageSize>> {};

TEST_P(ResizeSizes, EqualsTheMeanUnderATriangle) {
  // Rounding to 8 bits happens twice, each time by at most a half.
  constexpr double kTolerance = 1.01;
  const auto [from, to] = GetParam();
  const Image image = noise_image(from.height, from.width);

  const Image resized = resize(image, to);

  ASSERT_EQ(resized.height, to.height);
  ASSERT_EQ(resized.width, to.width);
  ASSERT_EQ(
      resized.pixels.size(),
      static_cast<std::size_t>(to.height * to.width * 3));
  for (std::int64_t y = 0; y < to.height; ++y) {
    for (std::int64_t x = 0; x < to.width; ++x) {
      for (std::int64_t c = 0; c < 3; ++c) {
        ASSERT_NEAR(
            resized
                .pixels[static_cast<std::size_t>((y * to.width + x) * 3 + c)],
            reference_pixel(image, to, y, x, c),
            kTolerance)
            << y << ", " << x << ", " << c;
      }
    }
  }
}

TEST_P(ResizeSizes, OfAWindowEqualsTheWindowOfAll) {
  const auto [from, to] = GetParam();
  const Image image = noise_image(from.height, from.width);
  const Image all = resize(image, to);
  for (const std::int64_t margin : {0, 1, 2}) {
    const CropWindow window{
        std::min(margin, to.height - 1),
        std::min(margin, to.width - 1),
        {std::max<std::int64_t>(1, to.height - 2 * margin),
         std::max<std::int64_t>(1, to.width - 2 * margin)}};
    EXPECT_EQ(
        resize_and_crop(image, to, window).pixels, crop(all, window).pixels);
  }
}

INSTANTIATE_TEST_SUITE_P(
    ShrinkGrowKeep,
    ResizeSizes,
    testing::Values(
        std::pair(ImageSize{40, 61}, ImageSize{16, 24}),
        std::pair(ImageSize{7, 5}, ImageSize{20, 33}),
        std::pair(ImageSize{30, 20}, ImageSize{10, 20}),
        std::pair(ImageSize{30, 20}, ImageSize{30, 7}),
        std::pair(ImageSize{9, 100}, ImageSize{27, 10}),
        std::pair(ImageSize{1, 1}, ImageSize{4, 3}),
        std::pair(ImageSize{50, 50}, ImageSize{1, 1})));

TEST(Resize, ToTheSameSizeChangesNothing) {
  const Image image = noise_image(13, 11);
  EXPECT_EQ(resize(image, {13, 11}).pixels, image.pixels);
}

TEST(Resize, IsTheSameOnEveryInstructionSet) {
  const Image image = noise_image(61, 83);
  const Image expected = resize(image, {33, 45});
  const std::int64_t supported = hwy::SupportedTargets();
  int compared = 0;
  for (int bit = 0; bit < 63; ++bit) {
    const std::int64_t target = std::int64_t{1} << bit;
    if ((supported & target) != 0) {
      hwy::SetSupportedTargetsForTest(target);
      EXPECT_EQ(resize(image, {33, 45}).pixels, expected.pixels)
          << hwy::TargetName(target);
      ++compared;
    }
  }
  hwy::SetSupportedTargetsForTest(0);
  EXPECT_GE(compared, 1);
}

TEST(Resize, KeepsAConstant) {
  const Image image{31, 29, std::vector<std::uint8_t>(31 * 29 * 3, 201)};
  EXPECT_THAT(resize(image, {12, 50}).pixels, testing::Each(201));
}

TEST(Resize, RejectsAnEmptySize) {
  expect_error(ErrorCode::InvalidArgument, "0 x 5", [] {
    static_cast<void>(resize(noise_image(4, 4), {0, 5}));
  });
}

TEST(ShorterSideSize, RoundsTheLongerSideDown) {
  EXPECT_EQ(shorter_side_size({375, 500}, 256), (ImageSize{256, 341}));
  EXPECT_EQ(shorter_side_size({500, 375}, 256), (ImageSize{341, 256}));
  EXPECT_EQ(shorter_side_size({100, 100}, 256), (ImageSize{256, 256}));
}

TEST(CenterWindow, RoundsHalfPixelsToEven) {
  EXPECT_EQ(center_window({10, 10}, {10, 10}).top, 0);
  EXPECT_EQ(center_window({11, 12}, {10, 10}).top, 0);        // 0.5
  EXPECT_EQ(center_window({13, 12}, {10, 10}).top, 2);        // 1.5
  EXPECT_EQ(center_window({256, 341}, {224, 224}).left, 58);  // 58.5
  EXPECT_EQ(center_window({227, 227}, {224, 224}).left, 2);
  EXPECT_EQ(center_window({227, 227}, {224, 224}, HalfPixel::Down).left, 1);
}

TEST(Crop, CutsTheWindow) {
  const Image image = gradient_image(5, 7);
  const Image part = crop(image, {1, 2, {3, 4}});
  for (std::int64_t y = 0; y < 3; ++y) {
    for (std::int64_t i = 0; i < 12; ++i) {
      EXPECT_EQ(
          part.pixels[static_cast<std::size_t>(y * 12 + i)],
          image.pixels[static_cast<std::size_t>((y + 1) * 21 + 6 + i)]);
    }
  }
}

TEST(Crop, StaysInsideTheImage) {
  const Image image = gradient_image(5, 7);
  for (const CropWindow window :
       {CropWindow{-1, 0, {2, 2}},
        CropWindow{0, 6, {2, 2}},
        CropWindow{0, 0, {6, 2}},
        CropWindow{0, 0, {0, 2}}}) {
    expect_error(ErrorCode::InvalidArgument, "5 x 7", [&] {
      static_cast<void>(crop(image, window));
    });
  }
  expect_error(ErrorCode::InvalidArgument, "6 x 2", [] {
    static_cast<void>(center_window({5, 7}, {6, 2}));
  });
}

}  // namespace
}  // namespace ompq
