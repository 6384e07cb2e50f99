// SPDX-License-Identifier: MIT
#include "ompq/pipeline/data_options.h"

#include <array>

#include <gtest/gtest.h>

#include "ompq/core/option_table.h"

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

TEST(ToPreprocessing, TakesThePresetByDefault) {
  EXPECT_EQ(
      to_preprocessing({}), preprocessing_of(PreprocessingPreset::ImageNet));
}

TEST(ToPreprocessing, ChangesWhatTheFlagsName) {
  PreprocessOptions options;
  OptionTable table;
  options.describe(table);
  table.find("preprocess")->assign({"unit"});
  table.find("mean")->assign({"0.5"});
  table.find("std")->assign({"0.1,0.2,0.3"});
  table.find("channel-order")->assign({"bgr"});
  table.find("resize")->assign({"none"});
  table.find("crop")->assign({"224"});

  const Preprocessing result = to_preprocessing(options);

  EXPECT_DOUBLE_EQ(result.scale, 1.0 / 255.0);
  EXPECT_EQ(result.mean, (std::array<double, 3>{0.5, 0.5, 0.5}));
  EXPECT_EQ(result.std, (std::array<double, 3>{0.1, 0.2, 0.3}));
  EXPECT_EQ(result.channel_order, ChannelOrder::Bgr);
  EXPECT_EQ(result.resize.kind, SizeRule::Kind::None);
  EXPECT_EQ(result.crop.side, 224);
}

TEST(ToPreprocessing, KeepsWhatNoFlagNames) {
  Preprocessing base = preprocessing_of(PreprocessingPreset::Symmetric);
  base.resize = {SizeRule::Kind::None};
  base.crop = {SizeRule::Kind::Side, 96};
  PreprocessOptions options;
  EXPECT_EQ(to_preprocessing(options, base), base);

  options.preset = PreprocessingPreset::Unit;
  options.crop = SizeRule{SizeRule::Kind::Auto};
  const Preprocessing result = to_preprocessing(options, base);

  EXPECT_DOUBLE_EQ(result.scale, 1.0 / 255.0);
  EXPECT_EQ(result.resize.kind, SizeRule::Kind::None);
  EXPECT_EQ(result.crop.kind, SizeRule::Kind::Auto);
}

TEST(ToPreprocessing, RejectsAnotherNumberOfChannels) {
  PreprocessOptions options;
  options.mean = {0.1, 0.2};
  expect_error(
      ErrorCode::InvalidArgument,
      "--mean: expected one number, or one for each of 3 channels; got 2",
      [&] { static_cast<void>(to_preprocessing(options)); });
}

}  // namespace
}  // namespace ompq
