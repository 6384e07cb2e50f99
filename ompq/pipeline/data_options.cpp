// SPDX-License-Identifier: MIT
#include "ompq/pipeline/data_options.h"

#include <algorithm>

#include "ompq/core/error.h"
#include "ompq/data/open_dataset.h"

namespace ompq {
namespace {

/// `preset`, unless the user gave numbers.
std::array<double, 3> channels_of(
    const std::vector<double>& numbers,
    std::array<double, 3> preset,
    std::string_view flag) {
  if (numbers.empty()) {
    return preset;
  }
  std::array<double, 3> channels{};
  OMPQ_CHECK(
      numbers.size() == 1 || numbers.size() == channels.size(),
      ErrorCode::InvalidArgument,
      "{}: expected one number, or one for each of {} channels; got {}",
      flag,
      channels.size(),
      numbers.size());
  if (numbers.size() == 1) {
    channels.fill(numbers.front());
  } else {
    std::ranges::copy(numbers, channels.begin());
  }
  return channels;
}

}  // namespace

Preprocessing to_preprocessing(
    const PreprocessOptions& options, const Preprocessing& base) {
  Preprocessing result =
      options.preset ? preprocessing_of(*options.preset) : base;
  result.scale = options.scale.value_or(result.scale);
  result.mean = channels_of(options.mean, result.mean, "--mean");
  result.std = channels_of(options.std, result.std, "--std");
  result.channel_order = options.channel_order.value_or(result.channel_order);
  result.resize = options.resize.value_or(base.resize);
  result.crop = options.crop.value_or(base.crop);
  check_preprocessing(result);
  return result;
}

std::shared_ptr<const Dataset> open_examples(
    const std::filesystem::path& path,
    const SelectionOptions& options,
    std::uint64_t seed) {
  std::shared_ptr<const Dataset> dataset = open_dataset(path, options.labels);
  if (options.samples == 0 || options.samples >= dataset->size()) {
    return dataset;
  }
  return subset(
      std::move(dataset),
      {.count = options.samples, .order = options.order, .seed = seed});
}

}  // namespace ompq
