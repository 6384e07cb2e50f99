// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/option_text.h"
#include "ompq/data/dataset.h"
#include "ompq/data/preprocessing.h"
#include "ompq/data/subset.h"

namespace ompq {

template <>
struct EnumNames<PreprocessingPreset> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"imagenet"}, PreprocessingPreset::ImageNet},
      std::pair{std::string_view{"cifar10"}, PreprocessingPreset::Cifar10},
      std::pair{std::string_view{"unit"}, PreprocessingPreset::Unit},
      std::pair{std::string_view{"symmetric"}, PreprocessingPreset::Symmetric},
      std::pair{std::string_view{"raw"}, PreprocessingPreset::Raw}};
};

template <>
struct EnumNames<ChannelOrder> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"rgb"}, ChannelOrder::Rgb},
      std::pair{std::string_view{"bgr"}, ChannelOrder::Bgr}};
};

template <>
struct EnumNames<SampleOrder> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"random"}, SampleOrder::Random},
      std::pair{std::string_view{"first"}, SampleOrder::First}};
};

/// "auto", "none" or a number of pixels.
template <>
struct OptionText<SizeRule> {
  static constexpr std::string_view kPlaceholder = "PIXELS|none";
  static SizeRule parse(std::string_view text) { return parse_size_rule(text); }
  static std::string print(const SizeRule& rule) { return to_string(rule); }
};

/// From stored pictures to what the network is fed.
struct PreprocessOptions {
  std::optional<PreprocessingPreset> preset;
  std::optional<double> scale;
  std::vector<double> mean;
  std::vector<double> std;
  std::optional<ChannelOrder> channel_order;
  std::optional<SizeRule> resize;
  std::optional<SizeRule> crop;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        preset,
        {.name = "preprocess",
         .help = "scale, mean and standard deviation; see 'ompq help data'",
         .empty_means = "imagenet"});
    visit(
        scale,
        {.name = "scale",
         .help = "factor applied to the stored values 0 to 255",
         .empty_means = "by --preprocess"});
    visit(
        mean,
        {.name = "mean",
         .help = "subtracted after the scale: one number, or one for each "
                 "channel",
         .placeholder = "M,M,M",
         .empty_means = "by --preprocess"});
    visit(
        std,
        {.name = "std",
         .help = "divisor after the mean: one number, or one for each channel",
         .low = 1e-9,
         .placeholder = "S,S,S",
         .empty_means = "by --preprocess"});
    visit(
        channel_order,
        {.name = "channel-order",
         .help = "order of the colours that the network expects",
         .empty_means = "rgb"});
    visit(
        resize,
        {.name = "resize",
         .help = "length of the shorter side after resizing; auto = the input "
                 "size / 0.875 for images of another size",
         .empty_means = "auto"});
    visit(
        crop,
        {.name = "crop",
         .help = "side of the square cut out of the centre; auto = the input "
                 "size",
         .empty_means = "auto"});
  }
};

/// The preset with what was changed of it.
///
/// @param base  what holds where the options say nothing; a preset replaces
///              its numbers, but not its geometry
///
/// @throws Error{InvalidArgument}  a list has neither one number nor three, or
///                                 a number is out of range
[[nodiscard]] OMPQ_API Preprocessing to_preprocessing(
    const PreprocessOptions& options,
    const Preprocessing& base =
        preprocessing_of(PreprocessingPreset::ImageNet));

/// Which examples are taken from a data set.
struct SelectionOptions {
  std::optional<std::filesystem::path> labels;
  /// 0 = all.
  std::int64_t samples = 0;
  SampleOrder order = SampleOrder::Random;
  bool skip_bad = false;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        labels,
        {.name = "labels",
         .help = "class of each example, as .npy",
         .empty_means = "from the data"});
    visit(
        samples,
        {.name = "samples", .help = "examples to use, 0 = all", .low = 0});
    visit(
        order,
        {.name = "order",
         .help = "which ones: drawn by --seed, or the first in name order"});
    visit(
        skip_bad,
        {.name = "skip-bad",
         .help = "leave out images that cannot be decoded, with a warning"});
  }
};

/// Opens data and takes what the options say.
///
/// @throws as open_dataset()
[[nodiscard]] OMPQ_API std::shared_ptr<const Dataset> open_examples(
    const std::filesystem::path& path,
    const SelectionOptions& options,
    std::uint64_t seed);

}  // namespace ompq
