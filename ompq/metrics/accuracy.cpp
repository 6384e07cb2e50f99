// SPDX-License-Identifier: MIT
#include "ompq/metrics/accuracy.h"

#include <cmath>

#include "ompq/core/error.h"

namespace ompq {
namespace {

double share(std::int64_t hits, std::int64_t images) {
  return images == 0 ? 0.0
                     : static_cast<double>(hits) / static_cast<double>(images);
}

}  // namespace

void AccuracyMeter::add(std::span<const float> scores, std::int64_t label) {
  const auto classes = static_cast<std::int64_t>(scores.size());
  OMPQ_CHECK(
      label >= 0 && label < classes,
      ErrorCode::InvalidData,
      "[eval] label {} is outside the network's classes 0 to {}",
      label,
      classes - 1);
  ++images_;
  const float own = scores[static_cast<std::size_t>(label)];
  if (std::isnan(own)) {
    return;
  }
  std::int64_t rank = 0;
  for (std::int64_t i = 0; i < classes; ++i) {
    const float score = scores[static_cast<std::size_t>(i)];
    rank += score > own || (score == own && i < label) ? 1 : 0;
  }
  top1_hits_ += rank < 1 ? 1 : 0;
  top5_hits_ += rank < 5 ? 1 : 0;
}

double AccuracyMeter::top1() const {
  return share(top1_hits_, images_);
}

double AccuracyMeter::top5() const {
  return share(top5_hits_, images_);
}

}  // namespace ompq
