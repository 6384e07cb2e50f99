// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <ATen/ATen.h>

#include "ompq/reconstruction/layer_moments.h"
#include "ompq/reconstruction/rounded_rows.h"

namespace ompq {

/// How large a random layer is.
struct ProblemSize {
  std::int64_t rows = 12;
  std::int64_t columns = 18;
  std::int64_t positions = 600;
  std::int64_t groups = 1;
};

/// A random layer whose inputs are correlated and not centred; the quantized
/// network's inputs differ a little from the float one's.
struct CorrelatedProblem {
  /// [G, P, K].
  at::Tensor float_inputs;
  at::Tensor quantized_inputs;
  /// [R, K].
  at::Tensor weights;

  explicit CorrelatedProblem(std::uint64_t seed, const ProblemSize& size = {}) {
    at::manual_seed(seed);
    const at::Tensor mixing =
        at::randn({size.groups, size.columns, size.columns}) *
        at::pow(0.7, at::arange(size.columns)).reshape({1, -1, 1});
    const at::Tensor plain =
        at::randn({size.groups, size.positions, size.columns});
    float_inputs = at::relu(at::bmm(plain, mixing) + 0.5);
    quantized_inputs = at::round(float_inputs * 4) / 4;
    weights = at::randn({size.rows, size.columns});
  }

  [[nodiscard]] LayerMoments moments(bool centre = false) const {
    MomentSum sum;
    sum.add(quantized_inputs, float_inputs);
    return sum.moments(centre);
  }

  /// [G, P, R / G] of some weights for some inputs.
  static at::Tensor output(const at::Tensor& rows, const at::Tensor& inputs) {
    const at::Tensor grouped =
        rows.reshape({inputs.size(0), -1, rows.size(1)}).to(at::kDouble);
    return at::bmm(inputs.to(at::kDouble), grouped.transpose(1, 2));
  }

  /// Mean squared error at the output.
  [[nodiscard]] double error(const RoundedRows& rounded) const {
    return (output(weights, float_inputs) -
            output(rounded.values(), quantized_inputs))
        .square()
        .mean()
        .item<double>();
  }
};

}  // namespace ompq
