// SPDX-License-Identifier: MIT
#include "ompq/data/preprocessing.h"

#include <limits>

#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using Kind = SizeRule::Kind;

SizeRule side(std::int64_t pixels) {
  return {Kind::Side, pixels};
}

Geometry geometry_of(
    ImageSize image, SizeRule resize, SizeRule crop, ImageSize target) {
  Preprocessing preprocessing;
  preprocessing.resize = resize;
  preprocessing.crop = crop;
  return plan_geometry(image, preprocessing, target, "cat.jpg");
}

TEST(PlanGeometry, LeavesImagesOfTheInputSizeAlone) {
  const Geometry geometry = geometry_of({224, 224}, {}, {}, {224, 224});
  EXPECT_EQ(geometry.resized, (ImageSize{224, 224}));
  EXPECT_EQ(geometry.window, (CropWindow{0, 0, {224, 224}}));
}

TEST(PlanGeometry, ResizesToAnEighthMoreAndCrops) {
  const Geometry geometry = geometry_of({375, 500}, {}, {}, {224, 224});
  EXPECT_EQ(geometry.resized, (ImageSize{256, 341}));
  EXPECT_EQ(geometry.window, (CropWindow{16, 58, {224, 224}}));
  EXPECT_EQ(
      geometry_of({50, 50}, {}, {}, {32, 32}).resized, (ImageSize{37, 37}));
}

TEST(PlanGeometry, CoversARectangularInput) {
  for (const ImageSize image :
       {ImageSize{300, 900}, ImageSize{900, 300}, ImageSize{5, 7}}) {
    const Geometry geometry = geometry_of(image, {}, {}, {100, 200});
    EXPECT_GE(geometry.resized.height, 114);
    EXPECT_GE(geometry.resized.width, 228);
  }
}

TEST(PlanGeometry, CropsOnlyWhereResizeIsNone) {
  const Geometry geometry =
      geometry_of({227, 227}, {Kind::None}, side(224), {224, 224});
  EXPECT_EQ(geometry.resized, (ImageSize{227, 227}));
  EXPECT_EQ(geometry.window, (CropWindow{1, 1, {224, 224}}));
}

TEST(PlanGeometry, FollowsAnExplicitSide) {
  EXPECT_EQ(
      geometry_of({375, 500}, side(232), {}, {224, 224}).resized,
      (ImageSize{232, 309}));
  EXPECT_EQ(
      geometry_of({224, 224}, side(256), {}, {224, 224}).resized,
      (ImageSize{256, 256}));
}

TEST(PlanGeometry, NamesAnImageSmallerThanTheCrop) {
  expect_error(ErrorCode::InvalidData, "cat.jpg: the image is 200 x 300", [] {
    static_cast<void>(geometry_of({200, 300}, {Kind::None}, {}, {224, 224}));
  });
}

TEST(PlanGeometry, NamesRulesThatMissTheInputSize) {
  expect_error(ErrorCode::ShapeMismatch, "becomes 192 x 192", [] {
    static_cast<void>(geometry_of({300, 300}, {}, side(192), {224, 224}));
  });
  expect_error(ErrorCode::ShapeMismatch, "becomes 300 x 200", [] {
    static_cast<void>(
        geometry_of({300, 200}, {Kind::None}, {Kind::None}, {224, 224}));
  });
}

TEST(Preset, IsParsedByName) {
  EXPECT_EQ(
      parse_preprocessing_preset("cifar10"), PreprocessingPreset::Cifar10);
  EXPECT_DOUBLE_EQ(
      preprocessing_of(PreprocessingPreset::Cifar10).std[2], 0.2616);
  EXPECT_DOUBLE_EQ(
      preprocessing_of(PreprocessingPreset::ImageNet).mean[0], 0.485);
  EXPECT_DOUBLE_EQ(
      preprocessing_of(PreprocessingPreset::Symmetric).scale, 1.0 / 127.5);
  expect_error(ErrorCode::InvalidArgument, "imagenet, cifar10, unit", [] {
    static_cast<void>(parse_preprocessing_preset("imagnet"));
  });
}

TEST(SizeRule, IsParsed) {
  EXPECT_EQ(parse_size_rule("auto"), (SizeRule{Kind::Auto}));
  EXPECT_EQ(parse_size_rule("none"), (SizeRule{Kind::None}));
  EXPECT_EQ(parse_size_rule("256"), side(256));
  for (const char* text : {"", "0", "-3", "25.6", "256px", "999999"}) {
    expect_error(ErrorCode::InvalidArgument, text, [&] {
      static_cast<void>(parse_size_rule(text));
    });
  }
}

TEST(ChannelOrder, IsParsed) {
  EXPECT_EQ(parse_channel_order("bgr"), ChannelOrder::Bgr);
  expect_error(ErrorCode::InvalidArgument, "'BGR'", [] {
    static_cast<void>(parse_channel_order("BGR"));
  });
}

TEST(CheckPreprocessing, RejectsNumbersThatCannotNormalise) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const auto expect_refused = [](auto change) {
    Preprocessing preprocessing;
    change(preprocessing);
    EXPECT_THROW(check_preprocessing(preprocessing), Error);
  };
  expect_refused([](Preprocessing& p) { p.scale = 0.0; });
  expect_refused([](Preprocessing& p) { p.scale = kNan; });
  expect_refused([](Preprocessing& p) { p.mean[1] = kNan; });
  expect_refused([](Preprocessing& p) { p.std[2] = 0.0; });
  expect_refused([](Preprocessing& p) { p.crop = side(0); });
  EXPECT_NO_THROW(check_preprocessing({}));
}

TEST(PreprocessingJson, IsReadBack) {
  Preprocessing preprocessing =
      preprocessing_of(PreprocessingPreset::Symmetric);
  preprocessing.channel_order = ChannelOrder::Bgr;
  preprocessing.resize = {Kind::None};
  preprocessing.crop = side(224);

  const Json json = Json::parse(to_json(preprocessing).dump());

  EXPECT_EQ(
      read_preprocessing(JsonReader(json, "plan.json", ErrorCode::InvalidPlan)),
      preprocessing);
}

TEST(PreprocessingJson, NamesTheFieldThatIsWrong) {
  const auto expect_refused = [](const std::string& field, const Json& value) {
    Json json = to_json(Preprocessing{});
    json[field] = value;
    expect_error(ErrorCode::InvalidPlan, field, [&] {
      static_cast<void>(read_preprocessing(
          JsonReader(json, "plan.json", ErrorCode::InvalidPlan)));
    });
  };
  expect_refused("scale", "big");
  expect_refused("scale", -1.0);
  expect_refused("mean", Json::array({1.0, 2.0}));
  expect_refused("std", Json::array({1.0, 0.0, 1.0}));
  expect_refused("channel_order", "gbr");
  expect_refused("resize", "some");
  expect_refused("crop", 0);
}

}  // namespace
}  // namespace ompq
