// SPDX-License-Identifier: MIT
#include "ompq/data/augment.h"

#include <algorithm>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

/// A picture whose pixels say where they were: red = row, green = column.
Image numbered(std::int64_t height, std::int64_t width) {
  Image image{.height = height, .width = width};
  for (std::int64_t row = 0; row < height; ++row) {
    for (std::int64_t column = 0; column < width; ++column) {
      image.pixels.push_back(static_cast<std::uint8_t>(row + 1));
      image.pixels.push_back(static_cast<std::uint8_t>(column + 1));
      image.pixels.push_back(200);
    }
  }
  return image;
}

Image changed(
    const Image& image,
    const Augmentation& augmentation,
    ImageSize target,
    std::uint64_t seed) {
  RandomStream random(seed);
  return augment(image, augmentation, {}, target, "picture", random);
}

std::uint8_t byte(
    const Image& image,
    std::int64_t row,
    std::int64_t column,
    std::int64_t channel) {
  return image.pixels[static_cast<std::size_t>(
      (row * image.width + column) * 3 + channel)];
}

TEST(Augment, ChangesNothingByDefault) {
  const Image image = numbered(8, 8);
  EXPECT_EQ(changed(image, {}, {8, 8}, 1).pixels, image.pixels);
}

TEST(Augment, CutsAWindowOutOfThePaddedPicture) {
  const Image image = numbered(8, 8);
  const Augmentation augmentation{.padding = 2, .random_crop = true};
  std::set<std::pair<int, int>> places;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Image window = changed(image, augmentation, {8, 8}, seed);
    ASSERT_EQ(window.height, 8);
    ASSERT_EQ(window.width, 8);
    // The middle is inside the picture for every window.
    const int row = byte(window, 4, 4, 0) - 5;
    const int column = byte(window, 4, 4, 1) - 5;
    places.emplace(row, column);
    for (std::int64_t y = 0; y < 8; ++y) {
      for (std::int64_t x = 0; x < 8; ++x) {
        const bool is_inside =
            y + row >= 0 && y + row < 8 && x + column >= 0 && x + column < 8;
        ASSERT_EQ(byte(window, y, x, 0), is_inside ? y + row + 1 : 0);
        ASSERT_EQ(byte(window, y, x, 1), is_inside ? x + column + 1 : 0);
      }
    }
  }
  EXPECT_EQ(places.size(), 25U);
}

TEST(Augment, MirrorsHalfOfThePictures) {
  const Image image = numbered(4, 6);
  int mirrored = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Image result = changed(image, {.flip = true}, {4, 6}, seed);
    const bool is_mirrored = byte(result, 0, 0, 1) == 6;
    mirrored += is_mirrored ? 1 : 0;
    ASSERT_EQ(byte(result, 2, 1, 1), is_mirrored ? 5 : 2);
    ASSERT_EQ(byte(result, 2, 1, 0), 3);
  }
  EXPECT_GT(mirrored, 430);
  EXPECT_LT(mirrored, 570);
}

TEST(Augment, CutsAreasOfTheSizeAskedFor) {
  const Image image = numbered(100, 80);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Image result =
        changed(image, {.smallest_area = 0.25}, {16, 16}, seed);
    ASSERT_EQ(result.height, 16);
    ASSERT_EQ(result.width, 16);
    // What is left of the gradients tells how large the window was.
    const double height =
        (byte(result, 15, 8, 0) - byte(result, 0, 8, 0)) * 16.0 / 15.0;
    const double width =
        (byte(result, 8, 15, 1) - byte(result, 8, 0, 1)) * 16.0 / 15.0;
    EXPECT_GT(height * width, 0.2 * 100 * 80);
    EXPECT_LT(height / width, 1.6);
    EXPECT_GT(height / width, 0.6);
  }
}

TEST(Augment, ChangesColoursWithinTheJitter) {
  Image grey{.height = 4, .width = 4};
  grey.pixels.assign(4 * 4 * 3, 100);
  std::set<int> levels;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Image result = changed(grey, {.jitter = 0.2}, {4, 4}, seed);
    // Of a grey picture contrast and saturation change nothing.
    const int level = result.pixels.front();
    EXPECT_GE(level, 79);
    EXPECT_LE(level, 121);
    EXPECT_TRUE(std::ranges::all_of(
        result.pixels, [&](std::uint8_t pixel) { return pixel == level; }));
    levels.insert(level);
  }
  EXPECT_GT(levels.size(), 20U);
}

TEST(Augment, IsTheSameForOneSeed) {
  const Image image = numbered(40, 48);
  const Augmentation augmentation{
      .flip = true, .smallest_area = 0.3, .jitter = 0.4};
  EXPECT_EQ(
      changed(image, augmentation, {32, 32}, 5).pixels,
      changed(image, augmentation, {32, 32}, 5).pixels);
  EXPECT_NE(
      changed(image, augmentation, {32, 32}, 5).pixels,
      changed(image, augmentation, {32, 32}, 6).pixels);
}

TEST(Augment, RefusesImpossibleSettings) {
  const auto refuses = [](const Augmentation& augmentation) {
    expect_error(ErrorCode::InvalidArgument, "augmentation", [&] {
      check_augmentation(augmentation);
    });
  };
  refuses({.padding = -1, .random_crop = true});
  refuses({.padding = 4});
  refuses({.smallest_area = 1.5});
  refuses({.jitter = 1.0});
}

}  // namespace
}  // namespace ompq
