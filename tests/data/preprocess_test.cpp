// SPDX-License-Identifier: MIT
#include "ompq/data/preprocess.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/data/image_writer.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using testing::ElementsAre;
using testing::FloatEq;
using testing::FloatNear;

/// Two pixels in a row.
Sample two_pixels() {
  Sample sample;
  sample.image = Image{1, 2, {10, 20, 30, 40, 50, 60}};
  return sample;
}

Preprocessing raw() {
  return preprocessing_of(PreprocessingPreset::Raw);
}

TEST(Preprocess, WritesChannelsFirst) {
  EXPECT_THAT(
      preprocess(two_pixels(), raw(), {3, 1, 2}, "x"),
      ElementsAre(10, 40, 20, 50, 30, 60));
}

TEST(Preprocess, WritesChannelsLastIntoARow) {
  const Preprocessor preprocessor(raw(), {3, 1, 2}, BatchLayout::Nhwc);
  std::vector<float> row(6);
  preprocessor.write(two_pixels(), "x", row);
  EXPECT_THAT(row, ElementsAre(10, 20, 30, 40, 50, 60));
}

TEST(Preprocess, SwapsColoursForBgr) {
  Preprocessing preprocessing = raw();
  preprocessing.channel_order = ChannelOrder::Bgr;
  preprocessing.mean = {1.0, 2.0, 3.0};
  EXPECT_THAT(
      preprocess(two_pixels(), preprocessing, {3, 1, 2}, "x"),
      ElementsAre(29, 59, 18, 48, 7, 37));
}

TEST(Preprocess, ScalesAndNormalises) {
  const auto input = preprocess(
      two_pixels(),
      preprocessing_of(PreprocessingPreset::ImageNet),
      {3, 1, 2},
      "x");
  EXPECT_THAT(input[0], FloatEq((10.0F / 255.0F - 0.485F) / 0.229F));
  EXPECT_THAT(input[5], FloatNear((60.0F / 255.0F - 0.406F) / 0.225F, 1e-6F));
}

TEST(Preprocess, MapsTheRangeOfASymmetricInput) {
  Sample sample;
  sample.image = Image{1, 1, {0, 255, 0}};
  const auto input = preprocess(
      sample, preprocessing_of(PreprocessingPreset::Symmetric), {3, 1, 1}, "x");
  EXPECT_THAT(input, ElementsAre(-1.0F, 1.0F, -1.0F));
}

TEST(Preprocess, FeedsLumaToOneChannel) {
  Sample sample;
  sample.image = Image{1, 3, {255, 0, 0, 0, 255, 0, 90, 90, 90}};
  // 0.299 R + 0.587 G + 0.114 B; grey stays what it is.
  EXPECT_THAT(
      preprocess(sample, raw(), {1, 1, 3}, "x"), ElementsAre(76, 150, 90));
}

TEST(Preprocess, ResizesAndCropsOtherSizes) {
  Sample sample;
  sample.image = gradient_image(60, 90);
  const Image expected = resize_and_crop(
      *sample.image, {37, 55}, center_window({37, 55}, {32, 32}));

  const auto input = preprocess(sample, raw(), {3, 32, 32}, "x");

  for (std::size_t i = 0; i < 32 * 32; ++i) {
    ASSERT_EQ(input[i], expected.pixels[i * 3]);
  }
}

TEST(Preprocess, FeedsTensorsAsTheyAre) {
  Sample sample;
  sample.tensor = std::vector<float>{1, 2, 3, 4, 5, 6};
  sample.shape = {3, 1, 2};
  EXPECT_EQ(preprocess(sample, {}, {3, 1, 2}, "x"), *sample.tensor);

  const Preprocessor nhwc({}, {3, 1, 2}, BatchLayout::Nhwc);
  std::vector<float> row(6);
  nhwc.write(sample, "x", row);
  EXPECT_THAT(row, ElementsAre(1, 3, 5, 2, 4, 6));
}

TEST(Preprocess, NamesATensorOfAnotherShape) {
  Sample sample;
  sample.tensor = std::vector<float>(6);
  sample.shape = {1, 2, 3};
  expect_error(ErrorCode::ShapeMismatch, "x.npy, row 4: shape [1, 2, 3]", [&] {
    static_cast<void>(preprocess(sample, {}, {3, 1, 2}, "x.npy, row 4"));
  });
}

TEST(Preprocess, NamesAValueThatIsNotFinite) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(),
        -std::numeric_limits<float>::infinity()}) {
    Sample sample;
    sample.tensor = std::vector<float>{1, 2, bad};
    sample.shape = {3};
    expect_error(ErrorCode::InvalidData, "x: element 2 is", [&] {
      static_cast<void>(preprocess(sample, {}, {3}, "x"));
    });
  }
}

TEST(Preprocess, RefusesImagesForOtherInputs) {
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{4, 8, 8}, {10}, {3, 1, 8, 8}}) {
    expect_error(ErrorCode::ShapeMismatch, "x: an image fits", [&] {
      static_cast<void>(preprocess(two_pixels(), raw(), shape, "x"));
    });
  }
}

TEST(Preprocessor, RefusesADynamicShape) {
  expect_error(ErrorCode::InvalidArgument, "[3, -1, 8]", [] {
    static_cast<void>(Preprocessor(raw(), {3, -1, 8}));
  });
}

}  // namespace
}  // namespace ompq
