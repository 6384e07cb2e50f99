// SPDX-License-Identifier: MIT
#include "ompq/quantization/fake_quantize_rows.h"

#include <cstddef>
#include <cstdint>

#include "ompq/core/error.h"
#include "ompq/quantization/fake_quantize_kernels.h"

namespace ompq {
namespace {

// Fewer weights than this are done before other threads have woken.
constexpr std::size_t kWorthThreads = 1 << 15;

void check_size(const char* name, std::size_t found, std::size_t expected) {
  OMPQ_CHECK(
      found == expected,
      ErrorCode::ShapeMismatch,
      "[fake_quantize] {} has {} elements; expected {}",
      name,
      found,
      expected);
}

/// The number of columns.
std::size_t check_rows(
    const IntegerGrid& grid,
    std::span<const AffineParameters> parameters,
    std::size_t size) {
  const std::size_t rows = parameters.size();
  OMPQ_CHECK(
      rows == 0 ? size == 0 : size % rows == 0,
      ErrorCode::ShapeMismatch,
      "[fake_quantize] {} weights are not {} rows of equal length",
      size,
      rows);
  for (std::size_t row = 0; row < rows; ++row) {
    detail::check_grid(grid, parameters[row], static_cast<std::int64_t>(row));
  }
  return rows == 0 ? 0 : size / rows;
}

/// Calls kernel(constants, first element, row) for every row.
template <class Kernel>
void for_each_row(
    const IntegerGrid& grid,
    std::span<const AffineParameters> parameters,
    std::size_t columns,
    const Kernel& kernel) {
  const auto rows = static_cast<std::int64_t>(parameters.size());
#pragma omp parallel for schedule( \
    static) if (parameters.size() * columns >= kWorthThreads)
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto row = static_cast<std::size_t>(r);
    const auto constants =
        detail::make_constants({.grid = grid, .parameters = parameters[row]});
    kernel(constants, row * columns, row);
  }
}

}  // namespace

void fake_quantize_rows(
    const IntegerGrid& grid,
    std::span<const AffineParameters> parameters,
    std::span<const float> weights,
    std::span<float> y) {
  const std::size_t columns = check_rows(grid, parameters, weights.size());
  check_size("y", y.size(), weights.size());
  for_each_row(
      grid,
      parameters,
      columns,
      [&](const auto& constants, std::size_t first, std::size_t /*row*/) {
        detail::fake_quantize_piece(
            constants, weights.data() + first, y.data() + first, columns, 0);
      });
}

void fake_quantize_rows_gradient(
    const IntegerGrid& grid,
    std::span<const AffineParameters> parameters,
    std::span<const float> weights,
    std::span<const float> dy,
    std::span<float> dw,
    std::span<float> dscale) {
  const std::size_t columns = check_rows(grid, parameters, weights.size());
  check_size("dy", dy.size(), weights.size());
  check_size("dw", dw.size(), weights.size());
  check_size("dscale", dscale.size(), parameters.size());
  for_each_row(
      grid,
      parameters,
      columns,
      [&](const auto& constants, std::size_t first, std::size_t row) {
        dscale[row] = static_cast<float>(detail::fake_quantize_gradient_piece(
            constants,
            weights.data() + first,
            dy.data() + first,
            dw.data() + first,
            columns,
            0));
      });
}

}  // namespace ompq
