// SPDX-License-Identifier: MIT
#include "ompq/quantization/scale_search_options.h"

#include "ompq/core/error.h"

namespace ompq::detail {

void check_scale_search(
    const IntegerGrid& grid, const ScaleSearchOptions& options) {
  OMPQ_CHECK(
      grid.bits >= 1 && grid.bits <= 16,
      ErrorCode::InvalidArgument,
      "[scales] a width of {} bits; expected 1 to 16",
      grid.bits);
  OMPQ_CHECK(
      options.power > 0.0 && options.power <= 16.0,
      ErrorCode::InvalidArgument,
      "[scales] power {}; expected more than 0 and at most 16",
      options.power);
  OMPQ_CHECK(
      options.percentile > 0.0 && options.percentile <= 100.0,
      ErrorCode::InvalidArgument,
      "[scales] percentile {}; expected more than 0 and at most 100",
      options.percentile);
}

ErrorPower error_power(const ScaleSearchOptions& options) {
  return ErrorPower(
      options.rule == ScaleRule::MeanSquare ? 2.0 : options.power);
}

}  // namespace ompq::detail
