// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "ompq/data/npy.h"
#include "ompq/data/open_dataset.h"
#include "ompq/data/resize.h"

#include "tests/support/shared_files.h"

namespace ompq {
namespace {

// The reference was made by another decoder build; resampling itself is exact,
// so nearly all bytes must agree.
constexpr double kMaxMeanDifference = 0.05;
constexpr double kMinEqualShare = 0.98;

TEST(GoldenImages, EqualTheReferenceAfterResizeAndCrop) {
  OMPQ_NEEDS_SHARED("golden/mobilenetv2_images.npy");
  const NpyArray golden =
      read_npy(shared_folder() / "golden" / "mobilenetv2_images.npy");
  const auto dataset =
      open_dataset(shared_folder() / "data" / "imagenet_calib");

  double difference = 0.0;
  double equal = 0.0;
  for (std::int64_t i = 0; i < golden.shape[0]; ++i) {
    const Image image = *dataset->get(i).image;
    const ImageSize size = shorter_side_size({image.height, image.width}, 256);
    const Image cropped =
        resize_and_crop(image, size, center_window(size, {224, 224}));
    const auto row = golden.bytes.subspan(
        static_cast<std::size_t>(i) * cropped.pixels.size(),
        cropped.pixels.size());
    double of_image = 0.0;
    for (std::size_t k = 0; k < row.size(); ++k) {
      of_image += std::abs(row[k] - cropped.pixels[k]);
      equal += row[k] == cropped.pixels[k] ? 1.0 : 0.0;
    }
    EXPECT_LE(of_image / static_cast<double>(row.size()), kMaxMeanDifference)
        << dataset->name(i);
    difference += of_image;
  }
  const auto count = static_cast<double>(golden.bytes.size());
  RecordProperty("mean_difference", std::to_string(difference / count));
  RecordProperty("equal_share", std::to_string(equal / count));
  EXPECT_LE(difference / count, kMaxMeanDifference);
  EXPECT_GE(equal / count, kMinEqualShare);
}

class RealImages : public testing::TestWithParam<const char*> {};

TEST_P(RealImages, AllDecode) {
  OMPQ_NEEDS_SHARED(std::filesystem::path("data") / GetParam());
  const auto dataset = open_dataset(shared_folder() / "data" / GetParam());
  for (std::int64_t i = 0; i < dataset->size(); ++i) {
    ASSERT_NO_THROW(static_cast<void>(dataset->get(i))) << dataset->name(i);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Folders,
    RealImages,
    testing::Values("imagenet_calib", "imagenet_calib_small", "imagenet_val"));

TEST(RealImages, OfAFolderWithATableHaveLabels) {
  OMPQ_NEEDS_SHARED("data/imagenet_val");
  const auto dataset = open_dataset(shared_folder() / "data/imagenet_val");
  EXPECT_TRUE(dataset->has_labels());
  EXPECT_EQ(dataset->size(), 650);
}

}  // namespace
}  // namespace ompq
