// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>

#include "ompq/engine/operator.h"

namespace ompq {

/// Exponential moving average of tensors that an optimizer moves:
///
///   average = d average + (1 - d) tensor,  d = min(decay, (1 + n) / (10 + n))
///
/// after the n-th step, so that the first steps do not weigh too much.
///
/// @source TensorFlow's ExponentialMovingAverage with num_updates
class WeightAverage {
 public:
  /// @param tensors  what is averaged; kept, not copied
  /// @param decay    0 = the average is the tensors themselves
  WeightAverage(Tensors tensors, double decay);

  /// Takes the tensors as they are after step `step`, counted from 1.
  void update(std::int64_t step);

  /// Does something while the tensors hold their averages.
  void with_average(const std::function<void()>& work) const;

  /// The averages; empty if there are none.
  [[nodiscard]] const Tensors& values() const { return averages_; }

 private:
  void exchange() const;

  Tensors tensors_;
  double decay_;
  Tensors averages_;
};

}  // namespace ompq
