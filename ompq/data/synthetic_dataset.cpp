// SPDX-License-Identifier: MIT
#include "ompq/data/synthetic_dataset.h"

#include <array>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/data/random_stream.h"
#include "ompq/data/shape_outline.h"
#include "ompq/data/shape_scene.h"

namespace ompq {
namespace {

constexpr std::int64_t kClasses =
    static_cast<std::int64_t>(kShapeClassNames.size());

/// What a stream of random numbers decides; keeps streams apart.
enum class Purpose : std::uint64_t { ClassOrder = 1, Scene = 2 };

RandomStream stream(
    const SyntheticOptions& options, Purpose purpose, std::int64_t index) {
  std::uint64_t key = RandomStream::mix(options.seed);
  key = RandomStream::mix(
      key ^ (static_cast<std::uint64_t>(options.split) * 4 +
             static_cast<std::uint64_t>(purpose)));
  return RandomStream(
      RandomStream::mix(key ^ static_cast<std::uint64_t>(index)));
}

/// Class of image `index`: its place in a permutation drawn for its ten.
std::int64_t draw_label(const SyntheticOptions& options, std::int64_t index) {
  std::array<std::int64_t, kShapeClassNames.size()> order{};
  std::iota(order.begin(), order.end(), 0);
  RandomStream random = stream(options, Purpose::ClassOrder, index / kClasses);
  for (std::size_t i = order.size() - 1; i > 0; --i) {
    const std::int32_t other = random.between(0, static_cast<std::int32_t>(i));
    std::swap(order[i], order[static_cast<std::size_t>(other)]);
  }
  return order[static_cast<std::size_t>(index % kClasses)];
}

std::string_view split_name(SyntheticSplit split) {
  switch (split) {
    case SyntheticSplit::Train:
      return "train";
    case SyntheticSplit::Calibration:
      return "calibration";
    case SyntheticSplit::Test:
      return "test";
  }
  OMPQ_ASSERT(false, "every enumerator has its case");
}

}  // namespace

SyntheticDataset::SyntheticDataset(const SyntheticOptions& options)
    : options_(options) {
  OMPQ_CHECK(
      options.size >= 1,
      ErrorCode::InvalidArgument,
      "[synthetic_dataset] size: expected at least 1 image, got {}",
      options.size);
}

Sample SyntheticDataset::get(std::int64_t index) const {
  OMPQ_CHECK(
      index >= 0 && index < options_.size,
      ErrorCode::InvalidArgument,
      "[synthetic_dataset] index: expected 0 to {}, got {}",
      options_.size - 1,
      index);
  const std::int64_t label = draw_label(options_, index);
  RandomStream random = stream(options_, Purpose::Scene, index);
  Sample sample;
  sample.image = paint_scene(
      static_cast<Shape2d>(label), static_cast<std::int32_t>(kSide), random);
  sample.label = label;
  return sample;
}

std::string SyntheticDataset::name(std::int64_t index) const {
  return fmt::format("shapes {} {}", split_name(options_.split), index);
}

}  // namespace ompq
