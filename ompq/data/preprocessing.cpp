// SPDX-License-Identifier: MIT
#include "ompq/data/preprocessing.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// Larger sides are typing errors, not networks.
constexpr std::int64_t kMaxSide = 65'535;

constexpr std::array<std::pair<std::string_view, PreprocessingPreset>, 5>
    kPresets = {{
        {"imagenet", PreprocessingPreset::ImageNet},
        {"cifar10", PreprocessingPreset::Cifar10},
        {"unit", PreprocessingPreset::Unit},
        {"symmetric", PreprocessingPreset::Symmetric},
        {"raw", PreprocessingPreset::Raw},
    }};

Json to_json(SizeRule rule) {
  if (rule.kind == SizeRule::Kind::Side) {
    return rule.side;
  }
  return to_string(rule);
}

SizeRule read_size_rule(const JsonReader& reader) {
  if (reader.json().is_string()) {
    const std::string text = reader.as_string();
    if (text == "auto" || text == "none") {
      return parse_size_rule(text);
    }
    reader.fail_field(
        fmt::format("expected auto, none or a number, got \"{}\"", text));
  }
  return {SizeRule::Kind::Side, reader.as_integer(1, kMaxSide)};
}

std::array<double, 3> read_channels(const JsonReader& reader) {
  if (reader.size() != 3) {
    reader.fail_field(fmt::format("expected 3 numbers, got {}", reader.size()));
  }
  return {
      reader.at(std::size_t{0}).as_number(),
      reader.at(1).as_number(),
      reader.at(2).as_number()};
}

}  // namespace

Preprocessing preprocessing_of(PreprocessingPreset preset) {
  constexpr std::array<double, 3> kZeros = {0.0, 0.0, 0.0};
  constexpr std::array<double, 3> kOnes = {1.0, 1.0, 1.0};
  switch (preset) {
    case PreprocessingPreset::ImageNet:
      break;
    case PreprocessingPreset::Cifar10:
      return {
          .mean = {0.4914, 0.4822, 0.4465}, .std = {0.2470, 0.2435, 0.2616}};
    case PreprocessingPreset::Unit:
      return {.mean = kZeros, .std = kOnes};
    case PreprocessingPreset::Symmetric:
      return {.scale = 1.0 / 127.5, .mean = kOnes, .std = kOnes};
    case PreprocessingPreset::Raw:
      return {.scale = 1.0, .mean = kZeros, .std = kOnes};
  }
  return {};
}

PreprocessingPreset parse_preprocessing_preset(std::string_view text) {
  for (const auto& [name, preset] : kPresets) {
    if (name == text) {
      return preset;
    }
  }
  fail(
      ErrorCode::InvalidArgument,
      "[preprocess] unknown preset '{}'; choose imagenet, cifar10, unit, "
      "symmetric or raw",
      text);
}

ChannelOrder parse_channel_order(std::string_view text) {
  OMPQ_CHECK(
      text == "rgb" || text == "bgr",
      ErrorCode::InvalidArgument,
      "[preprocess] unknown channel order '{}'; choose rgb or bgr",
      text);
  return text == "rgb" ? ChannelOrder::Rgb : ChannelOrder::Bgr;
}

SizeRule parse_size_rule(std::string_view text) {
  if (text == "auto") {
    return {SizeRule::Kind::Auto};
  }
  if (text == "none") {
    return {SizeRule::Kind::None};
  }
  std::int64_t side = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), side);
  OMPQ_CHECK(
      error == std::errc() && end == text.data() + text.size() && side >= 1 &&
          side <= kMaxSide,
      ErrorCode::InvalidArgument,
      "[preprocess] '{}' is no size; give auto, none or 1 to {} pixels",
      text,
      kMaxSide);
  return {SizeRule::Kind::Side, side};
}

std::string to_string(ChannelOrder order) {
  return order == ChannelOrder::Rgb ? "rgb" : "bgr";
}

std::string to_string(SizeRule rule) {
  switch (rule.kind) {
    case SizeRule::Kind::Auto:
      return "auto";
    case SizeRule::Kind::None:
      return "none";
    case SizeRule::Kind::Side:
      break;
  }
  return std::to_string(rule.side);
}

void check_preprocessing(const Preprocessing& preprocessing) {
  OMPQ_CHECK(
      std::isfinite(preprocessing.scale) && preprocessing.scale > 0.0,
      ErrorCode::InvalidArgument,
      "[preprocess] scale must be a positive number, got {}",
      preprocessing.scale);
  for (const double mean : preprocessing.mean) {
    OMPQ_CHECK(
        std::isfinite(mean),
        ErrorCode::InvalidArgument,
        "[preprocess] mean must be finite, got {}",
        mean);
  }
  for (const double std : preprocessing.std) {
    OMPQ_CHECK(
        std::isfinite(std) && std > 0.0,
        ErrorCode::InvalidArgument,
        "[preprocess] std must be a positive number, got {}",
        std);
  }
  for (const SizeRule rule : {preprocessing.resize, preprocessing.crop}) {
    OMPQ_CHECK(
        rule.kind != SizeRule::Kind::Side ||
            (rule.side >= 1 && rule.side <= kMaxSide),
        ErrorCode::InvalidArgument,
        "[preprocess] resize and crop must be 1 to {} pixels, got {}",
        kMaxSide,
        rule.side);
  }
}

Json to_json(const Preprocessing& preprocessing) {
  return {
      {"scale", preprocessing.scale},
      {"mean", preprocessing.mean},
      {"std", preprocessing.std},
      {"channel_order", to_string(preprocessing.channel_order)},
      {"resize", to_json(preprocessing.resize)},
      {"crop", to_json(preprocessing.crop)},
  };
}

Preprocessing read_preprocessing(const JsonReader& reader) {
  Preprocessing preprocessing;
  preprocessing.scale = reader.at("scale").as_number();
  preprocessing.mean = read_channels(reader.at("mean"));
  preprocessing.std = read_channels(reader.at("std"));
  const JsonReader order = reader.at("channel_order");
  if (order.as_string() != "rgb" && order.as_string() != "bgr") {
    order.fail_field(
        fmt::format("expected rgb or bgr, got \"{}\"", order.as_string()));
  }
  preprocessing.channel_order = parse_channel_order(order.as_string());
  preprocessing.resize = read_size_rule(reader.at("resize"));
  preprocessing.crop = read_size_rule(reader.at("crop"));
  try {
    check_preprocessing(preprocessing);
  } catch (const Error& error) {
    reader.fail_field(error.what());
  }
  return preprocessing;
}

}  // namespace ompq
