// SPDX-License-Identifier: MIT
#include "ompq/data/resample_weights.h"

#include <algorithm>
#include <cmath>

namespace ompq::detail {

ResampleWeights::ResampleWeights(
    std::int64_t input_size,
    std::int64_t output_size,
    std::int64_t first,
    std::int64_t count) {
  const double scale =
      static_cast<double>(input_size) / static_cast<double>(output_size);
  const double support = std::max(1.0, scale);
  const double slope = 1.0 / support;
  std::vector<double> triangle;
  taps_.reserve(static_cast<std::size_t>(count));
  for (std::int64_t x = first; x < first + count; ++x) {
    // The casts cut towards zero, as the reference does before it clips.
    const double center = (static_cast<double>(x) + 0.5) * scale;
    const auto begin = std::max<std::int64_t>(
        0, static_cast<std::int64_t>(center - support + 0.5));
    const auto end =
        std::min(input_size, static_cast<std::int64_t>(center + support + 0.5));
    triangle.clear();
    double sum = 0.0;
    for (std::int64_t i = 0; i < end - begin; ++i) {
      const double distance =
          (static_cast<double>(i + begin) - center + 0.5) * slope;
      triangle.push_back(std::max(0.0, 1.0 - std::abs(distance)));
      sum += triangle.back();
    }
    taps_.push_back({begin, weights_.size(), triangle.size()});
    for (const double weight : triangle) {
      weights_.push_back(
          static_cast<std::int32_t>(0.5 + weight / sum * (1 << kWeightBits)));
    }
    input_begin_ = x == first ? begin : std::min(input_begin_, begin);
    input_end_ = std::max(input_end_, end);
  }
}

}  // namespace ompq::detail
