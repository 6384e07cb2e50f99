// SPDX-License-Identifier: MIT
#include "ompq/quantization/fake_quantize_rows.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <omp.h>

#include "tests/support/expect_error.h"

#include "fake_quantize_reference.h"

namespace ompq {
namespace {

/// Weights [rows, columns] with rows of different size and zero point.
struct Rows {
  IntegerGrid grid;
  std::vector<AffineParameters> parameters;
  std::size_t columns = 0;
  std::vector<float> weights;
  std::vector<float> dy;
};

Rows make_rows(const IntegerGrid& grid, std::size_t rows, std::size_t columns) {
  Rows made{.grid = grid, .columns = columns};
  for (std::size_t row = 0; row < rows; ++row) {
    const auto count = static_cast<std::int32_t>(row);
    made.parameters.push_back(
        {.scale = 0.01F * std::exp(0.1F * static_cast<float>(row % 50)),
         .zero_point = grid.lowest() + count % (grid.steps() + 1)});
    const auto values = test::samples_about(
        {.grid = grid, .parameters = made.parameters.back()}, columns, row);
    made.weights.insert(made.weights.end(), values.begin(), values.end());
  }
  made.dy = test::random_gradient(rows * columns, 1);
  return made;
}

struct Gradients {
  std::vector<float> dw;
  std::vector<float> dscale;
};

Gradients gradients_of(const Rows& rows) {
  Gradients gradients{
      std::vector<float>(rows.weights.size()),
      std::vector<float>(rows.parameters.size())};
  fake_quantize_rows_gradient(
      rows.grid,
      rows.parameters,
      rows.weights,
      rows.dy,
      gradients.dw,
      gradients.dscale);
  return gradients;
}

std::vector<float> forward_of(const Rows& rows) {
  std::vector<float> y(rows.weights.size());
  fake_quantize_rows(rows.grid, rows.parameters, rows.weights, y);
  return y;
}

TEST(FakeQuantizeRows, EqualsThePlainFormulaOnEveryInstructionSet) {
  test::on_every_instruction_set([] {
    for (const std::size_t columns : {1U, 9U, 16U, 27U, 300U, 1001U}) {
      const Rows rows = make_rows({.bits = 3, .is_signed = true}, 13, columns);
      const auto y = forward_of(rows);
      for (std::size_t i = 0; i < y.size(); ++i) {
        const FakeQuantize f{
            .grid = rows.grid, .parameters = rows.parameters[i / columns]};
        ASSERT_EQ(y[i], test::plain_value(f, rows.weights[i]));
      }
    }
  });
}

TEST(FakeQuantizeRows, HasThePlainGradientOnEveryInstructionSet) {
  test::on_every_instruction_set([] {
    for (const std::size_t columns : {1U, 9U, 16U, 27U, 300U, 1001U}) {
      const Rows rows = make_rows({.bits = 4}, 13, columns);
      const Gradients found = gradients_of(rows);
      for (std::size_t row = 0; row < rows.parameters.size(); ++row) {
        const FakeQuantize f{
            .grid = rows.grid, .parameters = rows.parameters[row]};
        double expected = 0.0;
        double size = 0.0;
        for (std::size_t i = row * columns; i < (row + 1) * columns; ++i) {
          const float w = rows.weights[i];
          const std::int32_t code = test::plain_code(f, w);
          const bool is_inside = code == test::plain_unsaturated(f, w);
          ASSERT_EQ(found.dw[i], is_inside ? rows.dy[i] : 0.0F) << w;
          if (!std::isnan(w)) {
            const double v = code - f.parameters.zero_point;
            const double quotient = static_cast<double>(w) /
                                    static_cast<double>(f.parameters.scale);
            const double term = static_cast<double>(rows.dy[i]) *
                                (is_inside ? v - quotient : v);
            expected += term;
            size += std::abs(term);
          }
        }
        ASSERT_NEAR(found.dscale[row], expected, 1e-6 * size);
      }
    }
  });
}

TEST(FakeQuantizeRows, HaveTheSameBitsForAnyNumberOfThreads) {
  const Rows rows = make_rows({.bits = 2}, 301, 257);
  const int before = omp_get_max_threads();
  omp_set_num_threads(1);
  const auto y = forward_of(rows);
  const Gradients gradients = gradients_of(rows);
  for (const int threads : {2, 3, 8}) {
    omp_set_num_threads(threads);
    EXPECT_EQ(forward_of(rows), y);
    const Gradients other = gradients_of(rows);
    EXPECT_EQ(other.dw, gradients.dw);
    EXPECT_EQ(other.dscale, gradients.dscale);
  }
  omp_set_num_threads(before);
}

TEST(FakeQuantizeRows, WorkInPlace) {
  Rows rows = make_rows({.bits = 5, .is_signed = true}, 7, 53);
  const auto y = forward_of(rows);
  const Gradients gradients = gradients_of(rows);
  std::vector<float> dscale(7);
  fake_quantize_rows_gradient(
      rows.grid, rows.parameters, rows.weights, rows.dy, rows.dy, dscale);
  fake_quantize_rows(rows.grid, rows.parameters, rows.weights, rows.weights);
  EXPECT_EQ(rows.dy, gradients.dw);
  EXPECT_EQ(dscale, gradients.dscale);
  EXPECT_EQ(rows.weights, y);
}

TEST(FakeQuantizeRows, LetNoRowTouchAnother) {
  Rows rows = make_rows({.bits = 4}, 5, 19);
  const auto y = forward_of(rows);
  rows.parameters[2].scale *= 3.0F;
  const auto changed = forward_of(rows);
  for (std::size_t row = 0; row < 5; ++row) {
    const auto first = static_cast<std::ptrdiff_t>(row * rows.columns);
    const auto last = first + static_cast<std::ptrdiff_t>(rows.columns);
    EXPECT_EQ(
        std::equal(
            y.begin() + first, y.begin() + last, changed.begin() + first),
        row != 2);
  }
}

TEST(FakeQuantizeRows, TakeEmptyWeights) {
  const std::vector<AffineParameters> none;
  EXPECT_NO_THROW(fake_quantize_rows({}, none, {}, {}));
  const std::vector<AffineParameters> three(3);
  std::vector<float> dscale(3, -77.0F);
  fake_quantize_rows_gradient({}, three, {}, {}, {}, dscale);
  EXPECT_EQ(dscale, std::vector<float>(3));
}

TEST(FakeQuantizeRows, NameTheRowWhoseParametersAreWrong) {
  std::vector<float> w(12);
  std::vector<AffineParameters> parameters(4);
  parameters[2].scale = 0.0F;
  expect_error(ErrorCode::InvalidArgument, "row 2: scale 0", [&] {
    fake_quantize_rows({}, parameters, w, w);
  });
  parameters[2] = {.zero_point = -1};
  expect_error(ErrorCode::InvalidArgument, "row 2: zero point -1", [&] {
    std::vector<float> dscale(4);
    fake_quantize_rows_gradient({}, parameters, w, w, w, dscale);
  });
}

TEST(FakeQuantizeRows, RefuseSizesThatDoNotAgree) {
  std::vector<float> w(12);
  std::vector<float> other(11);
  const std::vector<AffineParameters> four(4);
  const std::vector<AffineParameters> five(5);
  const auto refuses = [](const std::string& part, const auto& action) {
    expect_error(ErrorCode::ShapeMismatch, part, action);
  };
  refuses(
      "12 weights are not 5 rows", [&] { fake_quantize_rows({}, five, w, w); });
  refuses(
      "12 weights are not 0 rows", [&] { fake_quantize_rows({}, {}, w, w); });
  refuses("y has 11", [&] { fake_quantize_rows({}, four, w, other); });
  refuses("dw has 11", [&] {
    fake_quantize_rows_gradient({}, four, w, w, other, std::span(w).first(4));
  });
  refuses("dscale has 5 elements; expected 4", [&] {
    fake_quantize_rows_gradient({}, four, w, w, w, std::span(other).first(5));
  });
}

}  // namespace
}  // namespace ompq
