// SPDX-License-Identifier: MIT
#include "ompq/data/synthetic_dataset.h"

#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

constexpr std::int64_t kImages = 50;

std::uint64_t checksum(const SyntheticOptions& options) {
  // FNV-1a over pixels and labels.
  std::uint64_t hash = 0xCBF29CE484222325U;
  const auto add = [&](std::uint64_t byte) {
    hash = (hash ^ byte) * 0x100000001B3U;
  };
  const SyntheticDataset dataset(options);
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const Sample sample = dataset.get(i);
    for (const std::uint8_t level : sample.image->pixels) {
      add(level);
    }
    add(static_cast<std::uint64_t>(*sample.label));
  }
  return hash;
}

TEST(SyntheticDataset, MakesTheSameBytesOnEveryPlatform) {
  EXPECT_EQ(
      checksum({.split = SyntheticSplit::Train, .size = kImages}),
      0xE8CE9CE20835596FU);
  EXPECT_EQ(
      checksum({.split = SyntheticSplit::Calibration, .size = kImages}),
      0xAFE076BF21DF343EU);
  EXPECT_EQ(
      checksum({.split = SyntheticSplit::Test, .size = kImages}),
      0x98A664B26F4B492AU);
}

TEST(SyntheticDataset, MakesOtherImagesForOtherSeeds) {
  const Sample first = SyntheticDataset({.size = 1, .seed = 1}).get(0);
  const Sample second = SyntheticDataset({.size = 1, .seed = 2}).get(0);

  EXPECT_NE(first.image->pixels, second.image->pixels);
}

TEST(SyntheticDataset, SharesNoImageBetweenSplits) {
  std::vector<std::vector<std::uint8_t>> seen;
  for (const SyntheticSplit split :
       {SyntheticSplit::Train,
        SyntheticSplit::Calibration,
        SyntheticSplit::Test}) {
    const SyntheticDataset dataset({.split = split, .size = kImages});
    for (std::int64_t i = 0; i < kImages; ++i) {
      const std::vector<std::uint8_t> pixels = dataset.get(i).image->pixels;
      EXPECT_THAT(seen, ::testing::Not(::testing::Contains(pixels)));
      seen.push_back(pixels);
    }
  }
}

TEST(SyntheticDataset, GivesAnImageWhateverTheOrderAndSize) {
  const SyntheticDataset few({.size = kImages});
  const SyntheticDataset many({.size = 100 * kImages});

  for (std::int64_t i = kImages - 1; i >= 0; --i) {
    const Sample alone = few.get(i);
    const Sample among_many = many.get(i);
    EXPECT_EQ(alone.image->pixels, among_many.image->pixels);
    EXPECT_EQ(alone.label, among_many.label);
  }
}

TEST(SyntheticDataset, HoldsEveryClassOnceInTenImages) {
  const SyntheticDataset dataset({.size = 200});
  std::vector<std::vector<std::int64_t>> orders;

  for (std::int64_t ten = 0; ten < 20; ++ten) {
    std::vector<std::int64_t> labels;
    for (std::int64_t i = 0; i < 10; ++i) {
      labels.push_back(*dataset.get(ten * 10 + i).label);
    }
    EXPECT_THAT(
        labels, ::testing::UnorderedElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    orders.push_back(labels);
  }

  EXPECT_NE(orders[0], orders[1]) << "the order of the classes is random";
}

TEST(SyntheticDataset, MakesColourImagesOfThirtyTwoPixels) {
  const SyntheticDataset dataset({.size = kImages});

  for (std::int64_t i = 0; i < kImages; ++i) {
    const Sample sample = dataset.get(i);
    EXPECT_EQ(sample.image->height, SyntheticDataset::kSide);
    EXPECT_EQ(sample.image->width, SyntheticDataset::kSide);
    EXPECT_EQ(sample.image->pixels.size(), 32U * 32U * 3U);
    EXPECT_FALSE(sample.tensor.has_value());
  }
}

TEST(SyntheticDataset, NamesSplitAndIndex) {
  const SyntheticDataset dataset(
      {.split = SyntheticSplit::Calibration, .size = 20});

  EXPECT_EQ(dataset.name(17), "shapes calibration 17");
}

TEST(SyntheticDataset, RejectsWhatIsOutOfRange) {
  const SyntheticDataset dataset({.size = 3});

  EXPECT_THROW(SyntheticDataset({.size = 0}), Error);
  EXPECT_THROW(static_cast<void>(dataset.get(3)), Error);
  EXPECT_THROW(static_cast<void>(dataset.get(-1)), Error);
}

}  // namespace
}  // namespace ompq
