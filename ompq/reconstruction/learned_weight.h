// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/quantization/integer_grid.h"
#include "ompq/reconstruction/adam.h"
#include "ompq/reconstruction/rounded_rows.h"

namespace ompq {

/// How the integers of a weight are learned.
enum class RoundingKind {
  /// A real number for every weight, rounded in the forward pass, its gradient
  /// passed straight through: codes may move by any distance.
  StraightThrough,
  /// A soft choice between the two neighbouring integers that becomes hard
  /// (AdaRound).
  Adaptive,
};

/// Where a gradient step stands and how far it goes.
struct StepSettings {
  /// Step of Adam for the codes, in units of one integer, and for the logarithm
  /// of the scales.
  double code_rate = 0.0;
  double scale_rate = 0.0;
  /// Counts from 1; for Adam's bias correction.
  int step = 1;
  /// Adaptive only: strength and exponent of the term that makes choices hard.
  double regularization = 0.0;
  double exponent = 2.0;
};

/// The weight of one layer while its codes and scales are learned, with the
/// state of Adam (beta 0.9 and 0.999).
///
///   StraightThrough:  w = s (clip(round(u)) - z),  du = dw s inside the grid
///   Adaptive:         w = s (clip(f + h(v)) - z),  h(v) = clip(1.2 sigmoid(v)
///                     - 0.1, 0, 1), loss + lambda sum (1 - |2 h - 1|^p)
///   both:             d log s = s sum dw (code - z)
///
/// @source AdaRound, arXiv 2004.10568, equations 21 to 24; learned steps: LSQ,
///         arXiv 1902.08153, here of the logarithm, so that scales stay
///         positive and rates need no tuning to their size
class OMPQ_API LearnedWeight {
 public:
  /// @param start  codes to begin with; StraightThrough begins at the code plus
  ///               `lean` times the distance to the real weight (at most half)
  LearnedWeight(
      const RoundedRows& start,
      IntegerGrid grid,
      RoundingKind kind,
      double lean = 0.3);

  /// The weights of the forward pass, [R, K] float32.
  [[nodiscard]] at::Tensor values() const;

  /// Takes one step of Adam.
  ///
  /// @param gradient  of the loss by values(), [R, K] float32
  void step(const at::Tensor& gradient, const StepSettings& settings);

  /// The codes it has come to, with the learned scales.
  [[nodiscard]] RoundedRows rounded() const;

 private:
  /// Step the variables; return sum dw (code - z) for each scale, [R, S].
  [[nodiscard]] at::Tensor step_straight_through(
      const at::Tensor& gradient, const StepSettings& settings);
  [[nodiscard]] at::Tensor step_adaptive(
      const at::Tensor& gradient, const StepSettings& settings);

  IntegerGrid grid_;
  RoundingKind kind_;
  /// scales, zero points and target; its codes are the lower neighbours of
  /// Adaptive.
  RoundedRows rows_;
  /// u or v, [R, K].
  at::Tensor variable_;
  AdamMoments variable_moments_;
  AdamMoments scale_moments_;
};

}  // namespace ompq
