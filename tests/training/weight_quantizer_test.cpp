// SPDX-License-Identifier: MIT
#include "ompq/training/weight_quantizer.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

constexpr std::int64_t kRows = 3;
constexpr std::int64_t kColumns = 10;

/// A grid of two bits with a scale and zero point for every group of `group`
/// columns.
WeightGrid make_grid(std::int64_t group) {
  const std::int64_t groups = (kColumns + group - 1) / group;
  at::manual_seed(3);
  return {
      .grid = {.bits = 2},
      .scales = (at::rand({kRows, groups}) * 0.2 + 0.3).requires_grad_(true),
      .zero_points = at::randint(0, 4, {kRows, groups}, at::kInt),
      .group_size = group};
}

at::Tensor some_weights() {
  at::manual_seed(4);
  return at::randn({kRows, kColumns}).requires_grad_(true);
}

/// The definition, element by element in float64.
struct Plain {
  at::Tensor value = at::zeros({kRows, kColumns});
  at::Tensor weight_gradient = at::zeros({kRows, kColumns});
  at::Tensor scale_gradient;
  at::Tensor codes = at::zeros({kRows, kColumns}, at::kInt);

  Plain(const at::Tensor& weights, const WeightGrid& grid, const at::Tensor& dy)
      : scale_gradient(at::zeros_like(grid.zero_points, at::kFloat)) {
    for (std::int64_t r = 0; r < kRows; ++r) {
      for (std::int64_t k = 0; k < kColumns; ++k) {
        const std::int64_t g = k / grid.group_size;
        const auto number = [&](const at::Tensor& t, std::int64_t column) {
          return t.index({r, column}).item<double>();
        };
        const double scale = number(grid.scales.detach(), g);
        const double zero_point = number(grid.zero_points, g);
        const double w = number(weights.detach(), k);
        const double d = number(dy, k);
        const double wanted = std::nearbyint(w / scale) + zero_point;
        const double code = std::clamp(wanted, 0.0, 3.0);
        const bool is_inside = code == wanted;
        codes.index_put_({r, k}, static_cast<int>(code));
        value.index_put_({r, k}, (code - zero_point) * scale);
        weight_gradient.index_put_({r, k}, is_inside ? d : 0.0);
        const double slope = code - zero_point - (is_inside ? w / scale : 0.0);
        scale_gradient.index_put_(
            {r, g}, number(scale_gradient, g) + d * slope);
      }
    }
  }
};

class WeightQuantizer : public testing::TestWithParam<std::int64_t> {};

TEST_P(WeightQuantizer, FollowsTheDefinition) {
  const WeightGrid grid = make_grid(GetParam());
  const at::Tensor weights = some_weights();
  const at::Tensor dy = at::randn({kRows, kColumns});

  const at::Tensor value = quantize_weight(weights, grid);
  (value * dy).sum().backward();

  const Plain plain(weights, grid, dy);
  EXPECT_TRUE(tensor_near(value, plain.value));
  EXPECT_TRUE(tensor_near(weights.grad(), plain.weight_gradient));
  EXPECT_TRUE(tensor_near(grid.scales.grad(), plain.scale_gradient));
  EXPECT_TRUE(at::equal(weight_codes(weights, grid), plain.codes));
}

// All columns, whole groups, groups of which the last one is shorter.
INSTANTIATE_TEST_SUITE_P(
    Groups, WeightQuantizer, testing::Values(kColumns, 5, 4, 1));

TEST(WeightQuantizer, AddsUpTheGradientsOfASharedStep) {
  WeightGrid own = make_grid(kColumns);
  own.scales = at::full({kRows, 1}, 0.4).requires_grad_(true);
  WeightGrid shared = own;
  shared.scales = at::full({1, 1}, 0.4).requires_grad_(true);
  const at::Tensor dy = at::randn({kRows, kColumns});

  (quantize_weight(some_weights(), own) * dy).sum().backward();
  (quantize_weight(some_weights(), shared) * dy).sum().backward();

  EXPECT_TRUE(tensor_near(
      shared.scales.grad(), own.scales.grad().sum().reshape({1, 1})));
}

TEST(WeightQuantizer, RefusesAStepOfZero) {
  WeightGrid grid = make_grid(kColumns);
  grid.scales = at::zeros({kRows, 1});
  expect_error(ErrorCode::InvalidArgument, "scale 0", [&] {
    static_cast<void>(quantize_weight(some_weights(), grid));
  });
}

}  // namespace
}  // namespace ompq
