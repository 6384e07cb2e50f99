// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/export.h"
#include "ompq/reconstruction/unit_result.h"

namespace ompq {

/// A loss over the steps of an optimisation, as means over stretches of equal
/// length: short enough to keep, and calmer than single batches.
class OMPQ_API LossCurve {
 public:
  /// @param steps  how many losses will follow
  explicit LossCurve(int steps);

  void add(double loss);

  /// At most 50 points; a point stands at the last step of its stretch,
  /// counted from 1.
  [[nodiscard]] std::vector<LossPoint> points() const;

 private:
  int stretch_ = 1;
  int steps_ = 0;
  double sum_ = 0.0;
  std::vector<LossPoint> finished_;
};

}  // namespace ompq
