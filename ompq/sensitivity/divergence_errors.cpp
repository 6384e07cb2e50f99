// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ompq/sensitivity/layer_errors.h"
#include "ompq/sensitivity/output_divergence.h"
#include "ompq/sensitivity/plan_divergence.h"
#include "ompq/sensitivity/rounded_network.h"

namespace ompq::detail {

LayerErrors divergence_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LayerErrorOptions& options,
    Observer& observer) {
  const RoundedNetwork rounded(
      model, micro_batches, options.widths, options.grids, observer);
  const std::size_t count = options.widths.size();
  const std::vector<int> plain(count, 0);
  PlanDivergence divergence(rounded, micro_batches);
  LayerErrors errors(count);
  auto done = static_cast<std::int64_t>(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (const int bits : options.widths[i]) {
      OMPQ_CHECK(
          !observer.interrupted(),
          ErrorCode::Interrupted,
          "[search] interrupted; nothing was written");
      std::vector<int> widths = plain;
      widths[i] = bits;
      // Rounding of float64 sums may leave less than nothing.
      errors[i][bits] =
          std::max(0.0, mean_divergence(divergence.of_each(widths, plain)));
      observer.advance(++done);
    }
  }
  return errors;
}

}  // namespace ompq::detail
